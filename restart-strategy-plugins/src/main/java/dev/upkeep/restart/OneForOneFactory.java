package dev.upkeep.restart;

import dev.upkeep.api.restart.GroupPlan;
import dev.upkeep.api.restart.RestartStrategy;
import dev.upkeep.api.restart.RestartStrategyFactory;

/** Restarts the failed child alone. */
public final class OneForOneFactory implements RestartStrategyFactory<OneForOneFactory.Settings> {
    /** There is nothing to set. */
    public record Settings() {}

    @Override
    public String type() {
        return "one-for-one";
    }

    @Override
    public Class<Settings> settings() {
        return Settings.class;
    }

    @Override
    public RestartStrategy create(Settings settings) {
        return (failure, siblings) -> GroupPlan.alone(failure.id());
    }
}
