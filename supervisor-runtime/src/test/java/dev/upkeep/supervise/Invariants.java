package dev.upkeep.supervise;

import dev.upkeep.api.TreeSpec;
import dev.upkeep.api.child.ActualState;
import dev.upkeep.api.child.ChildPath;
import dev.upkeep.api.child.ChildStatus;
import dev.upkeep.supervise.SimulatedWorld.Run;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What must hold in every tree after every event, and at its end. Says how often each rule was put to the test. */
final class Invariants {
    /** What was last seen of one child. */
    static final class Seen {
        final Child child;
        ActualState was;
        long exited;
        long emitted;
        long restarts;

        Seen(Child child) {
            this.child = child;
            this.was = child.actual;
        }
    }

    private final SimulatedWorld world;
    private final Core core;
    private final Counts counts;
    private final TreeSpec spec;
    private final Map<ChildPath, Seen> seen = new HashMap<>();
    private final List<Child> all = new ArrayList<>();
    private final List<Child> leaves = new ArrayList<>();
    private final States states;
    private final Lives lives;
    private final Budgets budgets;
    private boolean mustDoNothing;

    Invariants(SimulatedWorld world, TreeSpec spec) {
        this.world = world;
        this.core = world.core;
        this.counts = world.counts;
        this.spec = spec;
        List<Child> known = new ArrayList<>(core.children.values());
        known.sort((a, b) -> a.path.compareTo(b.path));
        for (Child child : known) {
            seen.put(child.path, new Seen(child));
            if (child.parent != null) {
                all.add(child);
                if (!(child instanceof Branch)) {
                    leaves.add(child);
                }
            }
        }
        this.states = new States(world);
        this.lives = new Lives(world, this);
        this.budgets = new Budgets(world, this);
    }

    List<Child> all() {
        return all;
    }

    List<Child> leaves() {
        return leaves;
    }

    Child child(ChildPath path) {
        return seen(path).child;
    }

    Seen seen(ChildPath path) {
        Seen found = seen.get(path);
        if (found == null) {
            throw new AssertionError("the tree speaks of " + path + ", which is not in it");
        }
        return found;
    }

    /** The next event is old: nothing may come of it. */
    void mustDoNothing() {
        mustDoNothing = true;
    }

    void outcome(Run run, Outcome outcome) {
        lives.outcome(run, outcome);
    }

    /** An instance is gone and the tree knows it. */
    void buried(Run run) {
        if (world.ending == null) {
            lives.buried(run);
        }
    }

    void before(Event event) {
        switch (event) {
            case Event.OfInstance of -> cell(event, of.instance().path());
            case Event.TimerDue due -> cell(event, due.timer().path());
            case Event.Asked asked -> {
                cell(event, asked.path());
                counts.rule(Rule.A1);
            }
            case Event.BreakerChanged changed -> {
                for (Child child : all) {
                    if (changed.view().name().equals(child.breaker)) {
                        counts.cell(event, child.actual);
                    }
                }
            }
            case Event.StartTree start -> counts.cell(event, core.root.actual);
            case Event.ShutdownAsked asked -> counts.cell(event, core.root.actual);
            case Event.CarriersBusy busy -> counts.cell(event, core.root.actual);
        }
        lives.before(event);
        budgets.before(event);
    }

    private void cell(Event event, ChildPath path) {
        counts.cell(event, seen(path).child.actual);
    }

    void act(Action action) {
        lives.act(action);
        budgets.act(action);
    }

    void after(Event event, List<Action> actions) {
        if (mustDoNothing) {
            mustDoNothing = false;
            counts.rule(Rule.B7);
            if (!actions.isEmpty()) {
                throw violated("B7: what is old does nothing, but " + actions, core.root);
            }
        }
        if (core.ended) {
            return;
        }
        states.check();
        budgets.check();
        lives.check(event);
        ChildStatus view = world.tree.view(world.now, Instant.EPOCH);
        fresh(view, core.root);
        for (Seen one : seen.values()) {
            one.was = one.child.actual;
        }
    }

    /** The snapshot says what is so (A3). */
    private void fresh(ChildStatus view, Child child) {
        counts.rule(Rule.A3);
        boolean same = view.actual() == child.actual && view.desired() == child.desired
                && view.generation() == child.generation && view.restarts() == child.restarts
                && view.ready() == Tally.isReady(child) && view.health() == Tally.healthOf(child)
                && view.pid().equals(child.pid)
                && view.lastExit().isPresent() == (child.lastExit != null)
                && (child.lastExit == null || view.lastExit().get().cause() == child.lastExit.cause());
        if (!same) {
            throw violated("A3: the snapshot is stale: " + view, child);
        }
        if (child instanceof Branch branch) {
            List<ChildStatus> below = view.children();
            demand(below.size() == branch.children.size(), "A3: the snapshot has other children", child);
            for (int i = 0; i < below.size(); i++) {
                demand(below.get(i).path().equals(branch.children.get(i).path), "A3: the snapshot's order",
                        child);
                fresh(below.get(i), branch.children.get(i));
            }
        }
    }

    /** Every child is where it is for a reason that is still one. */
    void checkQuiet() {
        states.checkQuiet();
    }

    /** The tree has ended by its deadline, and says what is left. */
    void checkEnd() {
        demand(world.ending != null, "S8: the tree has ended by its deadline of " + spec.shutdownTimeout(),
                core.root);
        counts.rule(Rule.S8);
        if (world.ending == null) {
            return;
        }
        List<ChildPath> left = world.ending.leftRunning();
        // Those that were killed at the deadline are named too: nobody has seen them end.
        for (Run run : world.live) {
            demand(left.contains(run.instance.path()), "S8: what is left running is named",
                    child(run.instance.path()));
        }
        if (left.isEmpty()) {
            demand(world.open.isEmpty(), "A1: every request is answered, but not " + world.open, core.root);
        }
    }

    static void demand(boolean holds, String what, Child child) {
        if (!holds) {
            throw violated(what, child);
        }
    }

    static AssertionError violated(String what, Child child) {
        return new AssertionError(
                what + ": " + child.path + "#" + child.generation + " is " + child.desired + "/"
                        + child.actual + " cause " + child.stopCause);
    }
}
