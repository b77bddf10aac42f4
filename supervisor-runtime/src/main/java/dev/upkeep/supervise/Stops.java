package dev.upkeep.supervise;

import dev.upkeep.api.Reply;
import dev.upkeep.api.WhenAbandoned;
import dev.upkeep.api.child.ActualState;
import dev.upkeep.api.child.Cause;
import dev.upkeep.api.child.ChildKind;
import dev.upkeep.api.child.DesiredState;
import dev.upkeep.api.event.EventKind;
import dev.upkeep.api.settings.Durations;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/** Stops: how a child is asked, given time and killed (S4, S5), and their order (S3). */
final class Stops {
    /** A process that the kernel will not let go is killed again this often (P5). */
    private static final long KILL_AGAIN_NANOS = Duration.ofSeconds(5).toNanos();

    /** How long an interrupted component has to end before it is abandoned (S5). */
    private static final long ABANDON_NANOS = Duration.ofSeconds(1).toNanos();

    private final Core core;
    private final Turn turn;
    /** Children to look at, because one that came after them is gone. */
    private final Deque<Child> freed = new ArrayDeque<>();
    private boolean freeing;

    Stops(Core core) {
        this.core = core;
        this.turn = core.turn;
    }

    /** Asks a live child to stop. Its end will have this cause. A child that is stopping already keeps its first one. */
    void ask(Child child, Cause cause) {
        if (!Tally.canEnd(child.actual) || child.actual == ActualState.STOPPING) {
            return;
        }
        child.stopCause = cause;
        stopping(child);
        if (child instanceof Branch branch) {
            takeDown(branch);
            if (branch.spec.stop().isBrutal()) {
                overdue(branch);
            }
        }
    }

    private void stopping(Child child) {
        turn.cancelTimer(Timer.Kind.START_TIMEOUT, child);
        turn.cancelTimer(Timer.Kind.STABLE, child);
        core.herds.ends(child, child.stopCause, false);
        Tally.move(child, ActualState.STOPPING);
        Cause why = child.stopCause;
        turn.emit(EventKind.STOPPING, child, () -> "stopping: " + why);
        if (child == core.root) {
            long deadline = Durations.saturatedNanos(core.spec.shutdownTimeout());
            turn.setTimer(Timer.Kind.SHUTDOWN, child, Turn.later(turn.now, deadline));
        }
        if (!(child instanceof Branch)) {
            endChecks(child);
            turn.act(new Action.Stop(child.instance(), child.spec, child.spec.stop(), saves(child)));
            if (child.spec.stop().isBrutal()) {
                overdue(child);
            }
        }
        if (!child.spec.stop().isBrutal() && !child.spec.stop().isInfinite()) {
            long timeout = Durations.saturatedNanos(child.spec.stop().timeout());
            turn.setTimer(Timer.Kind.STOP_TIMEOUT, child, Turn.later(turn.now, timeout));
        }
    }

    /** A child that is asked to stop by someone, and not for a fault of its own, may save its state first (S9). */
    private static boolean saves(Child child) {
        Cause cause = child.stopCause;
        return child.started && child.spec.kind() == ChildKind.COMPONENT && !child.spec.stop().isBrutal()
                && cause != null
                && (cause.kind() == Cause.Kind.REQUESTED || cause.kind() == Cause.Kind.GROUP);
    }

    void startTimedOut(Child child) {
        ask(child, Cause.startTimeout("not ready within " + Failures.words(child.spec.startTimeout())));
    }

    /** It asked for more time to stop. */
    void extended(Child child, Duration time) {
        turn.extendTimer(Timer.Kind.STOP_TIMEOUT, child, time);
    }

    /** The leader of a process ended by itself and members of its group stay: they get the stop rule (P5, R6). */
    void stopMembers(Child child, Cause cause) {
        child.stopCause = cause;
        stopping(child);
    }

    void endChecks(Child child) {
        if (child.checking) {
            child.checking = false;
            turn.act(new Action.EndChecks(child.instance()));
        }
    }

    /** The time a child had for its stop has passed. */
    void overdue(Child child) {
        turn.cancelTimer(Timer.Kind.STOP_TIMEOUT, child);
        if (child instanceof Branch branch) {
            long generation = branch.generation;
            List<Child> all = new ArrayList<>(branch.children.size());
            branch.children.forEach(all::add);
            for (Child below : all) {
                // When the last one is down, the supervisor may be up again at once.
                if (branch.actual != ActualState.STOPPING || branch.generation != generation) {
                    return;
                }
                if (Tally.canEnd(below.actual)) {
                    ask(below, stoppedWith(branch));
                    overdue(below);
                }
            }
        } else if (child.actual == ActualState.STOPPING) {
            if (!child.spec.stop().isBrutal()) {
                turn.emit(EventKind.STOPPING, child, child.spec.kind() == ChildKind.PROCESS
                        ? "would not stop, and is killed"
                        : "would not stop, and is interrupted");
            }
            kill(child);
        }
    }

    private void kill(Child child) {
        turn.act(new Action.Kill(child.instance(), child.spec));
        boolean killable = child.spec.kind() == ChildKind.PROCESS;
        turn.setTimer(Timer.Kind.KILL_AGAIN, child,
                Turn.later(turn.now, killable ? KILL_AGAIN_NANOS : ABANDON_NANOS));
    }

    /** A killed child is still there. */
    void killAgain(Child child) {
        if (child.spec.kind() == ChildKind.PROCESS) {
            turn.emit(EventKind.STOPPING, child,
                    "was killed and is still there: the kernel does not let it go;"
                            + " it is killed again, and no second copy starts beside it");
            kill(child);
            return;
        }
        Tally.move(child, ActualState.ABANDONED);
        core.ends.stampPlace(child);
        Cause why = child.stopCause == null ? Cause.requested() : child.stopCause;
        core.failures.report(child, why, false);
        turn.act(new Action.Revoke(child.instance(), child.spec));
        boolean replaced = mayBeReplaced(child);
        String text = "would not stop and cannot be killed; "
                + (replaced ? "its next instance starts beside it" : "no new instance starts beside it");
        turn.emit(EventKind.ABANDONED, child, text, Optional.of(Cause.abandoned(text)), Optional.empty());
        turn.answerAll(child, Reply.Kind.STILL_RUNNING, "'" + child.path.shortValue() + "' " + text,
                Event.Verb.STOP);
        if (replaced) {
            leaveBehind(child);
            core.ends.gone(child, why);
            return;
        }
        turn.answerAll(child, Reply.Kind.START_FAILED, "'" + child.path.shortValue() + "' " + text,
                Event.Verb.START,
                Event.Verb.RESTART, Event.Verb.RESET);
        child.startWhenGone = false;
        Branch parent = child.parent;
        boolean failsStart = core.failures.failsStartOfAll(child, why, child.complete);
        Tally.decided(child);
        Tally.settle(child);
        if (parent != null && parent.actual == ActualState.STOPPING) {
            afterOneOf(parent, child.predecessors);
        } else if (parent != null && failsStart) {
            core.failures.failStart(parent, child, why);
        } else if (parent != null) {
            core.groups.memberCannotStart(child);
        }
        core.starts.checkAbove(child);
    }

    private static boolean mayBeReplaced(Child child) {
        return child.spec.whenAbandoned() == WhenAbandoned.REPLACE && child.desired == DesiredState.RUNNING
                && !child.leaving && child.parent != null && child.parent.isUp();
    }

    /** Writes an abandoned instance off: it is listed until its thread ends, and its child goes on without it (S5). */
    void leaveBehind(Child child) {
        List<Long> all = new ArrayList<>(child.leftBehind);
        all.add(child.generation);
        child.leftBehind = all;
    }

    /** A new generation of its supervisor starts an abandoned child beside its old instance, if it may be replaced (S5). */
    void replaceAbandoned(Child child) {
        if (child.actual == ActualState.ABANDONED && child.desired == DesiredState.RUNNING
                && child.spec.whenAbandoned() == WhenAbandoned.REPLACE && !child.leaving) {
            leaveBehind(child);
            core.ends.close(child, child.stopCause == null ? Cause.requested() : child.stopCause,
                    Duration.ofNanos(child.started ? turn.now - child.startedAt : 0), false);
        }
    }

    /** Hears of the end of an instance that was left behind, and says whether it was one; the next may not have begun yet. */
    boolean leftBehindEnded(Child child, Event.OfInstance event) {
        long generation = event.instance().generation();
        boolean ended = event instanceof Event.Ended || event instanceof Event.StartRefused;
        if (!ended || !child.leftBehind.contains(generation)) {
            return false;
        }
        List<Long> left = new ArrayList<>(child.leftBehind);
        left.remove(generation);
        child.leftBehind = List.copyOf(left);
        Tally.settle(child);
        turn.emit(EventKind.ABANDONED, child, "its abandoned instance " + generation + " has ended");
        core.changes.forgetIfOver(child);
        return true;
    }

    private static Cause stoppedWith(Branch branch) {
        return Cause.requested("supervisor '" + branch.path.shortValue() + "' stops");
    }

    /** Stops all children of a supervisor that is stopping, in reverse order. */
    private void takeDown(Branch branch) {
        core.groups.forget(branch);
        branch.current = null;
        for (Child child : branch.children) {
            // First of all, lest the slot of one lets the next one start.
            if (child.actual == ActualState.QUEUED) {
                core.gate.forget(child);
                Herds.forgetWaiting(child);
            }
        }
        for (Child child : branch.children) {
            child.startWhenGone = false;
            turn.answerAll(child, Reply.Kind.START_FAILED,
                    "'" + child.path.shortValue() + "' did not come up before its supervisor was stopped",
                    Event.Verb.START, Event.Verb.RESTART, Event.Verb.RESET);
            if (child.isDown()) {
                core.starts.cancel(child);
                if (child.provisional) {
                    core.discard(child);
                }
            }
        }
        resume(branch);
    }

    /** Goes on with a stop whose order has changed meanwhile. */
    void resume(Branch branch) {
        if (branch.actual == ActualState.STOPPING) {
            branch.lastToStop = branch.children.last;
            if (branch.sequential) {
                askNext(branch);
            } else {
                askAllThatAreFree(branch);
            }
        }
    }

    private void askAllThatAreFree(Branch branch) {
        for (Child child = branch.children.last; child != null; child = child.previous) {
            askIfFree(branch, child);
        }
        endIfAllDown(branch);
    }

    private void endIfAllDown(Branch branch) {
        if (branch.live == 0 && branch.actual == ActualState.STOPPING && !branch.asking) {
            allDown(branch);
        }
    }

    /** Asks the next child in reverse order, and with a member of a pool the whole pool: that stops at once (S3). */
    private void askNext(Branch branch) {
        if (branch.asking) {
            return;
        }
        // A child that ends at once comes back here; whoever asked it goes on with the next.
        branch.asking = true;
        Child waitsFor = null;
        Child child = branch.lastToStop;
        for (; child != null && branch.actual == ActualState.STOPPING; child = child.previous) {
            if (waitsFor != null && !arePool(waitsFor, child)) {
                break;
            }
            if (Tally.canEnd(child.actual)) {
                ask(child, stoppedWith(branch));
                if (waitsFor == null && Tally.canEnd(child.actual)) {
                    waitsFor = child;
                    branch.lastToStop = child;
                }
            }
        }
        branch.asking = false;
        endIfAllDown(branch);
    }

    private static boolean arePool(Child one, Child other) {
        return one.spec.pool().isPresent() && one.spec.pool().equals(other.spec.pool());
    }

    /** Without a sequence, a child stops as soon as all that depend on it are gone (S3). */
    private void askIfFree(Branch branch, Child child) {
        if (branch.actual == ActualState.STOPPING && Tally.canEnd(child.actual)
                && (child.dependents.isEmpty()
                        || child.dependents.stream().noneMatch(d -> Tally.canEnd(d.actual)))) {
            ask(child, stoppedWith(branch));
        }
    }

    /** One child of a stopping supervisor is out of the way. */
    void afterOneOf(Branch branch, List<Child> firsts) {
        if (branch.sequential) {
            askNext(branch);
            return;
        }
        freed.addAll(firsts);
        if (!freeing) {
            // One that ends at once comes back here; whoever asked it goes on with those it came after.
            freeing = true;
            for (Child first = freed.poll(); first != null; first = freed.poll()) {
                if (first.parent != null) {
                    askIfFree(first.parent, first);
                    endIfAllDown(first.parent);
                }
            }
            freeing = false;
        }
        endIfAllDown(branch);
    }

    private void allDown(Branch branch) {
        core.ends.gone(branch, branch.stopCause == null ? Cause.requested() : branch.stopCause);
    }
}
