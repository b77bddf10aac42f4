package dev.upkeep.tree;

import dev.upkeep.api.child.Cause;
import dev.upkeep.api.child.ChildPath;
import dev.upkeep.api.event.EventKind;
import dev.upkeep.api.event.TreeEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

record PublishedEvent(long sequence, EventKind kind, ChildPath path, long generation, Instant at, long nanos,
        String text,
        Optional<Cause> cause, Optional<Duration> delay, Optional<Duration> uptime,
        List<String> lastWords) implements TreeEvent {}
