package dev.upkeep.tree;

import dev.upkeep.api.child.Cause;
import dev.upkeep.api.child.ChildPath;
import dev.upkeep.api.child.ResourceUse;
import dev.upkeep.api.event.EventKind;
import dev.upkeep.api.event.TreeEvent;
import dev.upkeep.supervise.Action;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** An event as listeners see it: one object for all of them, and no more than what the core had to say of it. */
record PublishedEvent(long sequence, Instant at, long nanos, Action.Emit emit) implements TreeEvent {
    @Override
    public EventKind kind() {
        return emit.kind();
    }

    @Override
    public ChildPath path() {
        return emit.path();
    }

    @Override
    public long generation() {
        return emit.generation();
    }

    @Override
    public String text() {
        return emit.text();
    }

    @Override
    public Optional<Cause> cause() {
        return emit.cause();
    }

    @Override
    public Optional<Duration> delay() {
        return emit.delay();
    }

    @Override
    public Optional<Duration> uptime() {
        return emit.uptime();
    }

    @Override
    public List<String> lastWords() {
        return emit.lastWords();
    }

    @Override
    public Optional<ResourceUse> used() {
        return emit.used();
    }
}
