package dev.upkeep.app;

import dev.upkeep.api.settings.Durations;
import java.time.Duration;

/** A length of time as a person says it: exact below ten seconds, whole seconds above. */
final class Uptime {
    private Uptime() {}

    static String words(Duration uptime) {
        return Durations.format(uptime.compareTo(Duration.ofSeconds(10)) < 0
                ? Duration.ofMillis(uptime.toMillis())
                : Duration.ofSeconds(uptime.toSeconds()));
    }
}
