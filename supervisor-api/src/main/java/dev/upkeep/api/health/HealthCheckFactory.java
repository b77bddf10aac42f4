package dev.upkeep.api.health;

import dev.upkeep.api.settings.TypedFactory;

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
}
