package dev.upkeep.supervise;

import dev.upkeep.api.Reply;
import dev.upkeep.api.child.ActualState;
import dev.upkeep.api.child.Cause;
import dev.upkeep.api.child.DesiredState;
import dev.upkeep.api.child.ExitStatus;
import dev.upkeep.api.child.RestartType;
import dev.upkeep.api.event.EventKind;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Ends: what an instance ended of, and what follows when nothing of it is left. */
final class Ends {
    private final Core core;
    private final Turn turn;

    Ends(Core core) {
        this.core = core;
        this.turn = core.turn;
    }

    /** It ended by itself. */
    void ended(Child child, Event.Ended event) {
        remember(child, event);
        Cause cause = Failures.causeOf(child, event.outcome());
        if (event.membersLeft()) {
            core.stops.stopMembers(child, cause);
        } else {
            gone(child, cause);
        }
    }

    /** It ended after it was asked to. */
    void endedAsAsked(Child child, Event.Ended event) {
        remember(child, event);
        Cause cause = withOutcome(child.stopCause, event.outcome());
        if (event.membersLeft()) {
            child.stopCause = cause;
        } else {
            gone(child, cause);
        }
    }

    private static void remember(Child child, Event.Ended event) {
        child.lastWords = event.lastWords();
        child.used = event.outcome() instanceof Outcome.Exited exited ? exited.used() : Optional.empty();
    }

    /** A stop keeps its cause, whatever the end looks like; the odd ending is recorded with it (S7). */
    private static Cause withOutcome(@Nullable Cause stop, Outcome outcome) {
        Cause cause = stop == null ? Cause.requested() : stop;
        return switch (outcome) {
            case Outcome.Exited(ExitStatus status, var _) -> cause.with(status);
            case Outcome.Threw(Throwable thrown, String words) -> cause.threw(thrown, words);
            case Outcome.Returned() -> cause;
        };
    }

    /** The last of its process group is gone. */
    void groupGone(Child child) {
        gone(child, child.stopCause == null ? Cause.requested() : child.stopCause);
    }

    /** Nothing of the instance is left. Decides what follows. */
    void gone(Child child, Cause cause) {
        boolean wasComplete = child.complete;
        boolean wasAbandoned = child.actual == ActualState.ABANDONED;
        // Kept, because a child that is forgotten loses them.
        List<Child> firsts = child.predecessors;
        boolean fatal = core.failures.forbidsRestart(child, cause);
        Duration uptime = Duration.ofNanos(child.started ? turn.now - child.startedAt : 0);
        close(child, cause, uptime, fatal);
        Branch parent = child.parent;
        if (parent == null) {
            core.shutdown.end(cause, List.of());
        } else if (child.leaving) {
            left(child, parent);
        } else if (parent.actual == ActualState.STOPPING || parent.isDown()) {
            Tally.decided(child);
            if (child.provisional) {
                // Its add was answered with start-failed, and keeps nothing (S2).
                core.discard(child);
            } else if (child.spec.restart() == RestartType.TEMPORARY && !isStop(cause)) {
                core.remove(child);
            }
            answerStopped(child);
            if (parent.actual == ActualState.STOPPING) {
                core.stops.afterOneOf(parent, firsts);
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
        if (wasAbandoned) {
            core.changes.forgetIfOver(child);
        }
    }

    /** A child that was taken out of the tree is gone; what was to come in its place comes. */
    private void left(Child child, Branch parent) {
        Tally.decided(child);
        core.groups.memberLeft(child);
        turn.emit(EventKind.STOPPED, child, "stopped, and gone for good");
        List<Child> firsts = child.predecessors;
        core.changes.leave(child);
        if (parent.actual == ActualState.STOPPING) {
            core.stops.afterOneOf(parent, firsts);
        }
    }

    private static boolean isStop(Cause cause) {
        return cause.kind() == Cause.Kind.REQUESTED;
    }

    private void answerStopped(Child child) {
        turn.answerAll(child, Reply.Kind.DONE, "'" + child.path.shortValue() + "' is stopped",
                Event.Verb.STOP);
    }

    /** Closes the books on an instance. */
    void close(Child child, Cause cause, Duration uptime, boolean fatal) {
        if (child.actual != ActualState.STOPPING && !(child instanceof Branch)) {
            core.stops.endChecks(child);
        }
        turn.cancelTimersOfInstance(child);
        core.starts.leaveGate(child);
        core.failures.report(child, cause, fatal);
        core.herds.ends(child, cause, fatal);
        stampPlace(child);
        core.failures.forgetIfSteady(child);
        child.ended = new Child.End(cause.remembered(), child.generation, turn.now, uptime, child.lastWords,
                child.used);
        child.started = false;
        child.complete = false;
        child.ready = false;
        child.stopCause = null;
        child.pid = OptionalLong.empty();
        Tally.move(child, ActualState.STOPPED);
        Supplier<String> words = () -> "ended: " + cause
                + (uptime.isZero() ? "" : " after " + Failures.roughly(uptime));
        turn.act(new Action.Emit(EventKind.EXITED, child.path, child.generation, words, Optional.of(cause),
                Optional.empty(), Optional.of(uptime), child.lastWords, child.used));
    }

    /** The attempt that held a place in the budget has failed, though its thread may never end (B2). */
    void stampPlace(Child child) {
        if (child.placeTaken && child.parent != null) {
            child.placeTaken = false;
            child.parent.budget.stamp(turn.now);
        }
    }
}
