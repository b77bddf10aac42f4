package dev.upkeep.health;

import dev.upkeep.api.health.Health;
import java.util.OptionalDouble;

/** The two levels above which a measured value is DEGRADED or UNHEALTHY, once it was so for long enough. */
final class Levels {
    private final OptionalDouble degradedAbove;
    private final OptionalDouble unhealthyAbove;
    private final Above degraded;
    private final Above unhealthy;

    /** @param sustainNanos for how long each run must find it above */
    Levels(OptionalDouble degradedAbove, OptionalDouble unhealthyAbove, long sustainNanos) {
        this.degradedAbove = degradedAbove;
        this.unhealthyAbove = unhealthyAbove;
        this.degraded = new Above(sustainNanos);
        this.unhealthy = new Above(sustainNanos);
    }

    /** One level, and since when each run has found the value above it. */
    private static final class Above {
        private final long sustainNanos;
        private boolean above;
        private long since;

        Above(long sustainNanos) {
            this.sustainNanos = sustainNanos;
        }

        boolean lasts(OptionalDouble level, double value, long now) {
            boolean before = above;
            above = level.isPresent() && value > level.getAsDouble();
            if (above && !before) {
                since = now;
            }
            return above && now - since >= sustainNanos;
        }
    }

    /** @param reason said unless it is healthy */
    Health judge(double value, long now, String reason) {
        boolean isUnhealthy = unhealthy.lasts(unhealthyAbove, value, now);
        boolean isDegraded = degraded.lasts(degradedAbove, value, now);
        if (isUnhealthy) {
            return Health.unhealthy(reason);
        }
        return isDegraded ? Health.degraded(reason) : Health.healthy();
    }

    /** Refuses levels of which there is none, or that are not in order. */
    static void require(OptionalDouble degradedAbove, OptionalDouble unhealthyAbove, String shown) {
        if (degradedAbove.isEmpty() && unhealthyAbove.isEmpty()) {
            throw new IllegalArgumentException("one of degradedAbove and unhealthyAbove must be given");
        }
        if (degradedAbove.orElse(0) > unhealthyAbove.orElse(Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException(
                    "degradedAbove must not be above unhealthyAbove, but they are " + shown);
        }
    }
}
