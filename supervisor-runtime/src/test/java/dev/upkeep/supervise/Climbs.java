package dev.upkeep.supervise;

import dev.upkeep.api.child.Cause;
import dev.upkeep.api.event.EventKind;
import java.util.HashMap;
import java.util.Map;

/** Follows by a model of its own how the failures of every child add up, and when they are forgotten (B8). */
final class Climbs {
    private static final long LEAST_RESET = 60_000_000_000L;

    private static final class Climb {
        int failures;
        long delay;
        long readySince = -1;
        /** Whether a person, or a new spec, may have put it back. */
        boolean unsure;
    }

    private final SimulatedWorld world;
    private final Invariants invariants;
    private final Map<Child, Climb> climbs = new HashMap<>();

    Climbs(SimulatedWorld world, Invariants invariants) {
        this.world = world;
        this.invariants = invariants;
    }

    void before(Event event) {
        switch (event) {
            case Event.Apply apply -> climbs.values().forEach(c -> c.unsure = true);
            case Event.Asked asked -> {
                Climb climb = climbs.get(world.core.children.get(asked.path()));
                if (climb != null) {
                    climb.unsure = true;
                }
            }
            default -> {
            }
        }
    }

    void act(Action action) {
        if (action instanceof Action.Emit emit) {
            Child child = invariants.child(emit.path());
            if (emit.kind() == EventKind.EXITED && child.parent != null) {
                exited(child, emit.cause().orElseThrow().kind());
            } else if (emit.kind() == EventKind.RESTART_SCHEDULED && emit.cause().isPresent()) {
                scheduled(child, emit.delay().orElseThrow().toNanos());
            } else if (emit.kind() == EventKind.STARTED && child instanceof Branch branch) {
                branch.children.forEach(climbs::remove);
            }
        }
    }

    private void exited(Child child, Cause.Kind kind) {
        Climb climb = climbs.get(child);
        if (climb == null) {
            return;
        }
        settle(climb);
        if (Group.has(child)) {
            climb.unsure = true;
        } else if (kind == Cause.Kind.COMPLETED) {
            climb.failures = 0;
            climb.delay = 0;
        } else if (kind == Cause.Kind.REQUESTED) {
            climb.unsure = true;
        }
    }

    private void settle(Climb climb) {
        if (climb.readySince >= 0 && world.now - climb.readySince >= Math.max(LEAST_RESET, 2 * climb.delay)) {
            climb.failures = 0;
            climb.delay = 0;
        }
        climb.readySince = -1;
    }

    private void scheduled(Child child, long delay) {
        Climb climb = climbs.get(child);
        if (climb == null) {
            climb = new Climb();
            climb.unsure = true;
            climbs.put(child, climb);
        }
        if (!climb.unsure) {
            world.counts.rule(Rule.B8);
            Invariants.demand(child.failures == climb.failures + 1, "B8: failures add up until it was steady",
                    child);
        }
        climb.unsure = false;
        climb.failures = child.failures;
        climb.delay = delay;
    }

    /** Notes who became ready, and who is not any more. */
    void check() {
        for (Map.Entry<Child, Climb> entry : climbs.entrySet()) {
            Climb climb = entry.getValue();
            boolean ready = entry.getKey().ready;
            if (ready && climb.readySince < 0) {
                climb.readySince = world.now;
            } else if (!ready && climb.readySince >= 0) {
                settle(climb);
            }
        }
    }
}
