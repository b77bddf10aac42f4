package dev.upkeep.restart;

import dev.upkeep.api.restart.RestartStrategy;
import dev.upkeep.api.restart.RestartStrategyFactory;

/** Stops those that come after the failed child in reverse order, and starts it and them in order. */
public final class RestForOneFactory implements RestartStrategyFactory<RestForOneFactory.Settings> {
    /** There is nothing to set. */
    public record Settings() {}

    @Override
    public String type() {
        return "rest-for-one";
    }

    @Override
    public Class<Settings> settings() {
        return Settings.class;
    }

    @Override
    public RestartStrategy create(Settings settings) {
        return new RestForOne();
    }
}
