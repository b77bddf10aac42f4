package dev.upkeep.api;

import dev.upkeep.api.settings.Choice;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The circuit breaker of a child's starts: one of its own, or a shared one by name (C6).
 *
 * @param shared the name of a breaker of the tree; empty for one of its own
 * @param own the type of its own; empty for a shared one
 * @param escalateAfter how many times it may open for this child before a failure is charged to the budget; empty for never
 */
public record BreakerUse(Optional<String> shared, Optional<Choice> own, OptionalInt escalateAfter) {
    public BreakerUse {
        if (shared.isPresent() == own.isPresent()) {
            throw new IllegalArgumentException(
                    "a breaker is either shared or the child's own, but this one is "
                            + shared.map(
                                    name -> "both: '" + name + "' and a " + own.orElseThrow().type() + " one")
                                    .orElse("neither"));
        }
        if (escalateAfter.orElse(1) < 1) {
            throw new IllegalArgumentException(
                    "escalateAfter must be at least 1, but is " + escalateAfter.getAsInt());
        }
    }

    public static BreakerUse shared(String name) {
        return new BreakerUse(Optional.of(name), Optional.empty(), OptionalInt.empty());
    }

    public static BreakerUse own(Choice breaker) {
        return new BreakerUse(Optional.empty(), Optional.of(breaker), OptionalInt.empty());
    }
}
