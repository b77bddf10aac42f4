package dev.upkeep.supervise;

import dev.upkeep.api.child.ActualState;
import dev.upkeep.api.child.ChildStatus;
import dev.upkeep.api.child.ChildStatus.LastExit;
import dev.upkeep.api.child.ChildStatus.Next;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Makes what others see of the tree. Unchanged children keep the view they had. */
final class Views {
    private Views() {}

    static ChildStatus of(Child child, long now, Instant wall) {
        // What a waiting child waits for changes with its siblings.
        if (child.view == null || child.actual == ActualState.WAITING) {
            child.view = make(child, now, wall);
        }
        return child.view;
    }

    private static ChildStatus make(Child child, long now, Instant wall) {
        List<ChildStatus> below = new ArrayList<>();
        if (child instanceof Branch branch) {
            branch.children.forEach(c -> below.add(of(c, now, wall)));
        }
        Optional<LastExit> lastExit = Optional.ofNullable(child.lastExit)
                .map(e -> new LastExit(e.cause(), e.generation(), at(child.lastExitAt, now, wall), e.uptime(),
                        e.lastWords()));
        Optional<Instant> startedAt = child.started && child.actual.isLive()
                ? Optional.of(at(child.startedAt, now, wall))
                : Optional.empty();
        return new ChildStatus(child.path, child.spec.kind(), child.desired, child.actual,
                child.actual == ActualState.WAITING || child.actual == ActualState.QUEUED
                        ? waitingFor(child)
                        : "",
                Tally.isReady(child), Tally.healthOf(child), child.pid, child.generation, child.restarts,
                startedAt,
                lastExit, next(child, now, wall), 0, List.copyOf(below));
    }

    private static Instant at(long nanos, long now, Instant wall) {
        return wall.plusNanos(nanos - now);
    }

    private static Optional<Next> next(Child child, long now, Instant wall) {
        Optional<Instant> when = child.nextKnown
                ? Optional.of(at(child.nextAt, now, wall))
                : Optional.empty();
        return switch (child.actual) {
            case BACKOFF -> Optional.of(new Next("restart", when));
            case SUSPENDED -> Optional.of(new Next("trial", when));
            case WAITING, QUEUED, STARTING, RUNNING, STOPPING, STOPPED, COMPLETED, ABANDONED ->
                Optional.empty();
        };
    }

    /** Says what a waiting child waits for, in words. */
    static String waitingFor(Child child) {
        if (child.actual == ActualState.QUEUED) {
            return child.holdsSlot ? "its breaker" : "the start gate";
        }
        String group = Groups.waitsWith(child);
        if (group != null) {
            return group;
        }
        Branch parent = child.parent;
        if (parent != null && parent.sequential) {
            return parent.current == null ? "its turn" : "'" + parent.current.id() + "'";
        }
        Child first = StartOrder.unmet(child);
        return first == null ? "its turn" : "'" + first.id() + "'";
    }
}
