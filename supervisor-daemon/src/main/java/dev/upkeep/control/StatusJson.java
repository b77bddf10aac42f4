package dev.upkeep.control;

import dev.upkeep.api.child.ChildStatus;
import dev.upkeep.api.child.ExitStatus;
import dev.upkeep.api.child.Signal;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import tools.jackson.core.JsonGenerator;

/** Writes a child's status as {@code upkeep status -o json} shows it: always the same keys, what is not known as null. */
final class StatusJson {
    private StatusJson() {}

    /** Writes the tree as one array in start order, the root first. */
    static void writeTree(JsonGenerator json, ChildStatus root, Instant now) {
        json.writeStartArray();
        root.walk().forEach(child -> {
            json.writeStartObject();
            writeFields(json, child, now);
            json.writeEndObject();
        });
        json.writeEndArray();
    }

    static void writeFields(JsonGenerator json, ChildStatus child, Instant now) {
        json.writeStringProperty("path", child.path().value());
        json.writeStringProperty("kind", word(child.kind()));
        json.writeStringProperty("state", word(child.actual()));
        json.writeBooleanProperty("ready", child.ready());
        json.writeStringProperty("health", word(child.health()));
        json.writeBooleanProperty("flapping", child.flapping());
        if (child.pid().isPresent()) {
            json.writeNumberProperty("pid", child.pid().getAsLong());
        } else {
            json.writeNullProperty("pid");
        }
        json.writeNumberProperty("generation", child.generation());
        json.writeNumberProperty("restarts", child.restarts());
        Optional<Long> uptime = child.startedAt()
                .map(at -> Math.max(0, Duration.between(at, now).toMillis()));
        if (child.actual().isLive() && uptime.isPresent()) {
            json.writeNumberProperty("uptimeMillis", uptime.get());
        } else {
            json.writeNullProperty("uptimeMillis");
        }
        writeLastExit(json, child.lastExit());
        writeNext(json, child.next());
    }

    private static void writeLastExit(JsonGenerator json, Optional<ChildStatus.LastExit> lastExit) {
        if (lastExit.isEmpty()) {
            json.writeNullProperty("lastExit");
            return;
        }
        Optional<ExitStatus> status = lastExit.get().cause().status();
        json.writeObjectPropertyStart("lastExit");
        json.writeStringProperty("cause", lastExit.get().cause().kind().word());
        Optional<Integer> code = status.map(ExitStatus::code).filter(c -> c >= 0);
        if (code.isPresent()) {
            json.writeNumberProperty("code", code.get());
        } else {
            json.writeNullProperty("code");
        }
        text(json, "signal", status.map(ExitStatus::signal).filter(s -> s != 0).map(Signal::nameOf));
        json.writeStringProperty("at", lastExit.get().at().toString());
        json.writeEndObject();
    }

    private static void writeNext(JsonGenerator json, Optional<ChildStatus.Next> next) {
        if (next.isEmpty()) {
            json.writeNullProperty("next");
            return;
        }
        json.writeObjectPropertyStart("next");
        json.writeStringProperty("action", next.get().action());
        text(json, "at", next.get().at().map(Instant::toString));
        json.writeEndObject();
    }

    static void text(JsonGenerator json, String key, Optional<String> value) {
        if (value.isPresent()) {
            json.writeStringProperty(key, value.get());
        } else {
            json.writeNullProperty(key);
        }
    }

    /** Returns the constant's name as JSON and people see it: {@code start-failed}. */
    static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
