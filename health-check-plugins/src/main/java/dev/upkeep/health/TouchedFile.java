package dev.upkeep.health;

import dev.upkeep.api.settings.Durations;
import dev.upkeep.api.time.Ticker;
import java.io.IOException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.Optional;

/**
 * A file that is touched as a sign of life. What counts is when the change is seen; the file's own time is only compared
 * with the one before.
 */
final class TouchedFile {
    private static final Duration SHORTEST_PAUSE = Duration.ofMillis(100);

    private final Path path;
    private final long pauseNanos;
    private long nextLook;
    private boolean known;
    private Optional<FileTime> modified = Optional.empty();
    private boolean touched;
    private long touchedAt;

    /** The first look is due at once: how the file stands then is no beat. */
    TouchedFile(Path path, Duration silence, Ticker ticker) {
        this.path = path;
        Duration quarter = silence.dividedBy(4);
        this.pauseNanos = Durations
                .saturatedNanos(quarter.compareTo(SHORTEST_PAUSE) > 0 ? quarter : SHORTEST_PAUSE);
        this.nextLook = ticker.nanos();
    }

    /** Returns when the next look is due. */
    long nextLookNanos() {
        return nextLook;
    }

    void look(long now) throws IOException {
        nextLook = now + pauseNanos;
        Optional<FileTime> seen = ModificationTime.of(path);
        if (known && seen.isPresent() && !seen.equals(modified)) {
            touched = true;
            touchedAt = now;
        }
        known = true;
        modified = seen;
    }

    /** Returns the later of the last touch and the given time. */
    long laterOf(long nanos) {
        return touched && touchedAt - nanos > 0 ? touchedAt : nanos;
    }
}
