package dev.upkeep.api;

import java.time.Duration;

/**
 * The budget: how many restarts a supervisor allows within a sliding window before it gives up (B2).
 *
 * <p>As in Erlang/OTP ({@code supervisor}, "Restart intensity and period"), but with its own default of 5 in 60 s.
 *
 * @param max allowed restarts within the window, at least 0; 0 means the first failure is final
 * @param within length of the window, longer than zero
 */
public record Intensity(int max, Duration within) {
    /** Five restarts in a minute. */
    public static final Intensity DEFAULT = new Intensity(5, Duration.ofSeconds(60));

    public Intensity {
        if (max < 0) {
            throw new IllegalArgumentException("intensity.max must be at least 0, but is " + max);
        }
        if (within.isNegative() || within.isZero()) {
            throw new IllegalArgumentException("intensity.within must be longer than zero, but is " + within);
        }
    }
}
