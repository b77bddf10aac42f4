package dev.upkeep.api.time;

import java.time.Duration;

/** Runs something later. The task runs on a thread of the supervisor's and must be short; what it throws is logged. */
@FunctionalInterface
public interface Timers {
    /** Runs the task once, after the delay. A cancelled or late task must be recognized by the task itself. */
    Cancellable after(Duration delay, Runnable task);

    /** A task that has not run yet. */
    @FunctionalInterface
    interface Cancellable {
        /** Keeps the task from running if it has not begun. Idempotent. */
        void cancel();
    }
}
