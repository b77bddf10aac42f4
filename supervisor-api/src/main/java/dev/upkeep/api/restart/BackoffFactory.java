package dev.upkeep.api.restart;

import dev.upkeep.api.settings.TypedFactory;

/**
 * Makes back-offs of one type. Found by {@link java.util.ServiceLoader}; needs a public constructor without
 * parameters.
 *
 * @param <S> the settings record
 */
public interface BackoffFactory<S extends Record> extends TypedFactory<S> {
    /** Makes the back-off of one child. Must not block. */
    Backoff create(S settings);
}
