package dev.upkeep.control;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
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

    /** Returns what is to be sent: without the body, its length is still told. */
    ByteBuffer message(boolean withBody) {
        byte[] head = ("HTTP/1.1 " + status + " " + reason()
                + "\r\nContent-Type: application/json\r\nContent-Length: "
                + body.length + "\r\nConnection: close\r\n\r\n").getBytes(StandardCharsets.US_ASCII);
        ByteBuffer message = ByteBuffer.allocate(head.length + (withBody ? body.length : 0)).put(head);
        return (withBody ? message.put(body) : message).flip();
    }

    /** RFC 9110, 15: of no meaning to programs. */
    private String reason() {
        return switch (status) {
            case 200 -> "OK";
            case 400 -> "Bad Request";
            case 404 -> "Not Found";
            case 405 -> "Method Not Allowed";
            case 409 -> "Conflict";
            case 503 -> "Service Unavailable";
            case 504 -> "Gateway Timeout";
            default -> status < 500 ? "Refused" : "Error";
        };
    }
}
