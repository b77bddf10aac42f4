package dev.upkeep.supervise;

import dev.upkeep.api.health.Health;

/** What one run of a check came to. */
public sealed interface CheckAnswer {
    /** The check answered. */
    record Seen(Health health) implements CheckAnswer {}

    /** The check itself failed, which is never held against the child (H1). */
    record Erred(String why) implements CheckAnswer {}

    static CheckAnswer unhealthy(String reason) {
        return new Seen(Health.unhealthy(reason));
    }
}
