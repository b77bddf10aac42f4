package dev.upkeep.probe;

import dev.upkeep.api.CheckSpec;
import dev.upkeep.api.health.Role;
import dev.upkeep.api.settings.Choice;
import java.time.Duration;
import java.util.OptionalInt;

/** Checks with the defaults of H3, but for jitter, which is none. */
final class Specs {
    private Specs() {}

    static CheckSpec check(String type, Role role) {
        return check(type, role, Duration.ofSeconds(10), Duration.ofSeconds(5));
    }

    static CheckSpec check(String type, Role role, Duration interval, Duration timeout) {
        return new CheckSpec(Choice.of(type), type, role, interval, timeout, Duration.ZERO, 3, 1,
                OptionalInt.empty(), 0);
    }
}
