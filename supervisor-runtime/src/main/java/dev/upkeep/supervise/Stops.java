package dev.upkeep.supervise;

import dev.upkeep.api.Ending;
import dev.upkeep.api.Reply;
import dev.upkeep.api.child.ActualState;
import dev.upkeep.api.child.Cause;
import dev.upkeep.api.child.ChildKind;
import dev.upkeep.api.child.ChildPath;
import dev.upkeep.api.child.ChildStatus.LastExit;
import dev.upkeep.api.child.DesiredState;
import dev.upkeep.api.child.RestartType;
import dev.upkeep.api.event.EventKind;
import dev.upkeep.api.settings.Durations;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** Stops: how a child is asked, given time and killed (S4, S5), their order (S3), and what follows when one is gone. */
final class Stops {
    /** A process that the kernel will not let go is killed again this often (P5). */
    private static final long KILL_AGAIN_NANOS = Duration.ofSeconds(5).toNanos();

    /** How long an interrupted component has to end before it is abandoned (S5). */
    private static final long ABANDON_NANOS = Duration.ofSeconds(1).toNanos();

    private final Core core;
    private final Turn turn;

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
        Tally.move(child, ActualState.STOPPING);
        turn.emit(EventKind.STOPPING, child, "stopping: " + child.stopCause);
        if (child == core.root) {
            long deadline = Durations.saturatedNanos(core.spec.shutdownTimeout());
            turn.setTimer(Timer.Kind.SHUTDOWN, child, Turn.later(turn.now, deadline));
        }
        if (!(child instanceof Branch)) {
            endChecks(child);
            turn.act(new Action.Stop(child.instance(), child.spec, child.spec.stop(), false));
            if (child.spec.stop().isBrutal()) {
                overdue(child);
            }
        }
        if (!child.spec.stop().isBrutal() && !child.spec.stop().isInfinite()) {
            long timeout = Durations.saturatedNanos(child.spec.stop().timeout());
            turn.setTimer(Timer.Kind.STOP_TIMEOUT, child, Turn.later(turn.now, timeout));
        }
    }

    /** The leader of a process ended by itself and members of its group stay: they get the stop rule (P5, R6). */
    void stopMembers(Child child, Cause cause) {
        child.stopCause = cause;
        stopping(child);
    }

    private void endChecks(Child child) {
        if (child.started && !child.spec.health().isEmpty()) {
            turn.act(new Action.EndChecks(child.instance()));
        }
    }

    /** The time a child had for its stop has passed. */
    void overdue(Child child) {
        turn.cancelTimer(Timer.Kind.STOP_TIMEOUT, child);
        if (child instanceof Branch branch) {
            long generation = branch.generation;
            for (Child below : List.copyOf(branch.children)) {
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
            turn.act(new Action.Kill(child.instance(), child.spec));
            boolean killable = child.spec.kind() == ChildKind.PROCESS;
            turn.setTimer(Timer.Kind.KILL_AGAIN, child,
                    Turn.later(turn.now, killable ? KILL_AGAIN_NANOS : ABANDON_NANOS));
        }
    }

    /** A killed child is still there. */
    void killAgain(Child child) {
        if (child.spec.kind() == ChildKind.PROCESS) {
            overdue(child);
            return;
        }
        Tally.move(child, ActualState.ABANDONED);
        Cause why = child.stopCause == null ? Cause.requested() : child.stopCause;
        core.failures.report(child, why);
        turn.act(new Action.Revoke(child.instance(), child.spec));
        String text = "would not stop and cannot be killed; no new instance starts beside it";
        turn.emit(EventKind.ABANDONED, child, text, Optional.of(Cause.abandoned(text)), Optional.empty());
        turn.answerAll(child, Reply.Kind.STILL_RUNNING, "'" + child.path.shortValue() + "' " + text,
                Event.Verb.STOP);
        turn.answerAll(child, Reply.Kind.START_FAILED, "'" + child.path.shortValue() + "' " + text,
                Event.Verb.START,
                Event.Verb.RESTART, Event.Verb.RESET);
        child.startWhenGone = false;
        Branch parent = child.parent;
        boolean failsStart = core.failures.failsStartOfAll(child, why, child.complete);
        Tally.decided(child);
        Tally.settle(child);
        if (parent != null && parent.actual == ActualState.STOPPING) {
            afterOneOf(parent, child);
        } else if (parent != null && failsStart) {
            core.failures.failStart(parent, child, why);
        } else if (parent != null) {
            core.groups.memberCannotStart(child);
        }
        core.starts.checkAbove(child);
    }

    private static Cause stoppedWith(Branch branch) {
        return Cause.requested("supervisor '" + branch.path.shortValue() + "' stops");
    }

    /** Stops all children of a supervisor that is stopping, in reverse order. */
    private void takeDown(Branch branch) {
        core.groups.forget(branch);
        branch.current = null;
        for (Child child : branch.children) {
            child.startWhenGone = false;
            turn.answerAll(child, Reply.Kind.START_FAILED,
                    "'" + child.path.shortValue() + "' did not come up before its supervisor was stopped",
                    Event.Verb.START, Event.Verb.RESTART, Event.Verb.RESET);
            if (child.isDown()) {
                core.starts.cancel(child);
            }
        }
        askNext(branch);
    }

    private void askNext(Branch branch) {
        for (int i = branch.children.size() - 1; i >= 0 && branch.actual == ActualState.STOPPING; i--) {
            Child child = branch.children.get(i);
            if (branch.sequential && Tally.canEnd(child.actual)) {
                ask(child, stoppedWith(branch));
                return;
            }
            askIfFree(branch, child);
        }
        if (branch.live == 0 && branch.actual == ActualState.STOPPING) {
            allDown(branch);
        }
    }

    /** Without a sequence, a child stops as soon as all that depend on it are gone (S3). */
    private void askIfFree(Branch branch, Child child) {
        if (branch.actual == ActualState.STOPPING && Tally.canEnd(child.actual)
                && child.dependents.stream().noneMatch(d -> Tally.canEnd(d.actual))) {
            ask(child, stoppedWith(branch));
        }
    }

    /** One child of a stopping supervisor is out of the way. */
    private void afterOneOf(Branch branch, Child child) {
        if (branch.sequential) {
            askNext(branch);
            return;
        }
        for (Child first : child.predecessors) {
            askIfFree(branch, first);
        }
        if (branch.live == 0 && branch.actual == ActualState.STOPPING) {
            allDown(branch);
        }
    }

    private void allDown(Branch branch) {
        gone(branch, branch.stopCause == null ? Cause.requested() : branch.stopCause);
    }

    /** Nothing of the instance is left. Decides what follows. */
    void gone(Child child, Cause cause) {
        boolean wasComplete = child.complete;
        boolean fatal = core.failures.forbidsRestart(child, cause);
        Duration uptime = Duration.ofNanos(child.started ? turn.now - child.startedAt : 0);
        close(child, cause, uptime);
        Branch parent = child.parent;
        if (parent == null) {
            end(cause, List.of());
        } else if (parent.actual == ActualState.STOPPING || parent.isDown()) {
            Tally.decided(child);
            if (child.spec.restart() == RestartType.TEMPORARY && !isStop(cause)) {
                core.remove(child);
            }
            answerStopped(child);
            if (parent.actual == ActualState.STOPPING) {
                afterOneOf(parent, child);
            }
        } else if (child.desired == DesiredState.STOPPED) {
            Tally.decided(child);
            parent.pending.remove(child);
            child.failures = 0;
            turn.emit(EventKind.STOPPED, child, "stopped");
            answerStopped(child);
            core.groups.memberLeft(child);
            core.order.tellDependents(child);
            core.order.decideStranded(child);
            core.failures.significantEnded(child, false);
        } else if ((!fatal || child.startWhenGone) && core.groups.takesOver(child, cause)) {
            core.groups.advance(parent);
        } else if (child.startWhenGone) {
            core.starts.begin(child, true);
        } else if (cause.kind() == Cause.Kind.GROUP && child.spec.restart() == RestartType.TEMPORARY) {
            core.remove(child);
            core.order.tellDependents(child);
        } else if (cause.kind() == Cause.Kind.GROUP || isStop(cause)) {
            // It was abandoned then, and what it was stopped for is over: nothing is judged or counted (B3, S7).
            core.order.again(child);
        } else {
            core.failures.judge(child, cause, uptime, wasComplete, fatal);
        }
        core.starts.checkAbove(child);
    }

    private static boolean isStop(Cause cause) {
        return cause.kind() == Cause.Kind.REQUESTED;
    }

    private void answerStopped(Child child) {
        turn.answerAll(child, Reply.Kind.DONE, "'" + child.path.shortValue() + "' is stopped",
                Event.Verb.STOP);
    }

    /** Closes the books on an instance. */
    private void close(Child child, Cause cause, Duration uptime) {
        if (child.actual != ActualState.STOPPING && !(child instanceof Branch)) {
            endChecks(child);
        }
        for (Timer.Kind kind : List.of(Timer.Kind.START_TIMEOUT, Timer.Kind.STOP_TIMEOUT,
                Timer.Kind.KILL_AGAIN,
                Timer.Kind.STABLE)) {
            turn.cancelTimer(kind, child);
        }
        core.starts.leaveGate(child);
        core.failures.report(child, cause);
        if (child.placeTaken && child.parent != null) {
            child.placeTaken = false;
            child.parent.budget.stamp(turn.now);
        }
        core.failures.forgetIfSteady(child);
        child.lastExit = new LastExit(cause, child.generation, Instant.EPOCH, uptime, child.lastWords);
        child.lastExitAt = turn.now;
        child.started = false;
        child.complete = false;
        child.ready = false;
        child.stopCause = null;
        child.pid = OptionalLong.empty();
        Tally.move(child, ActualState.STOPPED);
        String text = "ended: " + cause + (uptime.isZero() ? "" : " after " + Failures.roughly(uptime));
        turn.act(new Action.Emit(EventKind.EXITED, child.path, child.generation, text, Optional.of(cause),
                Optional.empty(), Optional.of(uptime), child.lastWords));
    }

    /** Stops the whole tree, within its one deadline; the second time by force (S8). */
    void shutdown(String why, Cause cause) {
        core.shutdownsAsked++;
        Branch root = core.root;
        if (core.shutdownsAsked == 1) {
            turn.emit(EventKind.OPERATOR_ACTION, root, "shutdown: " + why);
            if (Tally.canEnd(root.actual)) {
                ask(root, cause);
            } else {
                end(cause, List.of());
            }
        } else {
            turn.emit(EventKind.OPERATOR_ACTION, root, "shutdown by force: " + why);
            overdue(root);
        }
    }

    /** The deadline of the whole tree has passed: what is left is killed, and named. */
    void deadline() {
        overdue(core.root);
        if (!core.ended) {
            List<ChildPath> left = new ArrayList<>();
            collectLive(core.root, left);
            end(core.root.stopCause == null ? Cause.requested() : core.root.stopCause, left);
        }
    }

    private static void collectLive(Branch branch, List<ChildPath> left) {
        // Below a temporary supervisor that is gone an abandoned one may live on.
        for (Child child : branch.declared) {
            if (child instanceof Branch below) {
                collectLive(below, left);
            } else if (child.actual.isLive()) {
                left.add(child.path);
            }
        }
    }

    private void end(Cause cause, List<ChildPath> left) {
        if (core.ended) {
            return;
        }
        core.ended = true;
        List<ChildPath> remaining = new ArrayList<>(left);
        if (left.isEmpty()) {
            collectLive(core.root, remaining);
        }
        int code = core.exitCode.orElse(cause.isAbnormal() ? 1 : 0);
        turn.act(new Action.TreeEnded(new Ending(cause, code, remaining)));
    }
}
