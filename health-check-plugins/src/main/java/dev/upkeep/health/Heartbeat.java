package dev.upkeep.health;

import dev.upkeep.api.health.CheckContext;
import dev.upkeep.api.health.DeadlineCheck;
import dev.upkeep.api.health.Health;
import dev.upkeep.api.settings.Durations;
import java.time.Duration;
import java.time.temporal.ChronoUnit;

/** Measures silence. */
record Heartbeat(Duration silence, CheckContext context) implements DeadlineCheck {
    @Override
    public Health probe() {
        Duration quiet = Duration.ofNanos(context.ticker().nanos() - context.quietSinceNanos());
        if (quiet.compareTo(silence) < 0) {
            return Health.healthy();
        }
        boolean inSeconds = quiet.compareTo(Duration.ofSeconds(1)) >= 0;
        return Health.unhealthy("silent for "
                + Durations.format(quiet.truncatedTo(inSeconds ? ChronoUnit.SECONDS : ChronoUnit.MILLIS)));
    }

    @Override
    public long deadlineNanos() {
        long nanos = Durations.saturatedNanos(silence);
        return nanos == Long.MAX_VALUE ? nanos : context.quietSinceNanos() + nanos;
    }
}
