package dev.upkeep.breaker;

import dev.upkeep.api.breaker.BreakerContext;
import dev.upkeep.api.time.Timers.Cancellable;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The timers of a breaker, none of which it depends on: without one, whoever comes does its work, as
 * {@link Node.Open#isDue} and {@link Node.HalfOpen#expire} tell.
 */
record Alarms(BreakerContext context) {
    /** Runs the task later; returns null if there is no timer to be had. */
    @Nullable
    Cancellable after(Duration delay, Runnable task) {
        try {
            return context.timers().after(delay, task);
        } catch (RuntimeException e) {
            context.log()
                    .atWarn()
                    .addKeyValue("breaker", context.name())
                    .setCause(e)
                    .log("the breaker could not set a timer");
            return null;
        }
    }

    static void cancel(@Nullable Cancellable timer) {
        if (timer != null) {
            timer.cancel();
        }
    }
}
