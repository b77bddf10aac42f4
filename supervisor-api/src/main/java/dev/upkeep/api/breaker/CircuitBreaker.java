package dev.upkeep.api.breaker;

import dev.upkeep.api.time.Timers.Cancellable;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Stops trying for a while. Every method may be called from any thread and never blocks.
 *
 * <p>One breaker serves calls and restarts alike: a start of a child is a call that succeeds once the child has been
 * ready for a while. A call has three forms: {@link #call}, {@link #callAsync}, and a permit of {@link #acquire} in a
 * try-with-resources.
 */
public interface CircuitBreaker {
    /**
     * Returns a permit, or nothing if the breaker refuses. Whoever takes one must report on it or close it. One of a
     * half-open breaker is leased: if nothing is reported within the breaker's own {@code trialTimeout}, the trial has failed
     * (C2).
     */
    Optional<Permit> tryAcquire();

    /**
     * Returns a permit as {@link #tryAcquire()} does, with a lease of that length: for starts, which take longer than calls. How
     * long one takes to be reported on says nothing of slowness: a start is a success once the child has lasted.
     */
    default Optional<Permit> tryAcquire(Duration lease) {
        return tryAcquire();
    }

    /**
     * Returns a permit for what a person asked for: an open breaker goes over to its trials at once, and this is the first of
     * them (A2). Nothing if it was forced open, or all trials are out: the person is not refused by that, but what they do then
     * counts nowhere.
     */
    default Optional<Permit> tryByHand(Duration lease) {
        return tryAcquire(lease);
    }

    /**
     * Returns a permit.
     *
     * @throws BreakerOpenException at once, and without a stack trace, if the breaker refuses
     */
    default Permit acquire() {
        return tryAcquire().orElseThrow(() -> new BreakerOpenException(view()));
    }

    /**
     * Returns what the breaker counts a failure with that throwable as: its settings may say that it is none, or says nothing.
     *
     * @param thrown null where a result was the failure
     */
    default Classification.Outcome outcomeOf(@Nullable Throwable thrown) {
        return Classification.Outcome.FAILURE;
    }

    /** Returns where the breaker stands. */
    View view();

    /**
     * Hears every change of state, in order, off the threads of callers (C9). Must not block.
     *
     * @param listener called with the view right after the change
     * @return what ends it; a call under way is not waited for
     */
    Cancellable onChange(Consumer<View> listener);

    /** Returns the breaker to {@link BreakerState#CLOSED} and forgets what it counted. Ends what was forced, too. */
    void reset();

    /**
     * Puts the breaker by hand into FORCED_OPEN, DISABLED, METRICS_ONLY or CLOSED. It stays there until the next such word, or
     * a reset.
     *
     * @param why for the record
     * @throws IllegalArgumentException for OPEN and HALF_OPEN, which a breaker comes to by itself
     * @throws UnsupportedOperationException if the breaker cannot be forced
     */
    default void force(BreakerState state, String why) {
        throw new UnsupportedOperationException("breaker '" + view().name() + "' cannot be forced");
    }

    /** Returns what has to survive the supervisor itself (C8); nothing if the breaker cannot say. */
    default Optional<Snapshot> snapshot() {
        return Optional.empty();
    }

    /**
     * Takes the state out of a snapshot, of another breaker maybe: an open breaker is open again. Meant for a fresh breaker;
     * one that has counted already forgets that.
     */
    default void restore(Snapshot snapshot) {}

    /** Ends its timers. A closed breaker refuses nothing and counts nothing. */
    void close();

    /**
     * Calls through the breaker. A throwable counts as a failure.
     *
     * @throws BreakerOpenException at once, and without a stack trace, if the breaker refuses
     * @throws Exception what the call throws
     */
    default <T> T call(Callable<T> call) throws Exception {
        return call(call, Classification.STANDARD);
    }

    /**
     * Calls through the breaker.
     *
     * @param classification says what counts as what (C5)
     * @throws BreakerOpenException at once, and without a stack trace, if the breaker refuses
     * @throws Exception what the call throws
     */
    default <T> T call(Callable<T> call, Classification classification) throws Exception {
        try (Permit held = acquire()) {
            T result;
            try {
                result = call.call();
            } catch (Throwable t) {
                classification.ofThrowable(t).report(held, t);
                throw t;
            }
            classification.ofResult(result).report(held, null);
            return result;
        }
    }

    /** Calls through the breaker and does not wait; see {@link #callAsync(Supplier, Classification)}. */
    default <T> CompletionStage<T> callAsync(Supplier<? extends CompletionStage<T>> call) {
        return callAsync(call, Classification.STANDARD);
    }

    /**
     * Calls through the breaker and does not wait. What comes of it is counted when the stage completes, on the thread that
     * completes it. Never throws: if the breaker refuses, the stage has failed with {@link BreakerOpenException}; if the call
     * itself throws, with that.
     *
     * @param classification says what counts as what (C5); it is given the exception itself, out of the
     *         CompletionException around it
     */
    default <T> CompletionStage<T> callAsync(
            Supplier<? extends CompletionStage<T>> call,
            Classification classification) {
        Optional<Permit> permit = tryAcquire();
        if (permit.isEmpty()) {
            return CompletableFuture.failedFuture(new BreakerOpenException(view()));
        }
        return AsyncCall.run(call, permit.get(), classification);
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

    /**
     * What of a breaker survives its supervisor. Without a clock: whoever keeps it takes the time that has passed off
     * {@code untilTrial} before it is restored.
     *
     * @param state a half-open breaker is kept as open, with its trial due
     * @param step how often it has opened since it was last well for long: where it is on the ladder of open times
     * @param untilTrial how long until its next trial, not negative; empty unless it is open and a timer will end that
     * @param reason why it is in this state, for a person
     */
    record Snapshot(BreakerState state, int step, Optional<Duration> untilTrial, String reason) {
        public Snapshot {
            if (state == BreakerState.HALF_OPEN) {
                throw new IllegalArgumentException("a half-open breaker is kept as open");
            }
            if (step < 0) {
                throw new IllegalArgumentException("step must not be negative, but is " + step);
            }
            if (untilTrial.isPresent() && untilTrial.get().isNegative()) {
                throw new IllegalArgumentException(
                        "untilTrial must not be negative, but is " + untilTrial.get());
            }
        }

        /** Returns the snapshot so much later; the same if the clock it was measured with went backwards. */
        public Snapshot after(Duration passed) {
            if (passed.isNegative()) {
                return this;
            }
            return new Snapshot(state, step,
                    untilTrial.map(
                            left -> passed.compareTo(left) >= 0 ? Duration.ZERO : left.minus(passed)),
                    reason);
        }
    }
}
