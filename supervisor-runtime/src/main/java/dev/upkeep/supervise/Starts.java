package dev.upkeep.supervise;

import dev.upkeep.api.ChildSpec;
import dev.upkeep.api.Reply;
import dev.upkeep.api.child.ActualState;
import dev.upkeep.api.child.ChildKind;
import dev.upkeep.api.child.DesiredState;
import dev.upkeep.api.child.HealthStatus;
import dev.upkeep.api.event.EventKind;
import dev.upkeep.api.settings.Defaults;
import dev.upkeep.api.settings.Durations;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** Starts: the gate (B9), the breaker's leave, supervisors with their children, and when a start is complete. */
final class Starts {
    /** How long a start may hold its slot (B9). */
    private static final long SLOT_NANOS = Duration.ofSeconds(1).toNanos();

    private final Core core;
    private final Turn turn;

    Starts(Core core) {
        this.core = core;
        this.turn = core.turn;
    }

    /** Begins the next instance of a child that is down. */
    void begin(Child child, boolean byHand) {
        leaveBehind(child);
        child.generation++;
        child.instance = new InstanceId(child.path, child.generation);
        child.byHand = byHand;
        child.suspension = null;
        child.stoppedAfterFailure = false;
        child.startWhenGone = false;
        child.started = false;
        child.complete = false;
        child.ready = false;
        child.stopCause = null;
        child.permit = 0;
        child.pid = OptionalLong.empty();
        child.lastWords = List.of();
        child.used = Optional.empty();
        child.health = child.spec.health().isEmpty() ? HealthStatus.HEALTHY : HealthStatus.UNKNOWN;
        if (child.restarting) {
            child.restarts++;
        }
        if (core.herds.holdsBack(child)) {
            Tally.move(child, ActualState.QUEUED);
            core.herds.tellQueued(child);
        } else {
            approach(child);
        }
    }

    /** Brings a start to the gate. */
    void approach(Child child) {
        if (takesSlot(child.spec) && !core.gate.enter(child, turn.now)) {
            Tally.move(child, ActualState.QUEUED);
            turn.emit(EventKind.QUEUED, child, "queued: as many starts are under way as may be");
            awaitRate();
        } else {
            passGate(child);
        }
    }

    private static boolean takesSlot(ChildSpec spec) {
        return spec.kind() == ChildKind.PROCESS || spec.hasReadiness();
    }

    private void passGate(Child child) {
        if (child.holdsSlot) {
            turn.setTimer(Timer.Kind.GATE_SLOT, child, Turn.later(turn.now, SLOT_NANOS));
        }
        if (child.breaker != null) {
            Tally.move(child, ActualState.QUEUED);
            Guard guard = Guard.of(child.breaker, child.spec);
            child.instance().guard = guard;
            turn.act(new Action.Acquire(guard.breaker(), child.instance(), child.byHand,
                    guard.lease(child.spec)));
        } else {
            launch(child);
        }
    }

    void permitted(Child child, long permit) {
        child.permit = permit;
        launch(child);
    }

    private void launch(Child child) {
        core.herds.launched(child);
        if (child instanceof Branch branch) {
            beginBranch(branch);
            return;
        }
        child.says = "";
        Tally.move(child, ActualState.STARTING);
        long timeout = Durations.saturatedNanos(child.spec.startTimeout());
        turn.setTimer(Timer.Kind.START_TIMEOUT, child, Turn.later(turn.now, timeout));
        turn.act(new Action.Start(child.instance(), child.spec));
    }

    /** Gives the slot of a start back and lets the next ones through. */
    void leaveGate(Child child) {
        turn.cancelTimer(Timer.Kind.GATE_SLOT, child);
        if (core.gate.leave(child)) {
            letThrough();
        }
    }

    /** Lets those through that the gate has room for. */
    void letThrough() {
        for (Child next = core.gate.next(turn.now); next != null; next = core.gate.next(turn.now)) {
            passGate(next);
        }
        awaitRate();
    }

    private void awaitRate() {
        long nanos = core.gate.untilRateAllows(turn.now);
        if (nanos >= 0) {
            turn.setTimer(Timer.Kind.GATE_RATE, core.root, Turn.later(turn.now, nanos));
        }
    }

    private void beginBranch(Branch branch) {
        core.groups.forget(branch);
        branch.budget.clear();
        branch.current = null;
        branch.pending.clear();
        restoreDeclared(branch);
        branch.undecided = 0;
        List<Child> wanted = new ArrayList<>(branch.children.size());
        for (Child child : branch.children) {
            if (child.desired == DesiredState.DONE) {
                child.desired = DesiredState.RUNNING;
            }
            child.placeTaken = false;
            core.stops.replaceAbandoned(child);
            child.provisional = false;
            child.byApply = false;
            child.decided = child.desired != DesiredState.RUNNING || !child.isDown();
            child.failures = 0;
            child.lastDelay = Duration.ZERO;
            branch.undecided += child.decided ? 0 : 1;
            child.restarting = branch.restarting && !child.decided;
            // One that is abandoned still keeps its turn: in a sequence those after it wait for it (R8).
            boolean keepsTurn = branch.sequential && child.actual == ActualState.ABANDONED;
            if (child.desired == DesiredState.RUNNING && (child.isDown() || keepsTurn)) {
                wanted.add(child);
            }
        }
        branch.startedAt = turn.now;
        branch.started = true;
        branch.asking = false;
        branch.lastToStop = null;
        Tally.move(branch, ActualState.STARTING);
        turn.emit(EventKind.STARTED, branch, "starting " + branch.children.size() + " children");
        core.order.tellDependents(branch);
        core.order.startInOrder(branch, wanted);
        for (Child child : branch.children) {
            if (child.desired == DesiredState.STOPPED) {
                core.order.decideStranded(child);
            }
        }
        checkBranch(branch);
    }

    /** A new generation of a supervisor has all its declared children again, temporary ones that ended included (R5). */
    private void restoreDeclared(Branch branch) {
        List<Child> back = new ArrayList<>();
        branch.gone.removeIf(child -> child.declared && !child.leaving && back.add(child));
        if (back.isEmpty()) {
            return;
        }
        branch.children.forEach(back::add);
        // By the spec, because an apply may have changed the order while they were gone.
        Map<String, Integer> places = new HashMap<>();
        branch.rules.children().forEach(spec -> places.put(spec.id(), places.size()));
        back.sort(Comparator.comparingInt((Child c) -> places.getOrDefault(c.id(), Integer.MAX_VALUE))
                .thenComparingInt(c -> c.position));
        branch.children.clear();
        for (Child child : back) {
            branch.children.add(child);
            if (child.removed) {
                child.removed = false;
                child.desired = child.spec.autostart() ? DesiredState.RUNNING : DesiredState.STOPPED;
                Tally.settle(child);
            }
        }
        Views.renumber(branch);
    }

    void started(Child child, OptionalLong pid) {
        child.started = true;
        child.startedAt = turn.now;
        child.pid = pid;
        leaveGate(child);
        turn.emit(EventKind.STARTED, child,
                pid.isPresent() ? "started as pid " + pid.getAsLong() : "started");
        if (!child.spec.health().isEmpty() || child.spec.hasReadiness()) {
            child.checking = true;
            turn.act(new Action.BeginChecks(child.instance(), child.spec, pid));
        }
        if (child.spec.hasReadiness()) {
            Tally.settle(child);
            core.order.tellDependents(child);
        } else {
            complete(child);
        }
    }

    /** It began after it was asked to stop. */
    void startedLate(Child child, OptionalLong pid) {
        child.started = true;
        child.startedAt = turn.now;
        child.pid = pid;
        Tally.settle(child);
        leaveGate(child);
    }

    void readyFirst(Child child, boolean ready) {
        if (ready && child.started) {
            complete(child);
        }
    }

    /** It asked for more time to become ready. */
    void extended(Child child, Duration time) {
        turn.extendTimer(Timer.Kind.START_TIMEOUT, child, time);
    }

    void said(Child child, String text) {
        child.says = text;
        Tally.settle(child);
    }

    void healthChanged(Child child, HealthStatus health, String reason) {
        child.health = health;
        Tally.settle(child);
        String word = "health is " + Defaults.wordOf(health);
        turn.emit(EventKind.HEALTH_CHANGED, child, reason.isEmpty() ? word : word + ": " + reason);
    }

    /** A guarded start is ready, and has to stay so (C1). */
    void beginToProve(Child child) {
        Guard guard = child.instance().guard;
        if (guard != null && child.permit != 0) {
            turn.setTimer(Timer.Kind.STABLE, child, Turn.later(turn.now, guard.stableNanos()));
        }
    }

    /** A guarded start has been ready for long enough to be a success. */
    void stable(Child child) {
        Guard guard = child.instance().guard;
        if (guard != null && child.permit != 0) {
            turn.act(new Action.Report(guard.breaker(), child.permit, Action.StartResult.SUCCESS));
            child.permit = 0;
        }
    }

    /** Ends a start well: the child is ready for the first time. */
    void complete(Child child) {
        child.complete = true;
        child.ready = true;
        child.readySince = turn.now;
        child.provisional = false;
        child.byApply = false;
        turn.cancelTimer(Timer.Kind.START_TIMEOUT, child);
        Tally.move(child, ActualState.RUNNING);
        core.herds.completed(child);
        beginToProve(child);
        if (child.placeTaken && child.parent != null) {
            child.placeTaken = false;
            child.parent.budget.stamp(turn.now);
        }
        if (child.restarting) {
            long restarts = child.restarts;
            turn.emit(EventKind.RESTARTED, child, () -> "runs again, restart " + restarts);
        } else if (child.spec.hasReadiness() || child instanceof Branch) {
            turn.emit(EventKind.READY, child, "ready");
        }
        child.restarting = false;
        turn.answerAll(child, Reply.Kind.DONE, "'" + child.path.shortValue() + "' runs", Event.Verb.START,
                Event.Verb.RESTART, Event.Verb.RESET);
        Tally.decided(child);
        Tally.settle(child);
        core.groups.memberComplete(child);
        core.order.tellDependents(child);
        checkAbove(child);
    }

    /** Looks whether the supervisors above are now started, or ready. */
    void checkAbove(Child child) {
        for (Branch above = child.parent; above != null; above = above.parent) {
            checkBranch(above);
        }
    }

    /** Looks whether the supervisor, and those above it, are now started, or ready. */
    void check(Branch branch) {
        checkBranch(branch);
        checkAbove(branch);
    }

    private void checkBranch(Branch branch) {
        if (branch.actual == ActualState.STARTING && branch.undecided == 0) {
            Tally.move(branch, ActualState.RUNNING);
            Tally.decided(branch);
            if (branch.parent != null) {
                checkBranch(branch.parent);
            }
            if (branch == core.root && !core.startReported) {
                core.startReported = true;
                turn.act(new Action.TreeStarted());
            }
        }
        if (branch.actual == ActualState.RUNNING && !branch.complete && branch.unready == 0) {
            complete(branch);
        }
    }

    /** Cancels whatever a child that is down was going to do next. */
    void leaveBehind(Child child) {
        turn.cancelTimer(Timer.Kind.BACKOFF, child);
        turn.cancelTimer(Timer.Kind.TRIAL, child);
        child.nextKnown = false;
        if (child.actual == ActualState.QUEUED) {
            core.gate.forget(child);
            leaveGate(child);
            core.herds.calledOff(child);
        } else if (child.actual == ActualState.WAITING && child.parent != null) {
            child.parent.pending.remove(child);
        }
    }

    /** Gives up a planned start; its place in the budget was not used. */
    void cancel(Child child) {
        leaveBehind(child);
        child.restarting = false;
        if (child.placeTaken && child.parent != null) {
            child.placeTaken = false;
            child.parent.budget.giveBack();
        }
        child.suspension = null;
        if (child.actual != ActualState.COMPLETED) {
            Tally.move(child, ActualState.STOPPED);
        }
    }
}
