package dev.upkeep.api;

import dev.upkeep.api.health.Role;
import dev.upkeep.api.settings.Choice;
import java.time.Duration;
import java.util.OptionalInt;

/**
 * A health check of a child, and the rules by which its answers count (H1 to H4).
 *
 * @param check its type with its settings
 * @param name unique among the child's checks; the type by default
 * @param role what its answers are used for
 * @param interval between the ends of two runs; default 10 s
 * @param timeout of one run; default 5 s
 * @param initialDelay before the first run; default none
 * @param failureThreshold unhealthy answers in a row that count; default 3
 * @param successThreshold healthy answers in a row that count; default 1, fixed for liveness and startup
 * @param degradedThreshold degraded answers in a row of a liveness check that count as a failure; off if empty
 * @param jitter share of the interval that is cut off by chance, from 0 to 1; default 0.1
 */
public record CheckSpec(Choice check, String name, Role role, Duration interval, Duration timeout,
        Duration initialDelay, int failureThreshold, int successThreshold, OptionalInt degradedThreshold,
        double jitter) {
    public CheckSpec {
        requireOf(name, !interval.isNegative() && !interval.isZero(),
                "interval", "must be longer than zero", interval);
        requireOf(name, !timeout.isNegative() && !timeout.isZero(),
                "timeout", "must be longer than zero", timeout);
        requireOf(name, !initialDelay.isNegative(), "initialDelay", "must not be negative", initialDelay);
        requireOf(name, failureThreshold >= 1, "failureThreshold", "must be at least 1", failureThreshold);
        requireOf(name, successThreshold >= 1, "successThreshold", "must be at least 1", successThreshold);
        requireOf(name, role == Role.READINESS || successThreshold == 1,
                "successThreshold", "is fixed at 1 for liveness and startup", successThreshold);
        requireOf(name, degradedThreshold.orElse(1) >= 1,
                "degradedThreshold", "must be at least 1", degradedThreshold.orElse(1));
        requireOf(name, jitter >= 0 && jitter <= 1, "jitter", "must be from 0 to 1", jitter);
    }

    private static void requireOf(String check, boolean holds, String what, String rule, Object value) {
        if (!holds) {
            throw new IllegalArgumentException(
                    what + " of check '" + check + "' " + rule + ", but is " + value);
        }
    }

    /** Returns a check with all defaults. */
    public static CheckSpec of(Choice check, Role role) {
        return new CheckSpec(check, check.type(), role, Duration.ofSeconds(10), Duration.ofSeconds(5),
                Duration.ZERO,
                3, 1, OptionalInt.empty(), 0.1);
    }
}
