package dev.upkeep.api.restart;

import dev.upkeep.api.settings.TypedFactory;

/**
 * Makes restart strategies of one type. Found by {@link java.util.ServiceLoader}; needs a public constructor
 * without parameters.
 *
 * @param <S> the settings record
 */
public interface RestartStrategyFactory<S extends Record> extends TypedFactory<S> {
    /** Makes the strategy of one supervisor. Must not block. */
    RestartStrategy create(S settings);
}
