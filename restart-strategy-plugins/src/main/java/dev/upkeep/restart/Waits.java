package dev.upkeep.restart;

import dev.upkeep.api.settings.Durations;
import java.time.Duration;

/** The shortest wait of every back-off but {@code immediate} (K3). */
final class Waits {
    static final long LEAST_NANOS = 1_000_000;

    private Waits() {}

    static void requireOneMilli(String setting, Duration value) {
        if (value.compareTo(Duration.ofNanos(LEAST_NANOS)) < 0) {
            throw new IllegalArgumentException(setting + " must be at least 1ms, but is "
                    + Durations.format(value) + "; the back-off 'immediate' does not wait");
        }
    }
}
