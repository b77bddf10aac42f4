package dev.upkeep.breaker;

import java.util.Optional;

/**
 * What a breaker counts while it is closed, and when that is enough to open. Every closed node has a fresh one.
 * Called by many threads at once; must not block.
 */
interface TripRule {
    /** Counts a success; returns why the breaker has to open, or nothing. */
    Optional<String> success(long nowNanos, long tookNanos);

    /** Counts a failure; returns why the breaker has to open, or nothing. */
    Optional<String> failure(long nowNanos, long tookNanos);

    /** Returns whether a trial that succeeded took so long that it counts as slow. */
    default boolean isSlow(long tookNanos) {
        return false;
    }

    /** Returns whether so many slow ones among the successful trials mean that the breaker has to open again. */
    default boolean tooSlow(int slowTrials, int trials) {
        return false;
    }
}
