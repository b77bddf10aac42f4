package dev.upkeep.supervise;

import static dev.upkeep.supervise.Invariants.demand;

import dev.upkeep.api.child.ActualState;
import dev.upkeep.api.child.Cause;
import dev.upkeep.api.event.EventKind;
import java.lang.invoke.VarHandle;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Looks at those that restart together through a shared breaker: few at first, more as these last, nobody for ever. */
@SuppressWarnings("EnumOrdinal") // as the core has its timers
final class Crowds {
    private static final VarHandle HERDS = SimulatedWorld.secret(Herds.class, "herds", Map.class);
    private static final VarHandle UNPROVEN = SimulatedWorld.secret(Herd.class, "unproven", int.class);
    private static final VarHandle GROWN = SimulatedWorld.secret(Herd.class, "grown", int.class);

    private record Before(int unproven, int grown) {}

    private final SimulatedWorld world;
    private Map<Herd, Before> before = Map.of();
    private int leastBefore;
    private boolean opened;
    /** Whether one may have lasted, or completed, in the present event. */
    private boolean lasted;

    Crowds(SimulatedWorld world) {
        this.world = world;
    }

    void before(Event event) {
        opened = event instanceof Event.BreakerChanged;
        lasted = event instanceof Event.TimerDue due && due.timer().kind() == Timer.Kind.PROOF;
    }

    void act(Action action) {
        lasted |= action instanceof Action.Emit emit && emit.kind() == EventKind.EXITED
                && emit.cause().orElseThrow().kind() == Cause.Kind.COMPLETED;
    }

    /** @param members how many children are said to be in one */
    void check(int members) {
        Map<?, ?> herds = (Map<?, ?>) HERDS.get(world.core.herds);
        int least = world.core.spec.maxConcurrentStarts();
        if (members == 0 && herds.isEmpty()) {
            before = Map.of();
            leastBefore = least;
            return;
        }
        Map<Herd, Before> now = new HashMap<>();
        Set<Herd> known = new HashSet<>();
        herds.values().forEach(herd -> known.add((Herd) herd));
        Map<Herd, Integer> waiting = new HashMap<>();
        Map<Herd, Integer> unproven = new HashMap<>();
        List<Invariants.Seen> present = world.invariants.present();
        for (int i = 0; i < present.size(); i++) {
            Child child = present.get(i).child;
            if (child.herd != null) {
                demand(known.contains(child.herd), "HERD: a place is in a herd that is known", child);
                member(child, present.get(i).actor);
                (child.herd.hasWaiting(child) ? waiting : unproven).merge(child.herd, 1, Integer::sum);
            }
        }
        for (Herd herd : known) {
            int places = (int) UNPROVEN.get(herd);
            int grown = (int) GROWN.get(herd);
            int queued = waiting.getOrDefault(herd, 0);
            Before was = before.getOrDefault(herd, new Before(0, 0));
            world.counts.rule(Rule.HERD);
            demand(places == unproven.getOrDefault(herd, 0), "HERD: every place has its child",
                    world.core.root);
            demand(places + queued > 0, "HERD: one that is empty is forgotten", world.core.root);
            demand(queued > 0 || grown == 0, "HERD: it begins small again", world.core.root);
            demand(queued == 0
                    || places - grown >= least && !world.core.breakers.letsAllThrough(herd.breaker),
                    "HERD: nobody waits while there is room", world.core.root);
            demand(lasted || grown <= was.grown, "HERD: more for one that lasts, and for nothing else",
                    world.core.root);
            int most = Math.max(least, leastBefore) + was.grown + 1;
            demand(places <= Math.max(was.unproven, most) || opened, "HERD: few at first", world.core.root);
            now.put(herd, new Before(places, grown));
        }
        before = now;
        leastBefore = least;
    }

    private static void member(Child child, SimulatedWorld.Actor actor) {
        demand(!child.byHand, "HERD: nobody who was started by hand waits or counts", child);
        boolean underWay = child.actual == ActualState.STARTING || child.actual == ActualState.RUNNING;
        boolean timed = (actor.pending & 1 << Timer.Kind.PROOF.ordinal()) != 0;
        demand(child.actual == ActualState.QUEUED || underWay && !Herds.isWaiting(child),
                "HERD: who is over gives the place back", child);
        demand(underWay == timed, "HERD: a place is for a time", child);
    }
}
