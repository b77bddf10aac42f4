package dev.upkeep.api;

import dev.upkeep.api.settings.Choice;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The circuit breaker of a child's starts: one of its own, or a shared one by name (C6).
 *
 * @param shared the name of a breaker of the tree; empty for one of its own
 * @param own the type of its own; empty for a shared one
 * @param escalateAfter how many times it may open for this child before a failure is charged to the budget; empty for never
 * @param stableFor how long a started child must have been ready for its start to count as a success; default 30 s, not
 *         negative
 */
public record BreakerUse(Optional<String> shared, Optional<Choice> own, OptionalInt escalateAfter,
        Duration stableFor) {
    /** The type of a child's own breaker where none is named: opens on the fifth failed start within 60 s (C4). */
    public static final Choice DEFAULT = Choice.of("count");
    public static final Duration DEFAULT_STABLE_FOR = Duration.ofSeconds(30);

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
        if (stableFor.isNegative()) {
            throw new IllegalArgumentException("stableFor must not be negative, but is " + stableFor);
        }
    }

    public static BreakerUse shared(String name) {
        return new BreakerUse(Optional.of(name), Optional.empty(), OptionalInt.empty(), DEFAULT_STABLE_FOR);
    }

    public static BreakerUse own(Choice breaker) {
        return new BreakerUse(Optional.empty(), Optional.of(breaker), OptionalInt.empty(),
                DEFAULT_STABLE_FOR);
    }
}
