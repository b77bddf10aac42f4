package dev.upkeep.tree;

import dev.upkeep.api.restart.Backoff;
import dev.upkeep.api.restart.GroupPlan;
import dev.upkeep.api.restart.RestartStrategy;
import dev.upkeep.api.settings.Choice;
import dev.upkeep.supervise.Plugins;
import java.time.Duration;
import java.util.function.Supplier;

/** The same strategy and the same back-off for everyone. */
record FixedPlugins(RestartStrategy everyStrategy, Backoff everyBackoff) implements Plugins {
    static final RestartStrategy ALONE = (failure, siblings) -> GroupPlan.alone(failure.id());

    /** Restarts who failed, alone, after a wait. */
    static FixedPlugins waiting(Supplier<Duration> wait) {
        return new FixedPlugins(ALONE, attempt -> wait.get());
    }

    @Override
    public RestartStrategy strategy(Choice choice) {
        return everyStrategy;
    }

    @Override
    public Backoff backoff(Choice choice) {
        return everyBackoff;
    }
}
