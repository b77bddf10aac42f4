package dev.upkeep.supervise;

import dev.upkeep.api.ChildSpec;
import dev.upkeep.api.TreeSpec;
import dev.upkeep.api.child.Cause;
import dev.upkeep.api.child.ChildPath;
import dev.upkeep.api.child.ChildStatus;
import dev.upkeep.api.event.EventKind;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The whole tree as one state machine, and the one door to it. Not safe for threads: one loop owns it.
 *
 * <p>It is deterministic: the same spec, seed and events at the same times give the same actions.
 */
public final class Tree {
    private final Core core;
    private final Table table;
    private @Nullable ChildStatus view;

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
            case Event.Add add -> core.changes.add(add);
            case Event.Scale scale -> core.changes.scale(scale);
            case Event.Apply apply -> core.applies.apply(apply);
            case Event.ShutdownAsked asked ->
                core.shutdown.begin(asked.who(), Cause.requested("by " + asked.who()));
        }
        return turn.actions;
    }

    private void ofInstance(Event.OfInstance event) {
        Child child = core.children.get(event.instance().path());
        if (child != null && core.stops.leftBehindEnded(child, event)) {
            return;
        }
        if (child != null && child.generation == event.instance().generation()) {
            table.happened(child, event);
            return;
        }
        if (event instanceof Event.Permitted permitted) {
            table.giveBack(permitted);
        } else if (event instanceof Event.Noted noted) {
            // For the record of the earlier run; nothing is decided on it.
            core.turn.note(noted);
        } else {
            table.dropped++;
        }
    }

    private void timerDue(Timer timer) {
        if (core.turn.takeTimer(timer)) {
            table.due(timer.child, timer.kind());
        } else {
            table.dropped++;
        }
    }

    /** Returns what a decision that failed half-way had decided on: state has changed with it, so it is to be done. */
    public List<Action> decidedSoFar() {
        return core.turn.actions;
    }

    /** Returns the tree as others see it. What did not change since the last call is the same object. */
    public ChildStatus view(long nowNanos, Instant wall) {
        ChildStatus seen = Views.of(core.root, view, nowNanos, wall);
        view = seen;
        return seen;
    }

    /** Returns the spec applied last. For any thread. */
    public TreeSpec spec() {
        return core.spec;
    }

    /** Returns the spec of a child, as it was applied or added last. For any thread. */
    public Optional<ChildSpec> specOf(ChildPath path) {
        return Optional.ofNullable(core.children.get(path)).map(child -> child.spec);
    }

    /** Returns how many events came too late to mean anything. */
    public long dropped() {
        return table.dropped;
    }
}
