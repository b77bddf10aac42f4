package dev.upkeep.restart;

import dev.upkeep.api.restart.Backoff;
import dev.upkeep.api.settings.Durations;
import java.time.Duration;

/** Draws each delay between the initial one and three times the one before, capped first (K2). Times in nanoseconds. */
record Decorrelated(long initial, long max) implements Backoff {
    private static final int GROWTH = 3;

    @Override
    public Duration delay(Attempt attempt) {
        // Zero at the first attempt; and after an apply the delay before may be one of other settings.
        long previous = Math.max(initial, Math.min(max, Durations.saturatedNanos(attempt.previous())));
        long capped = previous > max / GROWTH ? max : previous * GROWTH;
        // Jitter of all that is above the initial delay; so much as one draw below it, a double might miss.
        long taken = (long) ((capped - initial) * Math.max(0, Math.min(1, attempt.random())));
        return Duration.ofNanos(Math.max(initial, capped - taken));
    }
}
