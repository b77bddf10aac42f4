package dev.upkeep.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

/** Talks to one supervisor. */
final class Client {
    /** For what the supervisor answers at once. */
    private static final Duration AT_ONCE = Duration.ofSeconds(10);

    private final Path socket;

    Client(Path socket) {
        this.socket = socket;
    }

    /** What was answered: an HTTP status, the text of the body, the body. */
    record Reply(int status, String text, @Nullable Object json) {
        boolean isOk() {
            return status == 200;
        }

        /** Returns the word for the outcome of a verb. */
        String kind() {
            return isOk() ? Json.text(json, "kind") : Json.text(Json.field(json, "error"), "kind");
        }

        /** Returns the sentence that came with it. */
        String sentence() {
            String said = isOk() ? Json.text(json, "text") : Json.text(Json.field(json, "error"), "text");
            return said.isEmpty() ? "the supervisor answered " + status + " without a word" : said;
        }
    }

    /** @throws CommandFailure if nobody answers (4) */
    Reply get(String target) {
        return exchange("GET", target, AT_ONCE);
    }

    /** @param atMost how long the server may take before its own time is up */
    Reply post(String target, Duration atMost) {
        return exchange("POST", target + "?timeout=" + atMost.toMillis() + "ms", atMost.plus(AT_ONCE));
    }

    /** Returns the children, the root first. */
    List<Child> children() {
        Reply reply = get("/v1/status");
        if (!reply.isOk()) {
            throw new CommandFailure(Exit.FAILED, reply.sentence());
        }
        if (!(reply.json() instanceof List<?> children)) {
            throw new CommandFailure(Exit.NO_SUPERVISOR, "what answers at " + socket + " is no supervisor");
        }
        return children.stream().map(Child::new).toList();
    }

    private Reply exchange(String method, String target, Duration atMost) {
        try {
            HttpExchange.Answer answer = HttpExchange.of(socket, method, target, atMost);
            return new Reply(answer.status(), new String(answer.body(), StandardCharsets.UTF_8),
                    Json.read(answer.body()));
        } catch (IOException | JacksonException e) {
            throw new CommandFailure(Exit.NO_SUPERVISOR, "no supervisor answers at " + socket + ": "
                    + (e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage()));
        }
    }
}
