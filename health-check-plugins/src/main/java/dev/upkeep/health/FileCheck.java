package dev.upkeep.health;

import dev.upkeep.api.health.Health;
import dev.upkeep.api.health.HealthCheck;
import dev.upkeep.api.settings.Durations;
import java.io.IOException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/** Looks at a path. */
record FileCheck(FileCheckFactory.Settings settings, InstantSource clock) implements HealthCheck {
    @Override
    public Health probe() throws IOException {
        Path path = settings.path();
        Optional<FileTime> modified = ModificationTime.of(path);
        if (modified.isEmpty()) {
            return settings.exists() ? Health.unhealthy(path + " is not there") : Health.healthy();
        }
        if (!settings.exists()) {
            return Health.unhealthy(path + " is there");
        }
        Optional<Duration> limit = settings.fresherThan();
        return limit.isEmpty() ? Health.healthy() : judge(limit.get(), modified.get());
    }

    private Health judge(Duration limit, FileTime modified) {
        Duration age = Duration.between(modified.toInstant(), clock.instant());
        if (age.compareTo(limit) >= 0) {
            return Health.unhealthy(settings.path() + " was modified " + text(age) + " ago");
        }
        Duration ahead = age.negated();
        return ahead.compareTo(limit) > 0
                ? Health.degraded(settings.path() + " was modified " + text(ahead)
                        + " in the future and is taken as fresh")
                : Health.healthy();
    }

    private static String text(Duration duration) {
        boolean inSeconds = duration.compareTo(Duration.ofSeconds(1)) >= 0;
        return Durations.format(duration.truncatedTo(inSeconds ? ChronoUnit.SECONDS : ChronoUnit.MILLIS));
    }
}
