package dev.upkeep.supervise;

import dev.upkeep.api.Reply;
import dev.upkeep.api.TreeSpec;
import dev.upkeep.api.child.Cause;
import dev.upkeep.api.child.ChildStatus;
import dev.upkeep.api.event.EventKind;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * The whole tree as one state machine, and the one door to it. Not safe for threads: one loop owns it.
 *
 * <p>It is deterministic: the same spec, seed and events at the same times give the same actions.
 */
public final class Tree {
    private final Core core;
    private final Table table;

    /**
     * Makes a tree that stands still.
     *
     * @param seed of the generator that back-offs draw their jitter from
     * @throws IllegalArgumentException if the spec names a plugin that is not there
     */
    public Tree(TreeSpec spec, Plugins plugins, long seed) {
        this.core = new Core(spec, plugins, seed);
        this.table = new Table(core);
    }

    /** Returns what is to be done about an event, in order. After a {@link Action.TreeEnded} there is nothing more to do. */
    public List<Action> decide(Event event, long nowNanos) {
        Turn turn = core.turn;
        turn.now = nowNanos;
        turn.actions = new ArrayList<>();
        if (core.ended) {
            return List.of();
        }
        switch (event) {
            case Event.OfInstance ofInstance -> ofInstance(ofInstance);
            case Event.BreakerChanged changed -> core.breakers.changed(changed.view());
            case Event.TimerDue due -> timerDue(due.timer());
            case Event.CarriersBusy(int parallelism) -> turn.emit(EventKind.CARRIERS_BUSY, core.root,
                    "components burn every processor: " + parallelism
                            + " carriers of virtual threads from now on");
            case Event.StartTree() -> core.starts.begin(core.root, false);
            case Event.Asked asked -> core.verbs.asked(asked);
            case Event.Add add -> core.turn.answer(add.request(), Reply.Kind.LIMIT, "not yet");
            case Event.Scale scale -> core.turn.answer(scale.request(), Reply.Kind.LIMIT, "not yet");
            case Event.Apply apply -> core.turn.answer(apply.request(), Reply.Kind.LIMIT, "not yet");
            case Event.ShutdownAsked asked ->
                core.stops.shutdown(asked.who(), Cause.requested("by " + asked.who()));
        }
        return turn.actions;
    }

    private void ofInstance(Event.OfInstance event) {
        Child child = core.children.get(event.instance().path());
        if (child == null || child.generation != event.instance().generation()) {
            table.dropped++;
            if (event instanceof Event.Permitted permitted && child != null) {
                table.giveBack(child.breaker, permitted.permit());
            }
            return;
        }
        switch (event) {
            case Event.Started started -> table.started(child, started);
            case Event.StartRefused refused -> table.startRefused(child, refused);
            case Event.Ended ended -> table.ended(child, ended);
            case Event.Gone gone -> table.gone(child);
            case Event.ReadyChanged changed -> table.readyChanged(child, changed.ready());
            case Event.FoundUnhealthy found -> table.foundUnhealthy(child, found);
            case Event.HealthChanged changed -> table.healthChanged(child, changed);
            case Event.Permitted permitted -> table.permitted(child, permitted.permit());
            case Event.Refused refused -> table.refused(child);
            case Event.Advised advised -> table.dropped++;
            case Event.SaveFailed failed -> turnless(failed);
        }
    }

    private void turnless(Event.SaveFailed failed) {}

    private void timerDue(Timer timer) {
        Child child = timer.child;
        if (!core.turn.takeTimer(timer)) {
            table.dropped++;
            return;
        }
        switch (timer.kind()) {
            case BACKOFF -> table.backoffOver(child);
            case START_TIMEOUT -> table.startTimedOut(child);
            case GATE_RATE -> {
            }
            case GATE_SLOT -> core.starts.leaveGate(child);
            case STOP_TIMEOUT -> table.stopTimedOut(child);
            case KILL_AGAIN -> table.stillThere(child);
            case STABLE -> table.stable(child);
            case TRIAL -> table.trial(child);
            case SHUTDOWN -> core.stops.deadline();
        }
    }

    /** Returns what a decision that failed half-way had decided on: state has changed with it, so it is to be done. */
    public List<Action> decidedSoFar() {
        return core.turn.actions;
    }

    /** Returns the tree as others see it. What did not change since the last call is the same object. */
    public ChildStatus view(long nowNanos, Instant wall) {
        return Views.of(core.root, nowNanos, wall);
    }

    /** Returns how many events came too late to mean anything. */
    public long dropped() {
        return table.dropped;
    }
}
