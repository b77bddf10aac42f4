package dev.upkeep.probe;

import dev.upkeep.api.time.Timers.Cancellable;
import java.time.Duration;

/** Runs something later for a check; never after the checks of its instance have ended. */
@FunctionalInterface
interface CheckTimers {
    Cancellable after(InstanceCheckContext context, Duration delay, Runnable task);
}
