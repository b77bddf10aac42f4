package dev.upkeep.supervise;

import dev.upkeep.api.CheckSpec;
import java.util.OptionalInt;

/**
 * How many answers in a row count (H3, H4).
 *
 * @param failures unhealthy answers, at least 1
 * @param successes healthy answers, at least 1
 * @param degraded degraded answers of a liveness check that are a failure; off if empty
 */
public record Threshold(int failures, int successes, OptionalInt degraded) {
    /** What a check that waits for a deadline is judged by: its first answer counts. */
    public static final Threshold AT_ONCE = new Threshold(1, 1, OptionalInt.empty());

    public static Threshold of(CheckSpec spec) {
        return new Threshold(spec.failureThreshold(), spec.successThreshold(), spec.degradedThreshold());
    }
}
