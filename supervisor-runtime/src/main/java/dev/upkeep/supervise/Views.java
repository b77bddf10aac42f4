package dev.upkeep.supervise;

import dev.upkeep.api.child.ActualState;
import dev.upkeep.api.child.Cause;
import dev.upkeep.api.child.ChildStatus;
import dev.upkeep.api.child.ChildStatus.LastExit;
import dev.upkeep.api.child.ChildStatus.Next;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Makes what others see of the tree. Only what changed since the last time is made anew: the changed children, and the
 * blocks and supervisors above them.
 */
final class Views {
    private Views() {}

    /** Notes that a child is to be seen anew. */
    static void changed(Child child) {
        Branch parent = child.parent;
        if (!child.unseen) {
            child.unseen = true;
            if (parent != null) {
                parent.changed.add(child);
            }
        }
    }

    /** Gives a child its place in its supervisor's view: the last. */
    static void append(Child child, Branch parent) {
        child.slot = parent.slots++;
        changed(child);
        changed(parent);
    }

    /** Takes a child out of its supervisor's view. */
    static void takeOut(Child child, Branch parent) {
        parent.views = parent.views.with(child.slot, null);
        Tally.settle(parent);
        if (parent.slots > 64 && parent.slots > 2 * parent.children.size()) {
            renumber(parent);
        }
    }

    /** Gives all children of a supervisor their places anew, in order. */
    static void renumber(Branch parent) {
        parent.views = Blocks.empty();
        parent.slots = 0;
        int position = 0;
        for (Child child : parent.children) {
            // Where children come and go without end, the last position would grow without end.
            child.position = position++;
            append(child, parent);
        }
        Tally.settle(parent);
    }

    /** Returns the root as others are to see it from now on; the same object if nothing changed. */
    static ChildStatus of(Branch root, @Nullable ChildStatus seen, long now, Instant wall) {
        return seen != null && !root.unseen ? seen : see(root, now, wall);
    }

    private static ChildStatus see(Child child, long now, Instant wall) {
        child.unseen = false;
        if (child instanceof Branch branch) {
            addThoseThatWait(branch);
            // Bounded by the children: seeing one changes no other.
            for (Child below : branch.changed) {
                if (below.unseen && !below.removed) {
                    branch.views = branch.views.with(below.slot, see(below, now, wall));
                }
                below.unseen = false;
            }
            branch.changed.clear();
            return make(child, now, wall, branch.views);
        }
        return make(child, now, wall, List.of());
    }

    /** What a waiting child waits for may change while it does not. */
    private static void addThoseThatWait(Branch branch) {
        Child holding = holding(branch);
        if (!sameChild(holding, branch.seenHolding)) {
            branch.seenHolding = holding;
            branch.pending.forEach(Views::changed);
        }
        for (int i = 0; i < branch.changed.size(); i++) {
            for (Child dependent : branch.changed.get(i).dependents) {
                if (dependent.actual == ActualState.WAITING) {
                    changed(dependent);
                }
            }
        }
    }

    @SuppressWarnings("ReferenceEquality") // children are themselves
    private static boolean sameChild(@Nullable Child one, @Nullable Child other) {
        return one == other;
    }

    /** Returns who holds up a sequential start for longer than a moment. */
    private static @Nullable Child holding(Branch branch) {
        Child current = branch.current;
        if (!branch.sequential || branch.pending.isEmpty() || current == null || !current.holdsUpLater()) {
            return null;
        }
        // One that has only to begin holds nobody for long; that each of many is seen to wait for it in turn is not worth it.
        boolean momentary = !(current instanceof Branch) && !current.spec.hasReadiness()
                && current.actual == ActualState.STARTING;
        return momentary ? null : current;
    }

    private static ChildStatus make(Child child, long now, Instant wall, List<ChildStatus> below) {
        Optional<Instant> startedAt = child.started && child.actual.isLive()
                ? Optional.of(at(child.startedAt, now, wall))
                : Optional.empty();
        return new ChildStatus(child.path, child.spec.kind(), child.desired, child.actual,
                child.actual == ActualState.WAITING || child.actual == ActualState.QUEUED
                        ? waitingFor(child)
                        : "",
                Tally.isSeenReady(child), Tally.healthOf(child), child.isFlapping(), child.says,
                child.pid,
                child.generation,
                child.restarts,
                startedAt,
                lastExit(child, now, wall), next(child, now, wall), child.leftBehind.size(), below);
    }

    private static Optional<LastExit> lastExit(Child child, long now, Instant wall) {
        Child.End end = child.ended;
        if (end != null) {
            child.ended = null;
            LastExit before = child.parent == null ? null : child.parent.lastSeenExit;
            // In a storm very many end in the same way: then they share what is remembered of it.
            Cause cause = before != null && before.cause().equals(end.cause()) ? before.cause() : end.cause();
            List<String> words = before != null && before.lastWords().equals(end.lastWords())
                    ? before.lastWords()
                    : end.lastWords();
            child.lastExit = new LastExit(cause, end.generation(), at(end.at(), now, wall), end.uptime(),
                    words, end.used());
            if (child.parent != null) {
                child.parent.lastSeenExit = child.lastExit;
            }
        }
        return Optional.ofNullable(child.lastExit);
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
            if (Herds.isWaiting(child)) {
                return "its turn at breaker '" + child.breaker + "'";
            }
            return child.instance().guard != null ? "its breaker" : "the start gate";
        }
        String group = Groups.waitsWith(child);
        if (group != null) {
            return group;
        }
        Branch parent = child.parent;
        Child first = parent != null && parent.sequential ? holding(parent) : StartOrder.unmet(child);
        return first == null ? "its turn" : "'" + first.id() + "'";
    }
}
