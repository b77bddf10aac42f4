package dev.upkeep.control;

import dev.upkeep.api.child.Cause;
import dev.upkeep.api.child.ChildPath;
import dev.upkeep.api.event.EventKind;
import dev.upkeep.api.event.TreeEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** An event with only what a reader of recent events looks at. */
public record SeenEvent(long sequence, EventKind kind, ChildPath path, Instant at,
        String text, List<String> lastWords) implements TreeEvent {
    public SeenEvent(long sequence, EventKind kind, ChildPath path, Instant at, String text) {
        this(sequence, kind, path, at, text, List.of());
    }

    @Override
    public long generation() {
        return 7;
    }

    @Override
    public long nanos() {
        return sequence;
    }

    @Override
    public Optional<Cause> cause() {
        return Optional.empty();
    }

    @Override
    public Optional<Duration> delay() {
        return Optional.empty();
    }

    @Override
    public Optional<Duration> uptime() {
        return Optional.empty();
    }
}
