package dev.upkeep.api.breaker;

import dev.upkeep.api.settings.TypedFactory;

/**
 * Makes breakers of one type. Found by {@link java.util.ServiceLoader}; needs a public constructor without
 * parameters.
 *
 * @param <S> the settings record
 */
public interface CircuitBreakerFactory<S extends Record> extends TypedFactory<S> {
    /** Makes one breaker. Must not block. */
    CircuitBreaker create(S settings, BreakerContext context);
}
