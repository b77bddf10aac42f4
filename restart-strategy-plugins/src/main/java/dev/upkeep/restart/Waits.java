package dev.upkeep.restart;

import dev.upkeep.api.settings.Durations;
import java.time.Duration;

/** What all back-offs obey but {@code immediate}: 1 ms is the shortest wait (K3), and jitter only shortens (K2). */
final class Waits {
    static final long LEAST_NANOS = 1_000_000;

    private Waits() {}

    /**
     * Returns the wait that is left after chance has taken its part.
     *
     * @param capped the whole wait, the cap already applied, in nanoseconds
     * @param jitter the greatest part that may go, from 0 to 1
     * @param random how much of that part goes, from 0 to 1
     */
    static Duration shortened(long capped, double jitter, double random) {
        // Taken away rather than multiplied, so that a jitter of 0 leaves every bit of a long wait.
        long taken = (long) (capped * jitter * Math.max(0, Math.min(1, random)));
        return Duration.ofNanos(Math.max(LEAST_NANOS, capped - taken));
    }

    static void requireOneMilli(String setting, Duration value) {
        if (value.compareTo(Duration.ofNanos(LEAST_NANOS)) < 0) {
            throw new IllegalArgumentException(setting + " must be at least 1ms, but is "
                    + Durations.format(value) + "; the back-off 'immediate' does not wait");
        }
    }

    /** Requires that the first wait is not too short, and the longest not shorter than it. */
    static void requireRising(String setting, Duration first, Duration max) {
        requireOneMilli(setting, first);
        if (max.compareTo(first) < 0) {
            throw new IllegalArgumentException("max must not be shorter than " + setting + ", "
                    + Durations.format(first) + ", but is " + Durations.format(max));
        }
    }

    static void requireShare(String setting, double value) {
        if (!(value >= 0 && value <= 1)) {
            throw new IllegalArgumentException(setting + " must be from 0 to 1, but is " + value);
        }
    }
}
