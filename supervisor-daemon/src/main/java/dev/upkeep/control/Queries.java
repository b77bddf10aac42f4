package dev.upkeep.control;

import dev.upkeep.api.Supervisor;
import dev.upkeep.api.child.Cause;
import dev.upkeep.api.child.ChildPath;
import dev.upkeep.api.child.ChildStatus;
import dev.upkeep.api.event.TreeEvent;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.UnaryOperator;

/**
 * What can be asked without changing anything. Reads a snapshot, waits for nobody (A3).
 *
 * @param secrets hides them in whatever a child, a check, a plugin or the host has worded
 */
record Queries(Supervisor tree, RecentEvents recent, Identity identity, Moments moments,
        UnaryOperator<String> secrets) {
    static final int MOST_EVENTS = 1_000;

    Answer status() {
        return Answer.ok(json -> StatusJson.writeTree(json, tree.status(), moments.now()));
    }

    Answer supervisor() {
        return Answer.ok(json -> {
            json.writeStartObject();
            json.writeStringProperty("name", identity.name());
            json.writeNumberProperty("pid", identity.pid());
            json.writeStringProperty("since", identity.since().toString());
            json.writeStringProperty("version", identity.version());
            json.writeEndObject();
        });
    }

    /** Answers the events after a sequence number, or the newest; {@code last} is where to go on from. */
    Answer events(OptionalLong since, int limit) {
        int most = Math.min(limit, MOST_EVENTS);
        List<TreeEvent> events = since.isPresent()
                ? recent.after(since.getAsLong(), most)
                : recent.newest(most);
        return Answer.ok(json -> {
            json.writeStartObject();
            EventJson.writeArray(json, "events", events, secrets);
            json.writeNumberProperty("last",
                    events.isEmpty() ? since.orElse(0) : events.get(events.size() - 1).sequence());
            json.writeNumberProperty("lost", recent.lost());
            json.writeEndObject();
        });
    }

    Answer why(ChildStatus child) {
        List<TreeEvent> events = recent.of(child.path());
        Optional<String> breaker = BreakerWords.of(tree, child, moments).map(secrets);
        String text = secrets.apply(new Explanation(moments).of(child, breaker, events));
        return Answer.ok(json -> {
            json.writeStartObject();
            StatusJson.writeFields(json, child, moments.now());
            json.writeStringProperty("desired", StatusJson.word(child.desired()));
            json.writeStringProperty("waitingFor", child.waitingFor());
            json.writeStringProperty("says", secrets.apply(child.says()));
            StatusJson.text(json, "breaker", breaker);
            Optional<ChildStatus.LastExit> exit = child.lastExit();
            StatusJson.text(json, "cause",
                    exit.map(ChildStatus.LastExit::cause).map(Cause::toString).map(secrets));
            EventJson.used(json, exit.flatMap(ChildStatus.LastExit::used));
            EventJson.words(json, exit.map(ChildStatus.LastExit::lastWords).orElse(List.of()), secrets);
            EventJson.writeArray(json, "events", events, secrets);
            json.writeStringProperty("text", text);
            json.writeEndObject();
        });
    }

    /** Finds the child of a path in which the root's name may be missing. */
    Optional<ChildStatus> find(String path) {
        ChildStatus root = tree.status();
        return parse(path).flatMap(root::find)
                .or(() -> parse(root.path().value() + "/" + path).flatMap(root::find));
    }

    private static Optional<ChildPath> parse(String path) {
        for (String id : path.split("/", -1)) {
            if (!ChildPath.isId(id)) {
                return Optional.empty();
            }
        }
        return Optional.of(new ChildPath(path));
    }
}
