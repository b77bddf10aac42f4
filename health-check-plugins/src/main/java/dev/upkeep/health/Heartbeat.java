package dev.upkeep.health;

import dev.upkeep.api.health.CheckContext;
import dev.upkeep.api.health.DeadlineCheck;
import dev.upkeep.api.health.Health;
import dev.upkeep.api.settings.Durations;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/** Measures silence. One run at a time, so nothing is guarded. */
final class Heartbeat implements DeadlineCheck {
    private final Duration silence;
    private final long silenceNanos;
    private final CheckContext context;
    private final @Nullable TouchedFile file;

    Heartbeat(HeartbeatFactory.Settings settings, CheckContext context) {
        this.silence = settings.silence();
        this.silenceNanos = Durations.saturatedNanos(silence);
        this.context = context;
        Path path = settings.file().orElse(null);
        this.file = path == null ? null : new TouchedFile(path, silence, context.ticker());
    }

    @Override
    public Health probe() throws IOException {
        long now = context.ticker().nanos();
        IOException unseen = null;
        if (file != null) {
            try {
                file.look(now);
            } catch (IOException e) {
                unseen = e;
            }
        }
        Duration quiet = Duration.ofNanos(now - quietSince());
        if (quiet.compareTo(silence) < 0) {
            return Health.healthy();
        }
        if (unseen != null) {
            // Nobody knows whether it was silent.
            throw unseen;
        }
        boolean inSeconds = quiet.compareTo(Duration.ofSeconds(1)) >= 0;
        return Health.unhealthy("silent for "
                + Durations.format(quiet.truncatedTo(inSeconds ? ChronoUnit.SECONDS : ChronoUnit.MILLIS)));
    }

    @Override
    public long deadlineNanos() {
        if (silenceNanos == Long.MAX_VALUE) {
            return Long.MAX_VALUE;
        }
        long end = quietSince() + silenceNanos;
        if (file == null) {
            return end;
        }
        long look = file.nextLookNanos();
        return look - end < 0 ? look : end;
    }

    private long quietSince() {
        long since = context.quietSinceNanos();
        return file == null ? since : file.laterOf(since);
    }
}
