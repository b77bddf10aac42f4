package dev.upkeep.supervise;

import static dev.upkeep.supervise.Invariants.demand;

import dev.upkeep.api.WhenAbandoned;
import dev.upkeep.api.child.Cause;
import dev.upkeep.api.child.ChildKind;
import dev.upkeep.api.event.EventKind;
import dev.upkeep.supervise.SimulatedWorld.Run;
import java.util.BitSet;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Follows every instance from its start to its one end, every permit to its one report, and the stream of events. */
final class Lives {
    private static final Set<EventKind> NOTED = EnumSet.of(EventKind.SAVE_FAILED, EventKind.OUTPUT_DROPPED,
            EventKind.STRAYED);

    private final SimulatedWorld world;
    private final Counts counts;
    private final Invariants invariants;
    private final BitSet permits = new BitSet();
    private @Nullable Run ending;
    private @Nullable Outcome outcome;

    Lives(SimulatedWorld world, Invariants invariants) {
        this.world = world;
        this.counts = world.counts;
        this.invariants = invariants;
    }

    void before(Event event) {
        if (event instanceof Event.Permitted permitted && permitted.permit() != 0) {
            permits.set((int) permitted.permit());
        }
    }

    /** Returns how many permits were given and not reported on. */
    int permits() {
        return permits.cardinality();
    }

    /** How this instance is about to end. */
    void outcome(Run run, Outcome how) {
        ending = run;
        outcome = how;
    }

    void buried(Run run) {
        Invariants.Seen seen = invariants.seen(run.instance.path());
        counts.rule(Rule.E3);
        demand(seen.exited >= run.instance.generation(), "every instance that ends has one exit", seen.child);
    }

    void check() {
        ending = null;
        outcome = null;
    }

    void act(Action action) {
        switch (action) {
            case Action.Start start -> started(start);
            case Action.Emit emit -> emitted(emit);
            case Action.Report report -> {
                demand(report.permit() != 0 && permits.get((int) report.permit()),
                        "a permit is reported once",
                        world.core.root);
                permits.clear((int) report.permit());
            }
            case Action.Kill kill -> {
                Run run = world.actor(kill.instance().path()).run;
                demand(run == null || run.stopAsked || run.leaderGone, "S4: asked before it is killed",
                        invariants.child(kill.instance().path()));
            }
            case Action.Stop stop -> {
            }
            case Action.Revoke revoke -> demand(revoke.spec().kind() != ChildKind.PROCESS,
                    "S5: a process can be killed", invariants.child(revoke.instance().path()));
            default -> {
            }
        }
    }

    /** Nothing is left that could revive what is gone. */
    void forgotten(Action.Forget forget, Invariants.Seen seen) {
        demand(seen.actor.run == null, "what is forgotten does not live", seen.child);
        demand(seen.actor.pending == 0, "what is forgotten has no timers", seen.child);
    }

    private void started(Action.Start start) {
        Child child = invariants.child(start.instance().path());
        counts.rule(Rule.S6);
        if (start.instance().generation() > 1) {
            counts.rule(Rule.R6);
        }
        Run before = world.actor(child.path).run;
        if (before != null && before.revoked) {
            counts.rule(Rule.S5);
            demand(before.spec.whenAbandoned() == WhenAbandoned.REPLACE
                    || child.spec.whenAbandoned() == WhenAbandoned.REPLACE,
                    "S5: no new instance starts beside it", child);
        } else {
            demand(before == null, "S6: a second live instance", child);
        }
    }

    private void emitted(Action.Emit emit) {
        Invariants.Seen seen = invariants.seen(emit.path());
        counts.rule(Rule.E1);
        if (NOTED.contains(emit.kind())) {
            // It belongs to the run it speaks of, however late it is known.
            demand(emit.generation() <= seen.child.generation, "E1: no event of a run to come", seen.child);
            return;
        }
        demand(emit.generation() >= seen.emitted && emit.generation() <= seen.child.generation,
                "E1: events in the order of generations", seen.child);
        seen.emitted = emit.generation();
        if (emit.kind() == EventKind.EXITED) {
            demand(emit.generation() > seen.exited, "one exit for each instance", seen.child);
            seen.exited = emit.generation();
            Cause cause = emit.cause()
                    .orElseThrow(() -> Invariants.violated("an exit has a cause", seen.child));
            exited(seen, cause);
        }
    }

    private void exited(Invariants.Seen seen, Cause cause) {
        Run run = ending;
        if (run == null || !run.instance.path().equals(seen.child.path)
                || run.instance.generation() != seen.exited) {
            return;
        }
        if (run.stopAsked) {
            counts.rule(Rule.S7);
            if (cause.kind() == Cause.Kind.CRASHED || cause.kind() == Cause.Kind.COMPLETED) {
                throw Invariants.violated("S7: a stop that was asked for is no crash: " + cause, seen.child);
            }
        } else {
            counts.rule(Rule.R2);
            if (cause.kind() != expected()) {
                throw Invariants.violated("R2: " + outcome + " is not " + cause, seen.child);
            }
        }
    }

    private Cause.Kind expected() {
        return switch (outcome) {
            case Outcome.Returned() -> Cause.Kind.COMPLETED;
            case Outcome.Exited(var status, var _) ->
                status.code() == 0 ? Cause.Kind.COMPLETED : Cause.Kind.CRASHED;
            case Outcome.Threw(var thrown, var words) ->
                thrown.getCause() instanceof dev.upkeep.api.CompletedSignal
                        ? Cause.Kind.COMPLETED
                        : Cause.Kind.CRASHED;
            case null -> throw new AssertionError("an instance ends without an outcome");
        };
    }
}
