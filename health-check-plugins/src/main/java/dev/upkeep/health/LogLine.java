package dev.upkeep.health;

import dev.upkeep.api.health.Health;
import dev.upkeep.api.health.HealthCheck;
import java.util.regex.Pattern;

/** Remembers whether the line came. */
final class LogLine implements HealthCheck {
    private final Pattern pattern;
    private volatile boolean seen;

    LogLine(Pattern pattern) {
        this.pattern = pattern;
    }

    void seen(String line) {
        seen = true;
    }

    @Override
    public Health probe() {
        return seen ? Health.healthy() : Health.unhealthy("no line with '" + pattern + "' yet");
    }
}
