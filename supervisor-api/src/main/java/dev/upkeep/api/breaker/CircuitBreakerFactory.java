package dev.upkeep.api.breaker;

import dev.upkeep.api.settings.TypedFactory;

/**
 * Makes breakers of one type. Found by {@link java.util.ServiceLoader}; needs a public constructor without
 * parameters.
 *
 * @param <S> the settings record. Its components must not be named as the keys that stand beside them: {@code type},
 *         {@code name}, {@code escalateAfter}, {@code stableFor}
 */
public interface CircuitBreakerFactory<S extends Record> extends TypedFactory<S> {
    /** Makes one breaker. Must not block. */
    CircuitBreaker create(S settings, BreakerContext context);

    /**
     * Gives a breaker of this factory other settings, in place: its state, its timers and its permits stay, the settings hold
     * from its next change on. Called on the tree's loop: must not block.
     *
     * @return whether it has them now; if not, a new breaker takes its place and is restored from its snapshot
     */
    default boolean change(CircuitBreaker breaker, S settings) {
        return false;
    }
}
