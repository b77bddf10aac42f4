package dev.upkeep.supervise;

import static dev.upkeep.api.child.ActualState.ABANDONED;
import static dev.upkeep.api.child.ActualState.BACKOFF;
import static dev.upkeep.api.child.ActualState.QUEUED;
import static dev.upkeep.api.child.ActualState.RUNNING;
import static dev.upkeep.api.child.ActualState.STARTING;
import static dev.upkeep.api.child.ActualState.STOPPED;
import static dev.upkeep.api.child.ActualState.STOPPING;
import static dev.upkeep.api.child.ActualState.SUSPENDED;
import static dev.upkeep.api.child.ActualState.WAITING;

import dev.upkeep.api.child.ActualState;
import dev.upkeep.api.child.ChildStatus;
import dev.upkeep.api.child.DesiredState;
import dev.upkeep.api.child.HealthStatus;
import dev.upkeep.api.event.EventKind;
import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/** What must hold in every tree after every event. */
final class Invariants {
    private static final Set<ActualState> AT_REST = EnumSet.of(STOPPED, STOPPING, ABANDONED);
    final Core core;
    private final World world;
    private final Map<Branch, List<Long>> decisions = new HashMap<>();
    private int seen;
    long events;

    Invariants(World world) {
        this.world = world;
        this.core = (Core) secret(world.tree, "core");
    }

    Child child(World.Run run) {
        Child child = core.children.get(run.instance().path());
        if (child == null) {
            throw new AssertionError("unknown " + run);
        }
        return child;
    }

    void check() {
        events++;
        budgets();
        if (core.ended) {
            return;
        }
        world.live.values()
                .forEach(run -> demand(
                        child(run).actual.isLive() && child(run).generation == run.instance().generation(),
                        "S6: the tree knows what lives", child(run)));
        int slots = 0;
        for (Child child : core.children.values()) {
            slots += child.holdsSlot ? 1 : 0;
            demand(child instanceof Branch || !child.actual.isLive() || world.live.containsKey(child.path),
                    "what the tree holds for alive lives", child);
            demand(child.desired != DesiredState.STOPPED || AT_REST.contains(child.actual)
                    || child.actual == RUNNING && child.removed, "stopped by request", child);
            if (child.parent != null) {
                inState(child, child.parent);
            }
            if (child instanceof Branch branch) {
                counts(branch);
                group(branch);
            }
        }
        demand((int) secret(core.gate, "taken") == slots, "B9: slots of the gate", core.root);
        if (events % 8 == 0) {
            views();
        }
    }

    private void inState(Child child, Branch parent) {
        demand(!parent.isDown()
                || EnumSet.of(STOPPED, ActualState.COMPLETED, ABANDONED).contains(child.actual),
                "nothing goes on below a supervisor that is down", child);
        boolean held = core.groups.holds(child);
        switch (child.actual) {
            case BACKOFF -> demand(held || isSet(child, Timer.Kind.BACKOFF), "a back-off ends", child);
            case SUSPENDED -> demand(
                    child.suspension != Child.Suspension.BUDGET || isSet(child, Timer.Kind.TRIAL),
                    "a suspension by budget has a trial", child);
            case STARTING -> demand(child instanceof Branch || isSet(child, Timer.Kind.START_TIMEOUT),
                    "S1: a start is bounded", child);
            case STOPPING -> {
                demand(child.spec.stop().isInfinite() || child instanceof Branch
                        || isSet(child, Timer.Kind.STOP_TIMEOUT) || isSet(child, Timer.Kind.KILL_AGAIN),
                        "S4: a stop is bounded", child);
                reverseOrder(child, parent);
            }
            case WAITING -> demand(parent.isUp() && (held || (parent.sequential
                    ? parent.pending.contains(child)
                            && ((parent.group != null && parent.group.phase != Group.Phase.STARTING)
                                    || parent.current != null && parent.current.holdsUpLater())
                    : StartOrder.unmet(child) != null)), "R8: there is something to wait for", child);
            case QUEUED, RUNNING, STOPPED, COMPLETED, ABANDONED -> {
            }
        }
    }

    private void reverseOrder(Child child, Branch parent) {
        if (!parent.sequential || child.stopCause == null || core.shutdownsAsked > 1
                || !child.stopCause.reason().startsWith("supervisor '" + parent.path.shortValue())) {
            return;
        }
        for (Child above = parent; above != null; above = above.parent) {
            if (!above.spec.stop().isInfinite()) {
                return;
            }
        }
        for (Child later = child.next; later != null; later = later.next) {
            demand(!Tally.canEnd(later.actual), "S3: reverse order", child);
        }
    }

    private static boolean isSet(Child child, Timer.Kind kind) {
        for (Timer timer = child.timers; timer != null; timer = timer.next) {
            if (timer.kind() == kind) {
                return true;
            }
        }
        return false;
    }

    private void counts(Branch branch) {
        int live = 0;
        int undecided = 0;
        int unready = 0;
        int degraded = 0;
        int unhealthy = 0;
        int places = branch.group != null && branch.group.placeTaken ? 1 : 0;
        int firstStarts = 0;
        for (Child child : branch.children) {
            live += Tally.canEnd(child.actual) ? 1 : 0;
            undecided += child.decided ? 0 : 1;
            unready += child.desired == DesiredState.RUNNING && !Tally.isReady(child) ? 1 : 0;
            degraded += child.countedHealth == HealthStatus.DEGRADED ? 1 : 0;
            unhealthy += child.countedHealth == HealthStatus.UNHEALTHY ? 1 : 0;
            places += child.placeTaken ? 1 : 0;
            firstStarts += child.generation == 1 && !child.byHand
                    && (child.actual == QUEUED || child.actual == STARTING && !child.complete) ? 1 : 0;
        }
        demand(branch.live == live, "count of live " + branch.live + " is " + live, branch);
        demand(branch.isDown() || branch.undecided == undecided,
                "count of undecided " + branch.undecided + " is " + undecided, branch);
        demand(branch.isDown() || branch.unready == unready,
                "count of unready " + branch.unready + " is " + unready, branch);
        demand(branch.degraded == degraded && branch.unhealthy == unhealthy, "H8: counts of health", branch);
        demand((int) secret(branch.budget, "places") == places, "B2: places of the budget", branch);
        demand(!branch.sequential || branch.actual != STARTING || firstStarts <= 1, "S1: one at a time",
                branch);
        demand(branch.actual != STOPPING || branch.live > 0, "a supervisor that stops waits for someone",
                branch);
        demand(branch.actual != STARTING || branch.undecided > 0, "a start that is over is over", branch);
    }

    private void group(Branch branch) {
        Group group = branch.group;
        if (group == null) {
            return;
        }
        switch (group.phase) {
            case STOPPING -> demand(
                    group.stops().stream().anyMatch(c -> c.groupStops && c.actual == STOPPING)
                            || group.starts().stream().anyMatch(c -> c.groupStarts && c.actual == STOPPING),
                    "R6: a group that stops waits for someone", branch);
            case WAITING -> demand(isSet(branch, Timer.Kind.BACKOFF), "a group's wait ends", branch);
            case STARTING -> demand(!group.starts().stream().allMatch(c -> !c.groupStarts || c.complete),
                    "a group's start ends",
                    branch);
        }
    }

    private void views() {
        ChildStatus cached = world.view();
        core.children.values().forEach(Views::changed);
        ChildStatus fresh = world.view();
        if (!cached.equals(fresh)) {
            throw new AssertionError("A3: the snapshot is stale:\n" + cached + "\nand not\n" + fresh);
        }
    }

    /** Restarts decided since may not be compared with those before: places were given back, or uncounted. */
    void forgetBudgets() {
        decisions.clear();
    }

    private void budgets() {
        for (; seen < world.emitted.size(); seen++) {
            Action.Emit emit = world.emitted.get(seen);
            Child child = core.children.get(emit.path());
            if (child instanceof Branch branch && emit.kind() == EventKind.STARTED) {
                decisions.remove(branch);
            }
            Branch parent = child == null ? null : child.parent;
            if (parent == null || emit.kind() != EventKind.RESTART_SCHEDULED || emit.cause().isEmpty()
                    || StreamSupport.stream(parent.children.spliterator(), false)
                            .anyMatch(c -> c.breaker != null)
                    || !parent.rules.strategy().type().equals("one-for-one")) {
                continue;
            }
            List<Long> times = decisions.computeIfAbsent(parent, p -> new ArrayList<>());
            times.add(world.now);
            times.removeIf(t -> world.now - t > parent.rules.intensity().within().toNanos());
            demand(times.size() <= parent.rules.intensity().max(), "B2: not more restarts than the budget",
                    parent);
        }
    }

    /** Every child is where it is for a reason that is still one. */
    void checkQuiet() {
        for (Child child : core.children.values()) {
            // A supervisor whose child waits for one that was stopped by request is not up yet.
            boolean waits = child instanceof Branch branch && branch.actual == STARTING && StreamSupport
                    .stream(branch.children.spliterator(), false)
                    .anyMatch(c -> !c.decided && (c.actual == WAITING || c.actual == STARTING
                            || c.actual == BACKOFF));
            demand((waits || child.actual != STARTING) && child.actual != STOPPING && child.actual != QUEUED
                    && child.actual != ABANDONED, "a quiet tree has no half-done child", child);
            boolean wanted = child.parent != null && child.parent.isUp() && !child.removed
                    && child.desired == DesiredState.RUNNING;
            demand(waits || !wanted
                    || EnumSet.of(RUNNING, BACKOFF, SUSPENDED, WAITING).contains(child.actual),
                    "what is wanted runs", child);
        }
    }

    private static void demand(boolean holds, String what, @Nullable Child child) {
        if (!holds && child != null) {
            throw new AssertionError(
                    what + ": " + child.path + "#" + child.generation + " is " + child.desired
                            + "/" + child.actual + " cause " + child.stopCause);
        }
    }

    private static Object secret(Object of, String name) {
        try {
            Field field = of.getClass().getDeclaredField(name);
            field.setAccessible(true);
            return field.get(of);
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(e);
        }
    }
}
