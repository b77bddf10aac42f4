package dev.upkeep.api.health;

import dev.upkeep.api.settings.TypedFactory;
import java.time.Duration;
import java.util.Optional;

/**
 * Makes checks of one type. Found by {@link java.util.ServiceLoader}; needs a public constructor without
 * parameters.
 *
 * @param <S> the settings record. Its components must not be named as the keys every check has: {@code type},
 *         {@code name}, {@code role}, {@code interval}, {@code timeout}, {@code initialDelay},
 *         {@code failureThreshold}, {@code successThreshold}, {@code degradedThreshold}, {@code jitter}
 */
public interface HealthCheckFactory<S extends Record> extends TypedFactory<S> {
    /** Makes the check of one instance (generation). Must not block. */
    HealthCheck create(S settings, CheckContext context);

    /** Returns the role a check of this type has when the configuration names none. */
    default Role defaultRole() {
        return Role.LIVENESS;
    }

    /**
     * Returns whether its checks are {@link DeadlineCheck}s, whose thresholds are fixed at 1: configuration that gives
     * others is refused then.
     */
    default boolean judgedByDeadline() {
        return false;
    }

    /**
     * Returns within what time an instance has to give a sign of life again and again to be well, for a check that judges
     * those: one that gives it every half of that is well. A process is told, by {@code WATCHDOG_USEC} as sd_watchdog_enabled(3)
     * reads it, the least that any of its checks says; none of them says anything by default.
     */
    default Optional<Duration> longestSilence(S settings) {
        return Optional.empty();
    }
}
