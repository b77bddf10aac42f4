package dev.upkeep.supervise;

import static dev.upkeep.supervise.Invariants.demand;

import dev.upkeep.api.SpecDiff;
import dev.upkeep.api.SupervisorSpec.AutoShutdown;
import dev.upkeep.api.child.ActualState;
import dev.upkeep.api.child.Cause;
import dev.upkeep.api.child.ChildKind;
import dev.upkeep.api.child.ChildPath;
import dev.upkeep.api.child.DesiredState;
import dev.upkeep.api.child.RestartType;
import dev.upkeep.api.event.EventKind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Looks at what follows an end, a request and a new spec, as the rules have it. */
final class Judgments {
    /** An end within the present event. */
    private record Exit(Child child, Cause cause, long generation, DesiredState wanted, boolean parentUp) {}

    /** A child as it was before the event. */
    private record Before(Child child, long generation) {}

    private final SimulatedWorld world;
    private final Counts counts;
    private final Invariants invariants;
    private final List<Exit> exits = new ArrayList<>();
    /** Of each failed member of a group: whom the group has to stop before it starts again. */
    private final Map<Child, List<Before>> toStop = new HashMap<>();
    private final List<Before> unchanged = new ArrayList<>();
    private final List<Branch> anew = new ArrayList<>();
    private @Nullable Before started;
    private @Nullable ChildPath fatal;

    Judgments(SimulatedWorld world, Invariants invariants) {
        this.world = world;
        this.counts = world.counts;
        this.invariants = invariants;
    }

    /** This one is about to end in a way that forbids a restart. */
    void fatal(ChildPath path) {
        fatal = path;
    }

    void before(Event event) {
        exits.clear();
        unchanged.clear();
        anew.clear();
        started = null;
        switch (event) {
            case Event.Asked asked when asked.verb() == Event.Verb.START -> {
                Child child = world.core.children.get(asked.path());
                boolean free = child != null && child.parent != null && child.parent.isUp() && !child.leaving
                        && world.core.find(child.path) == child && !world.core.groups.holds(child);
                if (free && child != null) {
                    started = switch (child.actual) {
                        case BACKOFF, SUSPENDED, STOPPED, COMPLETED -> new Before(child, child.generation);
                        case WAITING, QUEUED, STARTING, RUNNING, STOPPING, ABANDONED -> null;
                    };
                }
            }
            case Event.Refused refused -> {
                Child child = world.core.children.get(refused.instance().path());
                boolean isThat = child != null && child.actual == ActualState.QUEUED
                        && child.generation == refused.instance().generation();
                counts.rule(Rule.C6);
                demand(!isThat || child == null || !child.byHand, "A2: a breaker refuses no start by hand",
                        world.core.root);
            }
            case Event.Apply apply -> {
                toStop.clear();
                remember(apply.diff());
            }
            default -> {
            }
        }
    }

    private void remember(SpecDiff diff) {
        for (Child child : invariants.leaves()) {
            // A pool's member by its scale may be other than the one that the spec declares.
            boolean touched = child.actual != ActualState.RUNNING || child.leaving
                    || child.spec.pool().isPresent();
            for (Branch above = child.parent; above != null; above = above.parent) {
                touched |= !above.isUp() || above.group != null;
            }
            for (SpecDiff.Change change : diff.changes()) {
                touched |= change.kind() != SpecDiff.Kind.CHANGED && child.path.isWithin(change.path());
            }
            if (!touched) {
                unchanged.add(new Before(child, child.generation));
            }
        }
    }

    void act(Action action) {
        switch (action) {
            case Action.Emit emit when emit.kind() == EventKind.EXITED -> {
                Child child = invariants.child(emit.path());
                Branch parent = child.parent;
                exits.add(new Exit(child, emit.cause().orElseThrow(), emit.generation(), child.desired,
                        parent != null && invariants.seen(parent.path).wasUp()));
            }
            case Action.Emit emit when emit.kind() == EventKind.STARTED && emit.generation() > 1 -> {
                if (invariants.child(emit.path()) instanceof Branch branch) {
                    anew.add(branch);
                }
            }
            case Action.Stop stop -> stopped(stop, invariants.child(stop.instance().path()));
            case Action.Start start -> begun(invariants.child(start.instance().path()));
            case Action.Report report -> reported(report);
            default -> {
            }
        }
    }

    private void reported(Action.Report report) {
        counts.rule(Rule.C1);
        demand(fatal == null || report.result() == Action.StartResult.IGNORED
                || !exits.isEmpty() || world.core.children.get(fatal) == null
                || !report.breaker().equals(world.core.children.get(fatal).breaker),
                "R10: a fatal end is not charged to the breaker", world.core.root);
    }

    private void stopped(Action.Stop stop, Child child) {
        Cause cause = child.stopCause;
        boolean asked = cause != null
                && (cause.kind() == Cause.Kind.REQUESTED || cause.kind() == Cause.Kind.GROUP);
        counts.rule(Rule.S9);
        demand(stop.save() == (asked && child.started && child.spec.kind() == ChildKind.COMPONENT
                && !stop.rule().isBrutal()),
                "S9: what is asked to stop saves its state, and nothing else does",
                child);
    }

    private void begun(Child child) {
        List<Before> members = toStop.remove(child);
        if (members == null || child.byHand) {
            return;
        }
        counts.rule(Rule.R4);
        for (Before member : members) {
            Child sibling = member.child();
            demand(sibling.generation != member.generation() || !Tally.canEnd(sibling.actual)
                    || sibling.leaving,
                    "R6: its group is not gone", sibling);
        }
    }

    void check() {
        for (Exit exit : exits) {
            if (exit.child().parent != null) {
                judge(exit, exit.child(), exit.child().parent);
            }
        }
        if (started != null) {
            counts.rule(Rule.A2);
            demand(started.child().generation > started.generation(), "A2: a start by hand is never refused",
                    started.child());
        }
        for (Before before : unchanged) {
            counts.rule(Rule.A5);
            demand(before.child().generation == before.generation()
                    && before.child().actual == ActualState.RUNNING,
                    "A5: what is unchanged keeps its instance",
                    before.child());
        }
        for (Branch branch : anew) {
            startedAnew(branch);
        }
        fatal = null;
    }

    /** Those that were added while the tree ran come back with their supervisor, as the others do (A4). */
    private void startedAnew(Branch branch) {
        for (Child child = branch.children.first; child != null && branch.isUp(); child = child.next) {
            if (!child.declared && child.desired == DesiredState.RUNNING) {
                counts.rule(Rule.A4);
                demand(child.actual != ActualState.STOPPED && child.actual != ActualState.COMPLETED,
                        "A4: an added child comes back with its supervisor", child);
            }
        }
    }

    private void judge(Exit exit, Child child, Branch parent) {
        Cause.Kind kind = exit.cause().kind();
        boolean asked = kind == Cause.Kind.REQUESTED || kind == Cause.Kind.GROUP;
        if (child instanceof Branch && kind == Cause.Kind.START_FAILED && !exit.cause().chain().isEmpty()) {
            counts.rule(Rule.S2);
            ChildPath first = exit.cause().chain().getFirst().path();
            demand(first.parent().equals(java.util.Optional.of(child.path)), "S2: it names the child", child);
        }
        boolean known = world.core.children.get(child.path) == child;
        boolean judged = exit.parentUp() && parent.isUp() && invariants.seen(parent.path).wasUp() && !asked
                && exit.wanted() == DesiredState.RUNNING
                && !child.leaving && known;
        boolean again = child.generation > exit.generation();
        if (exit.parentUp() && exit.wanted() == DesiredState.STOPPED && child.spec.significant()) {
            counts.rule(Rule.G3);
            demand(parent.isUp() || exits.size() > 1, "G3: a stop by request ends no supervisor", parent);
        }
        if (judged && child.path.equals(fatal) && !again) {
            counts.rule(Rule.R10);
            demand(child.actual == ActualState.SUSPENDED && child.suspension == Child.Suspension.FATAL
                    || child.groupStarts || child.groupStops, "R10: it stays down", child);
        } else if (judged && !again) {
            restarted(child, exit.cause());
        }
        if (exit.parentUp() && !asked && exit.wanted() == DesiredState.RUNNING && !again
                && child.spec.significant() && endedForGood(child)) {
            significant(child, parent);
        }
        // An add that failed keeps nothing, and ends nothing (S2).
        if (known && child.spec.essential() && endedForGood(child) && !asked && exit.parentUp()) {
            counts.rule(Rule.G4);
            demand(!world.core.root.isUp(), "G4: the tree ends with its essential child", child);
        }
    }

    private static boolean endedForGood(Child child) {
        return child.actual == ActualState.COMPLETED
                || child.removed && child.spec.restart() == RestartType.TEMPORARY;
    }

    private void restarted(Child child, Cause cause) {
        counts.rule(Rule.R1);
        if (cause.kind() == Cause.Kind.GAVE_UP) {
            counts.rule(Rule.R3);
        }
        boolean comesBack = switch (child.actual) {
            case BACKOFF, WAITING, QUEUED, STARTING, RUNNING, SUSPENDED -> true;
            case STOPPING, STOPPED, COMPLETED, ABANDONED -> false;
        };
        switch (child.spec.restart()) {
            case PERMANENT -> demand(comesBack, "R1: a permanent child always comes back", child);
            case TRANSIENT -> {
                if (cause.isAbnormal()) {
                    demand(comesBack, "R1: a transient child comes back after an abnormal end", child);
                } else {
                    demand(child.actual == ActualState.COMPLETED || child.groupStarts,
                            "R1: a transient child is done after a normal end", child);
                }
            }
            case TEMPORARY -> demand(child.removed || child.actual == ActualState.SUSPENDED,
                    "R1: a temporary child is gone", child);
        }
    }

    private void significant(Child child, Branch parent) {
        boolean last = true;
        for (Child other = parent.children.first; other != null; other = other.next) {
            last &= !other.spec.significant() || other.desired != DesiredState.RUNNING;
        }
        if (parent.rules.autoShutdown() == AutoShutdown.ANY_SIGNIFICANT || last) {
            counts.rule(Rule.G2);
            demand(!parent.isUp() || parent.generation > 0 && parent.startedAt == world.now
                    || child.spec.essential(),
                    "G2: a supervisor ends with its significant child", parent);
        } else {
            counts.rule(Rule.G1);
            demand(parent.isUp() || exits.size() > 1 || !world.core.root.isUp(),
                    "G1: one of several does not end it",
                    parent);
        }
    }

    /** A group restart was decided: its members are those alive now that it has to stop. */
    void groupDecided(Child failed, Branch branch) {
        boolean all = branch.rules.strategy().type().equals("one-for-all");
        boolean later = branch.rules.strategy().type().equals("rest-for-one");
        List<Before> members = new ArrayList<>();
        for (Child child = branch.children.first; child != null; child = child.next) {
            Invariants.Seen seen = invariants.seen(child.path);
            if (child != failed && (all || later && child.position > failed.position)
                    && child.desired == DesiredState.RUNNING && Tally.canEnd(seen.was)) {
                members.add(new Before(child, seen.generationWas));
            }
        }
        toStop.put(failed, members);
    }
}
