package dev.upkeep.supervise;

import static dev.upkeep.api.child.ActualState.ABANDONED;
import static dev.upkeep.api.child.ActualState.BACKOFF;
import static dev.upkeep.api.child.ActualState.COMPLETED;
import static dev.upkeep.api.child.ActualState.QUEUED;
import static dev.upkeep.api.child.ActualState.RUNNING;
import static dev.upkeep.api.child.ActualState.STARTING;
import static dev.upkeep.api.child.ActualState.STOPPED;
import static dev.upkeep.api.child.ActualState.STOPPING;
import static dev.upkeep.api.child.ActualState.SUSPENDED;
import static dev.upkeep.api.child.ActualState.WAITING;
import static dev.upkeep.supervise.Invariants.demand;

import dev.upkeep.api.child.DesiredState;
import dev.upkeep.api.child.HealthStatus;
import dev.upkeep.api.child.RestartType;
import dev.upkeep.supervise.Invariants.Seen;
import dev.upkeep.supervise.SimulatedWorld.Run;
import java.lang.invoke.VarHandle;
import java.util.List;

/** What must hold of every child in its state, and of every supervisor's counts, at any moment. */
@SuppressWarnings("EnumOrdinal") // as the core has its timers
final class States {
    private static final VarHandle TAKEN = SimulatedWorld.secret(StartGate.class, "taken", int.class);

    private final SimulatedWorld world;
    private final Core core;
    private final Counts counts;
    /** A gate that became narrower lets those through that were through. */
    private int widest;

    States(SimulatedWorld world) {
        this.world = world;
        this.core = world.core;
        this.counts = world.counts;
    }

    /**
     * Looks at all.
     *
     * @param permits how many were given and not reported on
     * @return how many restart together with others
     */
    int check(int permits) {
        for (Run run : world.live) {
            Child child = world.invariants.child(run.instance.path());
            long generation = run.instance.generation();
            demand(child.leftBehind.contains(generation)
                    || child.actual.isLive() && child.generation == generation,
                    "S6: the tree knows what lives", child);
        }
        int slots = 0;
        int queued = 0;
        int held = 0;
        int together = 0;
        List<Seen> present = world.invariants.present();
        for (int at = 0; at < present.size(); at++) {
            Seen seen = present.get(at);
            Child child = seen.child;
            slots += child.holdsSlot ? 1 : 0;
            held += child.permit != 0 ? 1 : 0;
            together += child.herd != null ? 1 : 0;
            queued += child.actual == QUEUED ? 1 : 0;
            int set = 0;
            for (Timer timer = child.timers; timer != null; timer = timer.next) {
                set |= 1 << timer.kind().ordinal();
            }
            demand(set == seen.actor.pending, "the timers that are meant are those that were set", child);
            if (child.parent != null) {
                inState(child, child.parent, set);
            }
            if (!child.leftBehind.isEmpty()) {
                leftBehind(child);
            }
            if (child instanceof Branch branch) {
                counts(branch, seen.applied == branch.generation);
                if (branch.rules.maxChildren().isPresent()) {
                    counts.rule(Rule.A6);
                    int staying = 0;
                    for (Child one = branch.children.first; one != null; one = one.next) {
                        staying += one.leaving ? 0 : 1;
                    }
                    demand(staying <= branch.rules.maxChildren().getAsInt(),
                            "A6: no more children than may be",
                            branch);
                }
                if (branch.group != null) {
                    group(branch, branch.group);
                }
            } else {
                demand(!child.actual.isLive() || seen.actor.run != null,
                        "what the tree holds for alive lives", child);
            }
            if (child.desired == DesiredState.STOPPED) {
                counts.rule(Rule.R5);
                demand(child.actual == STOPPED || child.actual == STOPPING || child.actual == ABANDONED
                        || child.leaving || child.actual == RUNNING && child.removed,
                        "R5: stopped by request", child);
            }
        }
        if (queued > 0) {
            counts.rule(Rule.B9);
        }
        demand(held == permits, "every permit is held by a child or reported on", core.root);
        widest = Math.max(widest, core.spec.maxConcurrentStarts());
        demand((int) TAKEN.get(core.gate) == slots && slots <= widest,
                "B9: slots of the gate", core.root);
        return together;
    }

    private void inState(Child child, Branch parent, int set) {
        if (parent.isDown()) {
            demand(child.actual == STOPPED || child.actual == COMPLETED || child.actual == ABANDONED,
                    "nothing goes on below a supervisor that is down", child);
        }
        switch (child.actual) {
            case BACKOFF ->
                demand(core.groups.holds(child) || isSet(set, Timer.Kind.BACKOFF), "a back-off ends",
                        child);
            case SUSPENDED -> {
                boolean trial = isSet(set, Timer.Kind.TRIAL);
                demand(trial == (child.suspension == Child.Suspension.BUDGET),
                        "B5: a suspension has its trial",
                        child);
            }
            case STARTING -> {
                counts.rule(Rule.S1);
                demand(child instanceof Branch || isSet(set, Timer.Kind.START_TIMEOUT),
                        "S1: a start is bounded",
                        child);
            }
            case STOPPING -> {
                counts.rule(Rule.S4);
                Run run = world.actor(child.path).run;
                demand(run != null && run.rule != null && run.rule.isInfinite() || child instanceof Branch
                        || isSet(set, Timer.Kind.STOP_TIMEOUT) || isSet(set, Timer.Kind.KILL_AGAIN),
                        "S4: a stop is bounded", child);
                reverseOrder(child, parent);
            }
            case WAITING -> {
                counts.rule(Rule.R8);
                demand(parent.isUp() && (core.groups.holds(child) || (parent.sequential
                        ? parent.pending.contains(child)
                                && ((parent.group != null && parent.group.phase != Group.Phase.STARTING)
                                        || parent.current != null && parent.current.holdsUpLater())
                        : StartOrder.unmet(child) != null)), "R8: there is something to wait for", child);
                demand(Tally.healthOf(parent) != HealthStatus.HEALTHY,
                        "R8: a tree with a waiting child is not healthy", parent);
            }
            case ABANDONED -> counts.rule(Rule.S5);
            case QUEUED, RUNNING, STOPPED, COMPLETED -> {
            }
        }
        if (child.actual != BACKOFF && child.actual != STARTING && child.actual != RUNNING) {
            demand(!isSet(set, Timer.Kind.BACKOFF), "B7: no back-off of one that is not in it", child);
        }
        if (child.actual != SUSPENDED) {
            demand(!isSet(set, Timer.Kind.TRIAL), "B7: no trial of one that is not suspended", child);
        }
    }

    private void reverseOrder(Child child, Branch parent) {
        if (child.stopCause == null || core.shutdownsAsked > 1 || parent.actual != STOPPING
                || !child.stopCause.reason().startsWith("supervisor '" + parent.path.shortValue())) {
            return;
        }
        for (Child above = parent; above != null; above = above.parent) {
            if (!above.spec.stop().isInfinite()
                    || world.invariants.seen(above.path).applied == above.generation) {
                return;
            }
        }
        counts.rule(Rule.S3);
        if (parent.sequential) {
            for (Child later = child.next; later != null; later = later.next) {
                boolean onePool = child.spec.pool().isPresent()
                        && child.spec.pool().equals(later.spec.pool());
                demand(onePool || !Tally.canEnd(later.actual), "S3: reverse order", child);
            }
        } else {
            for (int i = 0; i < child.dependents.size(); i++) {
                demand(!Tally.canEnd(child.dependents.get(i).actual), "S3: dependents stop first", child);
            }
        }
    }

    private static boolean isSet(int set, Timer.Kind kind) {
        return (set & 1 << kind.ordinal()) != 0;
    }

    private void counts(Branch branch, boolean applied) {
        int live = 0;
        int undecided = 0;
        int unready = 0;
        int degraded = 0;
        int unhealthy = 0;
        int unsteady = 0;
        int places = branch.group != null && branch.group.placeTaken ? 1 : 0;
        int firstStarts = 0;
        for (Child child = branch.children.first; child != null; child = child.next) {
            live += Tally.canEnd(child.actual) ? 1 : 0;
            undecided += child.decided ? 0 : 1;
            unready += child.desired == DesiredState.RUNNING && !Tally.isReady(child) ? 1 : 0;
            degraded += child.countedHealth == HealthStatus.DEGRADED ? 1 : 0;
            unhealthy += child.countedHealth == HealthStatus.UNHEALTHY ? 1 : 0;
            unsteady += child.desired == DesiredState.RUNNING && Tally.isUnsteady(child) ? 1 : 0;
            places += child.placeTaken ? 1 : 0;
            firstStarts += child.generation == 1 && !child.byHand
                    && child.spec.restart() != RestartType.TEMPORARY
                    && (child.actual == QUEUED || child.actual == STARTING && !child.complete) ? 1 : 0;
        }
        boolean down = branch.isDown();
        if (branch.live != live || !down && (branch.undecided != undecided || branch.unready != unready)) {
            throw Invariants.violated("counts of live " + branch.live + "/" + live + ", undecided "
                    + branch.undecided + "/" + undecided + ", unready " + branch.unready + "/" + unready,
                    branch);
        }
        counts.rule(Rule.H8);
        demand(branch.unsteady == unsteady, "H9: counts of the flapping", branch);
        demand(branch.degraded == degraded && branch.unhealthy == unhealthy, "H8: counts of health", branch);
        demand(branch.budget.places() == places, "B2: places of the budget", branch);
        demand(applied || !branch.sequential || branch.actual != STARTING || firstStarts <= 1,
                "S1: one at a time",
                branch);
        demand(branch.actual != STOPPING || branch.live > 0, "a supervisor that stops waits for someone",
                branch);
        demand(branch.actual != STARTING || branch.undecided > 0, "a start that is over is over", branch);
    }

    private void group(Branch branch, Group group) {
        counts.rule(Rule.R4);
        switch (group.phase) {
            case STOPPING -> {
                boolean anyStops = false;
                for (Child child : group.stops()) {
                    anyStops |= child.groupStops && child.actual == STOPPING;
                }
                for (Child child : group.starts()) {
                    anyStops |= child.groupStarts && child.actual == STOPPING;
                }
                demand(anyStops, "R6: a group that stops waits for someone", branch);
            }
            case WAITING -> demand(isSet(world.actor(branch.path).pending, Timer.Kind.BACKOFF),
                    "a group's wait ends", branch);
            case STARTING -> {
                boolean allUp = true;
                for (Child child : group.starts()) {
                    allUp &= !child.groupStarts || child.complete;
                }
                demand(!allUp, "a group's start ends", branch);
            }
        }
    }

    /** What would not end is listed for as long as it lives, and no longer (S5). */
    private void leftBehind(Child child) {
        int live = 0;
        for (Run run : world.live) {
            live += run.instance.path().equals(child.path)
                    && child.leftBehind.contains(run.instance.generation())
                            ? 1
                            : 0;
        }
        demand(live == child.leftBehind.size(), "S5: what is listed as abandoned lives", child);
    }

    /** Every child is where it is for a reason that is still one. */
    void checkQuiet() {
        for (Seen seen : world.invariants.present()) {
            Child child = seen.child;
            // A supervisor whose child waits for one that was stopped by request is not up yet.
            boolean waits = false;
            if (child instanceof Branch branch && branch.actual == STARTING) {
                for (Child below : branch.children) {
                    waits |= !below.decided
                            && (below.actual == WAITING || below.actual == STARTING
                                    || below.actual == BACKOFF);
                }
            }
            demand((waits || child.actual != STARTING) && child.actual != STOPPING && child.actual != QUEUED
                    && child.actual != ABANDONED, "a quiet tree has no half-done child", child);
            boolean wanted = child.parent != null && child.parent.isUp() && !child.removed
                    && child.desired == DesiredState.RUNNING;
            demand(waits || !wanted || child.actual == RUNNING || child.actual == BACKOFF
                    || child.actual == SUSPENDED || child.actual == WAITING, "what is wanted runs", child);
        }
    }
}
