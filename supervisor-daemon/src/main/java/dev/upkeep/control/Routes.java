package dev.upkeep.control;

import dev.upkeep.api.Reply;
import dev.upkeep.api.Supervisor;
import dev.upkeep.api.child.ChildStatus;
import dev.upkeep.api.settings.Durations;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeoutException;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The paths of the API and who answers them. */
final class Routes {
    private static final Logger LOG = LoggerFactory.getLogger(Routes.class);
    private static final Duration DEFAULT_WAIT = Duration.ofMinutes(1);
    private static final Duration LONGEST_WAIT = Duration.ofHours(1);
    private static final int DEFAULT_EVENTS = 100;

    private final Queries queries;
    private final Supervisor tree;
    private final Runnable shutdown;

    Routes(Queries queries, Supervisor tree, Runnable shutdown) {
        this.queries = queries;
        this.tree = tree;
        this.shutdown = shutdown;
    }

    /** Answers at once, or sees to it that the visit is answered. */
    void handle(Request request, Visit visit) {
        try {
            route(new Exchange(request, visit, queries.secrets()), request.method(), request.path());
        } catch (IllegalArgumentException e) {
            visit.answer(Answer.error(400, "bad-request", String.valueOf(e.getMessage())));
        }
    }

    private void route(Exchange exchange, String method, String path) {
        String rest = path.startsWith("/v1/") ? path.substring(4) : "";
        String wanted = rest.startsWith("children/") || rest.equals("shutdown") ? "POST" : "GET";
        if (!method.equals(wanted)) {
            exchange.answer(Answer.error(405, "bad-request", path + " takes " + wanted + ", not " + method));
        } else if (rest.startsWith("children/")) {
            verb(exchange, rest.substring("children/".length()));
        } else if (rest.startsWith("why/")) {
            exchange.answer(withChild(rest.substring("why/".length()), queries::why));
        } else {
            switch (rest) {
                case "status" -> exchange.answer(queries.status());
                case "supervisor" -> exchange.answer(queries.supervisor());
                case "events" -> exchange.answer(events(exchange.request()));
                case "shutdown" -> shutdown(exchange);
                default -> exchange.answer(Answer.error(404, "not-found",
                        "there is no " + path + "; there are"
                                + " /v1/status, /v1/supervisor, /v1/events, /v1/why/PATH,"
                                + " /v1/children/PATH/{start,stop,restart,reset} and /v1/shutdown"));
            }
        }
    }

    private Answer withChild(String path, Function<ChildStatus, Answer> answer) {
        return queries.find(path).map(answer).orElseGet(() -> noChild(path));
    }

    private Answer noChild(String path) {
        return Answer.error(404, "not-found",
                "'" + path + "' is no child of '" + queries.identity().name() + "'");
    }

    private Answer events(Request request) {
        OptionalLong since = request.parameter("since")
                .map(text -> OptionalLong.of(number("since", text)))
                .orElse(OptionalLong.empty());
        int limit = request.parameter("limit")
                .map(text -> (int) Math.min(number("limit", text), Queries.MOST_EVENTS))
                .orElse(DEFAULT_EVENTS);
        return queries.events(since, limit);
    }

    private static long number(String name, String text) {
        if (!text.matches("[0-9]{1,18}")) {
            throw new IllegalArgumentException(name + " must be a number, at least 0, but is '" + text + "'");
        }
        return Long.parseLong(text);
    }

    private void verb(Exchange exchange, String pathAndVerb) {
        int slash = Math.max(0, pathAndVerb.lastIndexOf('/'));
        String path = pathAndVerb.substring(0, slash);
        String word = pathAndVerb.substring(Math.min(slash + 1, pathAndVerb.length()));
        Optional<Verb> verb = Verb.named(word);
        Optional<ChildStatus> child = queries.find(path);
        if (verb.isEmpty()) {
            exchange.answer(
                    Answer.error(404, "not-found", "'" + word + "' is no verb; expected start, stop, restart"
                            + " or reset"));
        } else if (child.isEmpty()) {
            exchange.answer(noChild(path));
        } else {
            exchange.answerWhenDone(() -> verb.get().ask(tree, child.get().path()), this::replied,
                    waited -> Answer.error(504, "timeout",
                            "'" + child.get().path().shortValue() + "' did not " + word
                                    + " within " + Durations.format(waited) + "; it is "
                                    + nowState(child.get())
                                    + ", and what was asked goes on"));
        }
    }

    private String nowState(ChildStatus child) {
        return tree.status(child.path()).map(now -> StatusJson.word(now.actual())).orElse("gone");
    }

    private Answer replied(Reply reply) {
        String kind = StatusJson.word(reply.kind());
        String text = queries.secrets().apply(reply.text());
        if (reply.kind().isSuccess()) {
            return Answer.ok(json -> {
                json.writeStartObject();
                json.writeStringProperty("kind", kind);
                json.writeStringProperty("text", text);
                json.writeEndObject();
            });
        }
        return Answer.error(reply.kind() == Reply.Kind.NOT_FOUND ? 404 : 409, kind, text);
    }

    private void shutdown(Exchange exchange) {
        String name = queries.identity().name();
        exchange.answerWhenDone(() -> {
            LOG.atInfo().log("shutdown requested on the control socket");
            shutdown.run();
            return tree.ended();
        }, ending -> ending.leftRunning().isEmpty()
                ? replied(new Reply(Reply.Kind.DONE, "'" + name + "' has stopped"))
                : replied(new Reply(Reply.Kind.STILL_RUNNING, "'" + name + "' has ended, but left running: "
                        + ending.leftRunning())),
                waited -> Answer.error(504, "timeout", "'" + name + "' has not ended after "
                        + Durations.format(waited) + "; it goes on stopping"));
    }

    /** One request and the one answer to it. */
    private record Exchange(Request request, Visit visit, UnaryOperator<String> secrets) {
        void answer(Answer answer) {
            visit.answer(answer);
        }

        /** Holds no thread meanwhile; the answer is made on a thread of the server, never on the tree's. */
        <T> void answerWhenDone(
                Supplier<CompletableFuture<T>> ask,
                Function<T, Answer> done,
                Function<Duration, Answer> late) {
            Duration atMost = waitingTime();
            CompletableFuture<T> asked = new CompletableFuture<>();
            if (!visit.beginWaiting(atMost, () -> asked.completeExceptionally(new TimeoutException()))) {
                answer(Answer.error(503, "busy",
                        "too many clients wait for an answer; nothing was done, try again"));
                return;
            }
            asked.handleAsync(outcome(done, late, atMost), visit.workers())
                    .exceptionally(this::failed)
                    .thenAccept(this::answer);
            ask.get().whenComplete((value, failure) -> {
                if (failure == null) {
                    asked.complete(value);
                } else {
                    asked.completeExceptionally(failure);
                }
            });
        }

        private <T> BiFunction<T, Throwable, Answer> outcome(
                Function<T, Answer> done,
                Function<Duration, Answer> late,
                Duration atMost) {
            return (value, failure) -> {
                if (failure == null) {
                    return done.apply(value);
                }
                if (failure instanceof TimeoutException) {
                    return late.apply(atMost);
                }
                return failed(failure);
            };
        }

        private Answer failed(Throwable failure) {
            LOG.atWarn()
                    .setCause(failure)
                    .addKeyValue("path", request.path())
                    .log("control request failed");
            Throwable cause = failure instanceof CompletionException wrapped ? wrapped.getCause() : failure;
            return Answer.error(500, "internal",
                    secrets.apply("the supervisor failed to do it: " + cause));
        }

        private Duration waitingTime() {
            Duration asked = request.parameter("timeout").map(Durations::parse).orElse(DEFAULT_WAIT);
            return asked.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : asked;
        }
    }
}
