package dev.upkeep.restart;

import dev.upkeep.api.restart.Backoff;
import java.time.Duration;
import java.util.function.IntToLongFunction;

/**
 * The delay is a multiple of a unit, up to a cap; then jitter shortens it (K2). Times in nanoseconds.
 *
 * @param unit more than 0
 * @param multiple of an attempt, counted from 1: at least 1, never falling, in constant time (K3)
 */
record Multiples(long unit, IntToLongFunction multiple, long max, double jitter) implements Backoff {
    @Override
    public Duration delay(Attempt attempt) {
        long times = multiple.applyAsLong(attempt.number());
        // Asked by a division, because the product may not fit.
        long capped = times > max / unit ? max : times * unit;
        return Waits.shortened(capped, jitter, attempt.random());
    }
}
