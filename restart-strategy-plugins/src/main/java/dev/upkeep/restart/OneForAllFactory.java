package dev.upkeep.restart;

import dev.upkeep.api.restart.RestartStrategy;
import dev.upkeep.api.restart.RestartStrategyFactory;

/** Stops the survivors in reverse order and starts all in order. */
public final class OneForAllFactory implements RestartStrategyFactory<OneForAllFactory.Settings> {
    /** There is nothing to set. */
    public record Settings() {}

    @Override
    public String type() {
        return "one-for-all";
    }

    @Override
    public Class<Settings> settings() {
        return Settings.class;
    }

    @Override
    public RestartStrategy create(Settings settings) {
        return new OneForAll();
    }
}
