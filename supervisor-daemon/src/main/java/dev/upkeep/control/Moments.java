package dev.upkeep.control;

import dev.upkeep.api.settings.Durations;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** Says moments as a person at this machine would: its own time of day, and how long ago or from now. */
record Moments(InstantSource clock, ZoneId zone) {
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm:ss", Locale.ROOT);
    private static final DateTimeFormatter DATE = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss",
            Locale.ROOT);

    Instant now() {
        return clock.instant();
    }

    /** Returns {@code 02:59:41 (12s ago)}. */
    String said(Instant at) {
        Duration ago = Duration.between(at, now());
        return clockTime(at)
                + (ago.isNegative() ? " (in " + rough(ago.negated()) + ")" : " (" + rough(ago) + " ago)");
    }

    /** Returns the time of day, with the date in front if it is another day's. */
    String clockTime(Instant at) {
        ZonedDateTime local = at.atZone(zone);
        boolean today = local.toLocalDate().equals(now().atZone(zone).toLocalDate());
        return (today ? TIME : DATE).format(local);
    }

    /** Returns the duration to about a hundredth of itself: nobody needs the milliseconds of an hour. */
    static String rough(Duration duration) {
        if (duration.compareTo(Duration.ofSeconds(1)) < 0) {
            return Durations.format(duration);
        }
        return Durations.format(Duration.ofSeconds(
                duration.compareTo(Duration.ofHours(10)) < 0
                        ? duration.toSeconds()
                        : duration.toMinutes() * 60));
    }
}
