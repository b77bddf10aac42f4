package dev.upkeep.supervise;

import static dev.upkeep.supervise.Invariants.demand;

import dev.upkeep.api.After;
import dev.upkeep.api.child.ActualState;
import dev.upkeep.api.child.ChildStatus;
import dev.upkeep.api.child.DesiredState;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Follows by a model of its own who falls how often, and what comes of it (H9). */
final class Steadiness {
    private static final double HALF_LIFE = 600e9;
    private static final double NEAR = 1e-6;

    /** The falls of one child, one by one. */
    private static final class Falling {
        final List<Long> at = new ArrayList<>();
        boolean flapping;

        double penalty(long now) {
            double sum = 0;
            for (long fall : at) {
                sum += Math.exp(-Math.log(2) * (now - fall) / HALF_LIFE);
            }
            return sum;
        }
    }

    private final SimulatedWorld world;
    private final Map<Child, Falling> all = new HashMap<>();

    Steadiness(SimulatedWorld world) {
        this.world = world;
    }

    void before(Event event) {
        switch (event) {
            case Event.ReadyChanged changed when !changed.ready() -> fell(changed.instance());
            case Event.FoundUnhealthy found -> fell(found.instance());
            case Event.Asked asked when asked.verb() == Event.Verb.RESET -> {
                Child child = world.core.find(asked.path());
                if (child != null && !child.leaving) {
                    all.remove(child);
                }
            }
            case Event.TimerDue due when due.timer().kind() == Timer.Kind.FLAPPING -> {
                Falling falling = all.get(due.timer().child);
                if (falling != null && isMeant(due.timer())) {
                    world.counts.rule(Rule.H9);
                    demand(falling.flapping && falling.penalty(world.now) < 1,
                            "H9: flapping ends below one", due.timer().child);
                    falling.flapping = false;
                }
            }
            default -> {
            }
        }
    }

    private static boolean isMeant(Timer timer) {
        return timerOf(timer.child) == timer;
    }

    private static @Nullable Timer timerOf(Child child) {
        for (Timer timer = child.timers; timer != null; timer = timer.next) {
            if (timer.kind() == Timer.Kind.FLAPPING) {
                return timer;
            }
        }
        return null;
    }

    private void fell(InstanceId instance) {
        Child child = world.core.children.get(instance.path());
        if (child == null || child.generation != instance.generation() || child.actual != ActualState.RUNNING
                || !child.ready) {
            return;
        }
        Falling falling = all.computeIfAbsent(child, c -> new Falling());
        double left = falling.penalty(world.now);
        falling.at.add(world.now);
        falling.flapping = falling.flapping && left >= 1 || left + 1 >= 2.5;
    }

    void check() {
        for (Map.Entry<Child, Falling> entry : all.entrySet()) {
            Child child = entry.getKey();
            Falling falling = entry.getValue();
            if (world.core.children.get(child.path) == child) {
                world.counts.rule(Rule.H9);
                demand(child.isFlapping() == falling.flapping, "H9: falls add up, and fade", child);
                if (falling.flapping) {
                    flapping(child, falling);
                }
            }
        }
    }

    private static void flapping(Child child, Falling falling) {
        Timer timer = timerOf(child);
        demand(timer != null && Math.abs(falling.penalty(timer.at()) - 1) < NEAR, "H9: flapping ends by one",
                child);
        if (child.actual != ActualState.RUNNING || !child.complete || child.parent == null
                || child.parent.sequential) {
            return;
        }
        for (Child dependent : child.dependents) {
            boolean waitsForIt = dependent.actual == ActualState.WAITING && dependent.predecessors.size() == 1
                    && dependent.spec.after()
                            .stream()
                            .noneMatch(a -> a.condition() == After.Condition.COMPLETED);
            demand(!waitsForIt || child.parent.group != null || !child.parent.isUp(),
                    "H9: what comes after it starts all the same", dependent);
        }
    }

    /** What is flapping is not shown as ready, and neither is what stands above it. */
    static void seen(ChildStatus view, Child child) {
        demand(!view.ready() || !view.flapping(), "H9: what is flapping is not shown as ready", child);
        boolean unsteady = child.isFlapping() && child.desired == DesiredState.RUNNING && !child.removed;
        for (Child above = child.parent; unsteady && above != null; above = above.parent) {
            demand(!Tally.isSeenReady(above), "H9: nor is what stands above it", above);
            unsteady = above.desired == DesiredState.RUNNING && !above.removed;
        }
    }
}
