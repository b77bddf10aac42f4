package dev.upkeep.cli;

import dev.upkeep.api.settings.Durations;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One child as {@code /v1/status} tells it.
 *
 * @param json the object, with keys this version may not know
 */
record Child(@Nullable Object json) {
    String path() {
        return Json.text(json, "path");
    }

    /** Returns the path without the root's name; the root's is its name. */
    String name() {
        return path().substring(path().indexOf('/') + 1);
    }

    boolean isRoot() {
        return path().indexOf('/') < 0;
    }

    String state() {
        return Json.text(json, "state");
    }

    boolean isRunning() {
        return state().equals("running");
    }

    /** Returns {@code yes} or {@code no}, or why not where nothing else would show it. */
    String ready() {
        if (Boolean.TRUE.equals(Json.field(json, "flapping"))) {
            return "flapping";
        }
        return Boolean.TRUE.equals(Json.field(json, "ready")) ? "yes" : "no";
    }

    String health() {
        return Json.text(json, "health");
    }

    String pid() {
        return Json.text(json, "pid");
    }

    String restarts() {
        return Json.text(json, "restarts");
    }

    String uptime() {
        return Json.field(json, "uptimeMillis") instanceof Long millis
                ? rough(Duration.ofMillis(millis))
                : "";
    }

    /** Returns {@code crashed(code 1) 3m ago}; empty if it never ended. */
    String lastExit(Instant now) {
        Object exit = Json.field(json, "lastExit");
        String signal = Json.text(exit, "signal");
        String code = Json.text(exit, "code");
        String how = !signal.isEmpty() ? "(" + signal + ")" : !code.isEmpty() ? "(code " + code + ")" : "";
        return (Json.text(exit, "cause") + how
                + at(exit).map(at -> " " + rough(Duration.between(at, now)) + " ago").orElse("")).strip();
    }

    /** Returns {@code restart in 5s}; empty if nothing comes by itself. */
    String next(Instant now) {
        Object next = Json.field(json, "next");
        String action = Json.text(next, "action");
        return action.isEmpty()
                ? ""
                : action + at(next).map(at -> " in " + rough(Duration.between(now, at))).orElse(" by hand");
    }

    private static Optional<Instant> at(@Nullable Object object) {
        try {
            return Optional.of(Instant.parse(Json.text(object, "at")));
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    /** Returns the duration in its two greatest units; of one that clocks have made negative, zero. */
    static String rough(Duration duration) {
        if (duration.toDays() >= 2) {
            return duration.toDays() + "d" + duration.toHoursPart() + "h";
        }
        if (duration.toHours() >= 1) {
            return Durations.format(Duration.ofMinutes(duration.toMinutes()));
        }
        return duration.isNegative() ? "0s" : Durations.format(Duration.ofSeconds(duration.toSeconds()));
    }
}
