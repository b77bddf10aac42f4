package dev.upkeep.control;

import java.io.ByteArrayOutputStream;
import java.util.function.Consumer;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/**
 * A whole answer: an HTTP status and a JSON body.
 *
 * <p>An error is {@code {"error": {"kind": …, "text": …}}}: a word for programs, a sentence for people.
 */
record Answer(int status, byte[] body) {
    private static final JsonFactory JSON = new JsonFactory();

    static Answer ok(Consumer<JsonGenerator> body) {
        return of(200, body);
    }

    static Answer error(int status, String kind, String text) {
        return of(status, json -> {
            json.writeStartObject();
            json.writeObjectPropertyStart("error");
            json.writeStringProperty("kind", kind);
            json.writeStringProperty("text", text);
            json.writeEndObject();
            json.writeEndObject();
        });
    }

    private static Answer of(int status, Consumer<JsonGenerator> body) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(512);
        try (JsonGenerator json = JSON.createGenerator(ObjectWriteContext.empty(), bytes)) {
            body.accept(json);
        }
        bytes.write('\n');
        return new Answer(status, bytes.toByteArray());
    }
}
