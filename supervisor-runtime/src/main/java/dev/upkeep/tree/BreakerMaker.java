package dev.upkeep.tree;

import dev.upkeep.api.breaker.BreakerContext;
import dev.upkeep.api.breaker.CircuitBreaker;
import dev.upkeep.api.settings.Choice;

/** Makes breakers of the types that are installed. What it throws is logged, and the breaker is as if it were not there. */
@FunctionalInterface
public interface BreakerMaker {
    CircuitBreaker make(Choice choice, BreakerContext context);

    /** Gives a breaker of that type other settings, in place; says whether it has them now. */
    default boolean change(CircuitBreaker breaker, Choice choice) {
        return false;
    }
}
