package dev.upkeep.control;

import dev.upkeep.api.Reply;
import dev.upkeep.api.Supervisor;
import dev.upkeep.api.child.ChildStatus;
import dev.upkeep.api.settings.Durations;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeoutException;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.Fields;
import org.eclipse.jetty.util.thread.Scheduler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The paths of the API and who answers them. */
final class Routes extends Handler.Abstract {
    private static final Logger LOG = LoggerFactory.getLogger(Routes.class);
    private static final Duration DEFAULT_WAIT = Duration.ofMinutes(1);
    private static final Duration LONGEST_WAIT = Duration.ofHours(1);
    private static final int DEFAULT_EVENTS = 100;

    private final Queries queries;
    private final Supervisor tree;
    private final Runnable shutdown;
    private final Doorkeeper door;

    Routes(Queries queries, Supervisor tree, Runnable shutdown, Doorkeeper door) {
        this.queries = queries;
        this.tree = tree;
        this.shutdown = shutdown;
        this.door = door;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        Exchange exchange = new Exchange(request, response, callback);
        try {
            route(exchange, request.getMethod(), request.getHttpURI().getDecodedPath());
        } catch (IllegalArgumentException e) {
            exchange.answer(Answer.error(400, "bad-request", String.valueOf(e.getMessage())));
        }
        return true;
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
                case "events" -> exchange.answer(events(exchange.query()));
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

    private Answer events(Fields query) {
        String since = query.getValue("since");
        String limit = query.getValue("limit");
        return queries.events(since == null ? OptionalLong.empty() : OptionalLong.of(number("since", since)),
                limit == null ? DEFAULT_EVENTS : (int) Math.min(number("limit", limit), Queries.MOST_EVENTS));
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
    private final class Exchange {
        private final Request request;
        private final Response response;
        private final Callback callback;

        Exchange(Request request, Response response, Callback callback) {
            this.request = request;
            this.response = response;
            this.callback = callback;
        }

        Fields query() {
            return Request.extractQueryParameters(request);
        }

        void answer(Answer answer) {
            response.setStatus(answer.status());
            response.getHeaders().put(HttpHeader.CONTENT_TYPE, "application/json");
            response.getHeaders().put(HttpHeader.CONTENT_LENGTH, answer.body().length);
            response.write(true, ByteBuffer.wrap(answer.body()), callback);
        }

        /** Holds no thread meanwhile; the answer is made on a thread of the server, never on the tree's. */
        <T> void answerWhenDone(
                Supplier<CompletableFuture<T>> ask,
                Function<T, Answer> done,
                Function<Duration, Answer> late) {
            Duration atMost = waitingTime();
            Connection connection = request.getConnectionMetaData().getConnection();
            if (!door.beginWaiting(connection)) {
                answer(Answer.error(503, "busy",
                        "too many clients wait for an answer; nothing was done, try again"));
                return;
            }
            request.addIdleTimeoutListener(idle -> false);
            CompletableFuture<T> asked = ask.get().copy();
            Scheduler.Task limit = request.getComponents()
                    .getScheduler()
                    .schedule(() -> asked.completeExceptionally(new TimeoutException()), atMost);
            asked.handleAsync(outcome(done, late, atMost), request.getComponents().getThreadPool())
                    .exceptionally(this::failed)
                    .thenAccept(answer -> {
                        limit.cancel();
                        door.endWaiting(connection);
                        answer(answer);
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
                    .addKeyValue("uri", request.getHttpURI())
                    .log("control request failed");
            Throwable cause = failure instanceof CompletionException wrapped ? wrapped.getCause() : failure;
            return Answer.error(500, "internal",
                    queries.secrets().apply("the supervisor failed to do it: " + cause));
        }

        private Duration waitingTime() {
            String text = query().getValue("timeout");
            Duration asked = text == null ? DEFAULT_WAIT : Durations.parse(text);
            return asked.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : asked;
        }
    }
}
