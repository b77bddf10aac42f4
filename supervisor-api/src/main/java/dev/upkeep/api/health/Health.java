package dev.upkeep.api.health;

/** What a check saw. */
public sealed interface Health {
    /** All is well. */
    record Healthy() implements Health {
        /** Most answers of most checks. */
        private static final Healthy ALWAYS = new Healthy();
    }

    /** It works, and someone should look; never restarts anything by itself. */
    record Degraded(String reason) implements Health {}

    /** It does not work. */
    record Unhealthy(String reason) implements Health {}

    static Health healthy() {
        return Healthy.ALWAYS;
    }

    static Health degraded(String reason) {
        return new Degraded(reason);
    }

    static Health unhealthy(String reason) {
        return new Unhealthy(reason);
    }
}
