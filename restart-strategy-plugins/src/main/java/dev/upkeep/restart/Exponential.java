package dev.upkeep.restart;

import dev.upkeep.api.restart.Backoff;
import java.time.Duration;

/** The delay grows by a factor up to a cap; then jitter shortens it (K2). Times in nanoseconds. */
record Exponential(long initial, double multiplier, long max, double jitter) implements Backoff {
    @Override
    public Duration delay(Attempt attempt) {
        // A power that no double holds is infinite, and so above the cap: no loop, no overflow (K3).
        double grown = initial * Math.pow(multiplier, attempt.number() - 1.0);
        // Beyond 2^53 ns a double is coarser than a nanosecond, and could fall short of the initial delay.
        long capped = grown >= max ? max : Math.max(initial, (long) grown);
        return Waits.shortened(capped, jitter, attempt.random());
    }
}
