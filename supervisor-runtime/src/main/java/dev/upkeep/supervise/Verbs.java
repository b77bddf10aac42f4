package dev.upkeep.supervise;

import dev.upkeep.api.Reply;
import dev.upkeep.api.WhenAbandoned;
import dev.upkeep.api.child.ActualState;
import dev.upkeep.api.child.Cause;
import dev.upkeep.api.child.DesiredState;
import dev.upkeep.api.event.EventKind;
import dev.upkeep.supervise.Event.Verb;
import java.util.Locale;

/** What a person, or a program, asks of one child (A1, A2). Never counted, never refused by budget or breaker. */
final class Verbs {
    private final Core core;
    private final Turn turn;

    Verbs(Core core) {
        this.core = core;
        this.turn = core.turn;
    }

    void asked(Event.Asked asked) {
        Child child = core.find(asked.path());
        if (child == null) {
            turn.answer(asked.request(), Reply.Kind.NOT_FOUND,
                    "there is no child '" + asked.path().shortValue() + "'");
            return;
        }
        if (child.parent == null) {
            turn.answer(asked.request(), Reply.Kind.LIMIT, "'" + child.path
                    + "' is the whole tree; it is ended by a shutdown, and starts by itself");
            return;
        }
        if (child.leaving) {
            turn.answer(asked.request(), Reply.Kind.INVALID, name(child) + " is being taken out of the tree");
            return;
        }
        turn.emit(EventKind.OPERATOR_ACTION, child,
                asked.verb().name().toLowerCase(Locale.ROOT) + " by " + asked.who());
        switch (asked.verb()) {
            case START -> start(child, child.parent, asked);
            case STOP -> stop(child, asked);
            case RESTART -> restart(child, child.parent, asked);
            case RESET -> reset(child, child.parent, asked);
            case REMOVE -> remove(child, asked);
        }
        core.starts.checkAbove(child);
    }

    private String name(Child child) {
        return "'" + child.path.shortValue() + "'";
    }

    private boolean parentIsDown(Child child, Branch parent, Event.Asked asked) {
        if (parent.isUp()) {
            return false;
        }
        child.desired = child.desired == DesiredState.DONE ? DesiredState.DONE : DesiredState.RUNNING;
        Tally.settle(child);
        turn.answer(asked.request(), Reply.Kind.START_FAILED, name(child) + " starts with its supervisor '"
                + parent.path.shortValue() + "', which is " + parent.actual.name().toLowerCase(Locale.ROOT)
                + " now");
        return true;
    }

    private void start(Child child, Branch parent, Event.Asked asked) {
        if (parentIsDown(child, parent, asked)) {
            return;
        }
        switch (child.actual) {
            case RUNNING ->
                turn.answer(asked.request(), Reply.Kind.ALREADY_RUNNING, name(child) + " runs already");
            case STARTING -> awaitUp(child, asked);
            case STOPPING -> {
                supersedeStops(child);
                child.desired = DesiredState.RUNNING;
                Tally.settle(child);
                child.startWhenGone = child.stopCause == null || child.stopCause.kind() != Cause.Kind.GROUP;
                awaitUp(child, asked);
            }
            case ABANDONED -> startBeside(child, asked);
            case WAITING, QUEUED, BACKOFF, SUSPENDED, STOPPED, COMPLETED -> {
                awaitUp(child, asked);
                startNow(child);
            }
        }
    }

    private void startBeside(Child child, Event.Asked asked) {
        if (child.spec.whenAbandoned() == WhenAbandoned.HOLD) {
            turn.answer(asked.request(), Reply.Kind.START_FAILED, name(child)
                    + " is abandoned: its old instance still runs, and a second one is not started beside it");
            return;
        }
        awaitUp(child, asked);
        child.desired = DesiredState.RUNNING;
        child.startWhenGone = true;
        core.stops.leaveBehind(child);
        core.ends.gone(child, child.stopCause == null ? Cause.requested() : child.stopCause);
    }

    /** Starts a child that is down and whose supervisor is up. */
    void startNow(Child child) {
        child.desired = DesiredState.RUNNING;
        if (core.groups.holds(child)) {
            Tally.settle(child);
            core.groups.hurry(child);
            return;
        }
        if (child.actual == ActualState.QUEUED && child.byHand) {
            return;
        }
        core.starts.cancel(child);
        core.starts.begin(child, true);
    }

    private void awaitUp(Child child, Event.Asked asked) {
        turn.await(child, new Child.Request(asked.request(), asked.verb(), null));
    }

    private void supersedeStops(Child child) {
        turn.answerAll(child, Reply.Kind.SUPERSEDED,
                "a start of " + name(child) + " was asked for before it had stopped", Verb.STOP);
    }

    private void stop(Child child, Event.Asked asked) {
        turn.answerAll(child, Reply.Kind.SUPERSEDED,
                "a stop of " + name(child) + " was asked for before it was ready", Verb.START, Verb.RESTART,
                Verb.RESET);
        boolean wanted = child.desired != DesiredState.STOPPED;
        boolean failed = child.actual == ActualState.BACKOFF || child.actual == ActualState.SUSPENDED;
        child.desired = DesiredState.STOPPED;
        child.startWhenGone = false;
        // Someone has it in hand: it is not taken back because a later start fails (S2).
        child.provisional = false;
        child.byApply = false;
        switch (child.actual) {
            case STARTING, RUNNING -> {
                turn.await(child, new Child.Request(asked.request(), asked.verb(), null));
                core.stops.ask(child, Cause.requested("by " + asked.who()));
            }
            case STOPPING -> {
                turn.await(child, new Child.Request(asked.request(), asked.verb(), null));
                Tally.settle(child);
            }
            case ABANDONED -> {
                Tally.settle(child);
                turn.answer(asked.request(), Reply.Kind.STILL_RUNNING,
                        name(child) + " would not stop and cannot be killed");
            }
            case WAITING, QUEUED, BACKOFF, SUSPENDED, STOPPED, COMPLETED -> {
                Tally.decided(child);
                core.starts.cancel(child);
                Tally.move(child, ActualState.STOPPED);
                child.stoppedAfterFailure = failed;
                if (wanted) {
                    turn.emit(EventKind.STOPPED, child, "stopped");
                }
                turn.answer(asked.request(), wanted ? Reply.Kind.DONE : Reply.Kind.UNCHANGED,
                        name(child) + " is stopped");
                core.groups.memberLeft(child);
                core.order.tellDependents(child);
                core.order.decideStranded(child);
            }
        }
    }

    private void restart(Child child, Branch parent, Event.Asked asked) {
        if (parentIsDown(child, parent, asked)) {
            return;
        }
        switch (child.actual) {
            case STARTING, RUNNING -> {
                awaitUp(child, asked);
                child.desired = DesiredState.RUNNING;
                child.startWhenGone = true;
                core.stops.ask(child, Cause.requested("restart by " + asked.who()));
            }
            case STOPPING, ABANDONED, WAITING, QUEUED, BACKOFF, SUSPENDED, STOPPED, COMPLETED ->
                start(child, parent, asked);
        }
    }

    private void reset(Child child, Branch parent, Event.Asked asked) {
        Failures.forget(child);
        core.falls.forget(child);
        child.breakerOpenings = 0;
        if (child.breaker != null) {
            turn.act(new Action.ResetBreaker(child.breaker));
        }
        switch (child.actual) {
            case BACKOFF, SUSPENDED -> start(child, parent, asked);
            case WAITING, QUEUED, STARTING, RUNNING, STOPPING, STOPPED, COMPLETED, ABANDONED -> turn.answer(
                    asked.request(), Reply.Kind.DONE, "the failures of " + name(child) + " are forgotten");
        }
    }

    /** Only what is down can be removed, so that nothing is stopped by a slip (A1). */
    private void remove(Child child, Event.Asked asked) {
        switch (child.actual) {
            case STARTING, RUNNING, STOPPING,
                    ABANDONED ->
                turn.answer(asked.request(), Reply.Kind.STILL_RUNNING,
                        name(child) + " is " + child.actual.name().toLowerCase(Locale.ROOT)
                                + "; it has to be stopped before it can be removed");
            case WAITING, QUEUED, BACKOFF -> turn.answer(asked.request(), Reply.Kind.RESTARTING,
                    name(child) + " is about to start; it has to be stopped before it can be removed");
            case SUSPENDED, STOPPED, COMPLETED -> {
                if (Core.holdsLive(child)) {
                    turn.answer(asked.request(), Reply.Kind.STILL_RUNNING,
                            "an abandoned instance of " + name(child) + " still runs");
                    return;
                }
                core.starts.cancel(child);
                Tally.decided(child);
                core.groups.memberLeft(child);
                core.discard(child);
                turn.answer(asked.request(), Reply.Kind.DONE, name(child) + " is removed");
            }
        }
    }
}
