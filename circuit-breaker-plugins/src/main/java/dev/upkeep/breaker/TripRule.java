package dev.upkeep.breaker;

import dev.upkeep.api.breaker.BreakerContext;
import org.jspecify.annotations.Nullable;

/**
 * What a breaker counts while it is closed, and when that is enough to open. Called by many threads at once; must not
 * block. The answers are null for "go on": they are given at every call.
 */
abstract sealed class TripRule permits ConsecutiveFailures, FailureRate, SlidingCount {
    /** Makes rules from settings. */
    interface Source {
        /** Returns a rule that has counted nothing. */
        TripRule fresh(BreakerContext context);

        /**
         * Returns a rule that goes on with what another has counted, as far as that fits; a fresh one otherwise. What is counted at that
         * very moment may be lost.
         */
        TripRule after(TripRule before, BreakerContext context);
    }

    /** Returns what it was made from. */
    abstract Source source();

    /** Counts a success that began then and ends now; returns why the breaker has to open, or null. */
    abstract @Nullable String success(long startNanos);

    /** Counts a failure that began then and ends now; returns why the breaker has to open, or null. */
    abstract @Nullable String failure(long startNanos);

    /** Ends its timers. What is counted afterwards counts for nobody. */
    void stop() {}

    /** Returns whether a trial that succeeded took so long that it counts as slow. */
    boolean isSlow(long tookNanos) {
        return false;
    }

    /** Returns whether so many slow ones among the successful trials mean that the breaker has to open again. */
    boolean tooSlow(int slowTrials, int trials) {
        return false;
    }
}
