package dev.upkeep.api.breaker;

import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Consumer;

/**
 * Stops trying for a while. Every method may be called from any thread and never blocks.
 *
 * <p>One breaker serves calls and restarts alike: a start of a child is a call that succeeds once the child has been
 * ready for a while.
 */
public interface CircuitBreaker {
    /** Returns a permit, or nothing if the breaker refuses. Whoever takes one must report on it or close it. */
    Optional<Permit> tryAcquire();

    /** Returns where the breaker stands. */
    View view();

    /**
     * Hears every change of state, in order, off the threads of callers. Must not block.
     *
     * @param listener called with the view right after the change
     */
    void onChange(Consumer<View> listener);

    /** Returns the breaker to {@link BreakerState#CLOSED} and forgets what it counted. */
    void reset();

    /** Ends its timers. A closed breaker refuses nothing and counts nothing. */
    void close();

    /**
     * Calls through the breaker. A throwable counts as a failure.
     *
     * @throws BreakerOpenException at once, and without a stack trace, if the breaker refuses
     * @throws Exception what the call throws
     */
    default <T> T call(Callable<T> call) throws Exception {
        Optional<Permit> permit = tryAcquire();
        if (permit.isEmpty()) {
            throw new BreakerOpenException(view());
        }
        try (Permit held = permit.get()) {
            try {
                T result = call.call();
                held.success();
                return result;
            } catch (Throwable t) {
                held.failure(t);
                throw t;
            }
        }
    }

    /**
     * A breaker's state at one moment.
     *
     * @param name as configured; a child's path for its own
     * @param epoch grows by one with each change of state
     * @param nextTrialNanos when it will let a trial through, on the context's ticker; empty unless it is open and a
     *         timer will end that
     * @param reason why it is in this state, for a person
     */
    record View(String name, long epoch, BreakerState state, Optional<Long> nextTrialNanos, String reason) {}
}
