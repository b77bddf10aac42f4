package dev.upkeep.control;

import dev.upkeep.api.child.ResourceUse;
import dev.upkeep.api.event.TreeEvent;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import tools.jackson.core.JsonGenerator;

/** Writes events as {@code upkeep events -o json} shows them, with their secrets hidden. */
final class EventJson {
    private EventJson() {}

    static void writeArray(
            JsonGenerator json,
            String key,
            List<TreeEvent> events,
            UnaryOperator<String> secrets) {
        json.writeArrayPropertyStart(key);
        events.forEach(event -> write(json, event, secrets));
        json.writeEndArray();
    }

    private static void write(JsonGenerator json, TreeEvent event, UnaryOperator<String> secrets) {
        json.writeStartObject();
        json.writeNumberProperty("sequence", event.sequence());
        json.writeStringProperty("kind", event.kind().word());
        json.writeStringProperty("path", event.path().value());
        json.writeNumberProperty("generation", event.generation());
        json.writeStringProperty("at", event.at().toString());
        json.writeStringProperty("text", secrets.apply(event.text()));
        StatusJson.text(json, "cause", event.cause().map(cause -> cause.kind().word()));
        millis(json, "delayMillis", event.delay());
        millis(json, "uptimeMillis", event.uptime());
        used(json, event.used());
        words(json, event.lastWords(), secrets);
        json.writeEndObject();
    }

    static void used(JsonGenerator json, Optional<ResourceUse> used) {
        if (used.isEmpty()) {
            json.writeNullProperty("used");
            return;
        }
        json.writeObjectPropertyStart("used");
        json.writeNumberProperty("userMillis", used.get().user().toMillis());
        json.writeNumberProperty("systemMillis", used.get().system().toMillis());
        used.get().maxRss().ifPresent(most -> json.writeNumberProperty("maxRssBytes", most.bytes()));
        json.writeEndObject();
    }

    static void words(JsonGenerator json, List<String> lastWords, UnaryOperator<String> secrets) {
        json.writeArrayPropertyStart("lastWords");
        lastWords.forEach(line -> json.writeString(secrets.apply(line)));
        json.writeEndArray();
    }

    private static void millis(JsonGenerator json, String key, Optional<Duration> value) {
        if (value.isPresent()) {
            json.writeNumberProperty(key, value.get().toMillis());
        } else {
            json.writeNullProperty(key);
        }
    }
}
