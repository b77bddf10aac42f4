package dev.upkeep.supervise;

import dev.upkeep.api.FatalSignal;
import dev.upkeep.api.TreeSpec;
import dev.upkeep.api.child.ActualState;
import dev.upkeep.api.child.ChildPath;
import dev.upkeep.api.child.ChildStatus;
import dev.upkeep.api.child.DesiredState;
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
        final SimulatedWorld.Actor actor;
        ActualState was;
        long generationWas;
        long exited;
        long emitted;

        /** Returns whether it was a supervisor whose children may be started, and is the same one still. */
        boolean wasUp() {
            return (was == ActualState.STARTING || was == ActualState.RUNNING)
                    && generationWas == child.generation;
        }

        /** The generation of a supervisor in which another spec was applied: its rules have changed on the way. */
        long applied = -1;

        Seen(Child child, SimulatedWorld.Actor actor) {
            this.child = child;
            this.actor = actor;
            this.was = child.actual;
            this.generationWas = child.generation;
        }
    }

    private final SimulatedWorld world;
    private final Core core;
    private final Counts counts;
    private final TreeSpec spec;
    private final Map<ChildPath, Seen> seen = new HashMap<>();
    private final List<Seen> present = new ArrayList<>();
    /** Places that children have left for good. */
    private final List<SimulatedWorld.Actor> gone = new ArrayList<>();
    private final List<Child> all = new ArrayList<>();
    private final List<Child> leaves = new ArrayList<>();
    private final States states;
    private final Lives lives;
    private final Budgets budgets;
    private final Judgments judgments;
    private final Climbs climbs;
    private final Steadiness steadiness;
    private final Crowds crowds;
    private boolean mustDoNothing;
    private boolean changed;
    private int did;

    Invariants(SimulatedWorld world, TreeSpec spec) {
        this.world = world;
        this.core = world.core;
        this.counts = world.counts;
        this.spec = spec;
        refresh();
        this.states = new States(world);
        this.lives = new Lives(world, this);
        this.judgments = new Judgments(world, this);
        this.climbs = new Climbs(world, this);
        this.steadiness = new Steadiness(world);
        this.crowds = new Crowds(world);
        this.budgets = new Budgets(world, this, judgments);
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

    /** Returns what is known of the child at that place; if one was forgotten in this very step, of that. */
    Seen seen(ChildPath path) {
        Seen found = seen.get(path);
        if (found != null && !changed) {
            return found;
        }
        Child now = core.children.get(path);
        if (now != null && (found == null || found.child != now)) {
            Seen next = new Seen(now, world.actor(path));
            if (found != null) {
                // Generations do not repeat, whoever has the place.
                next.exited = found.exited;
                next.emitted = found.emitted;
            }
            seen.put(path, next);
            return next;
        }
        if (found == null) {
            throw new AssertionError("the tree speaks of " + path + ", which is not in it");
        }
        return found;
    }

    /** Looks anew who is in the tree. */
    private void refresh() {
        changed = true;
        present.clear();
        all.clear();
        leaves.clear();
        gone.clear();
        collect(core.root);
        demand(present.size() == core.children.size(), "the tree knows those that are in it, and no others",
                core.root);
        for (Seen one : seen.values()) {
            if (!core.children.containsKey(one.child.path)) {
                gone.add(one.actor);
            }
        }
        gone.sort((a, b) -> a.path.compareTo(b.path));
        changed = false;
    }

    private void collect(Child child) {
        present.add(seen(child.path));
        if (child.parent != null) {
            all.add(child);
        }
        if (child instanceof Branch branch) {
            for (Child below = branch.children.first; below != null; below = below.next) {
                collect(below);
            }
            branch.gone.forEach(this::collect);
        } else {
            leaves.add(child);
        }
    }

    List<Seen> present() {
        return present;
    }

    List<SimulatedWorld.Actor> gone() {
        return gone;
    }

    long lastGeneration(ChildPath path) {
        Seen known = seen.get(path);
        return known == null ? 0 : known.exited;
    }

    /** The next event is old: nothing may come of it. */
    void mustDoNothing() {
        mustDoNothing = true;
    }

    void outcome(Run run, Outcome outcome) {
        lives.outcome(run, outcome);
        boolean forbids = switch (outcome) {
            case Outcome.Threw(var thrown, var words) -> thrown instanceof FatalSignal;
            case Outcome.Exited(var status, var _) -> status.code() == 7;
            case Outcome.Returned() -> false;
        };
        if (forbids && !run.stopAsked) {
            judgments.fatal(run.instance.path());
        }
    }

    /** An instance is gone and the tree knows it. */
    void buried(Run run) {
        if (world.ending == null) {
            lives.buried(run);
        }
    }

    void before(Event event) {
        did = 0;
        switch (event) {
            case Event.OfInstance of -> cell(event, of.instance().path());
            case Event.TimerDue due -> cell(event, due.timer().path());
            case Event.Asked asked -> asked(event, asked.path());
            case Event.Add add -> {
                asked(event, add.parent());
                changed = true;
            }
            case Event.Scale scale -> {
                asked(event, scale.pool().parent().orElseThrow());
                changed = true;
            }
            case Event.Apply apply -> {
                asked(event, core.root.path);
                changed = true;
                applied();
            }
            case Event.BreakerChanged breaker -> {
                for (Child child : all) {
                    if (breaker.view().name().equals(child.breaker)) {
                        counts.cell(event, child);
                    }
                }
            }
            case Event.StartTree start -> counts.cell(event, core.root);
            case Event.ShutdownAsked shutdown -> counts.cell(event, core.root);
            case Event.CarriersBusy busy -> counts.cell(event, core.root);
        }
        lives.before(event);
        judgments.before(event);
        climbs.before(event);
        steadiness.before(event);
        crowds.before(event);
        budgets.before(event);
    }

    private void applied() {
        for (Seen one : present) {
            one.applied = one.child.generation;
        }
    }

    void advised(Event.Advised event) {
        cell(event, event.instance().path());
    }

    private void asked(Event event, ChildPath path) {
        cell(event, path);
        counts.rule(Rule.A1);
    }

    private void cell(Event event, ChildPath path) {
        counts.cell(event, core.children.get(path));
    }

    void act(Action action) {
        did++;
        if (action instanceof Action.Forget forget) {
            changed = true;
            lives.forgotten(forget, seen(forget.path()));
        }
        lives.act(action);
        judgments.act(action);
        climbs.act(action);
        crowds.act(action);
        budgets.act(action);
    }

    void after(Event event) {
        if (mustDoNothing) {
            mustDoNothing = false;
            counts.rule(Rule.B7);
            demand(did == 0, "B7: what is old does nothing", core.root);
        }
        if (core.ended) {
            return;
        }
        if (event instanceof Event.Apply) {
            applied();
        }
        // A child that is replaced by another of its name goes without an event of its own.
        if (changed || present.size() != core.children.size()) {
            refresh();
        }
        crowds.check(states.check(lives.permits()));
        budgets.check();
        lives.check();
        judgments.check();
        climbs.check();
        steadiness.check();
        ChildStatus view = world.tree.view(world.now, Instant.EPOCH);
        fresh(view, core.root);
        for (int i = 0; i < present.size(); i++) {
            Seen one = present.get(i);
            one.was = one.child.actual;
            one.generationWas = one.child.generation;
        }
    }

    /** The snapshot says what is so (A3). */
    private void fresh(ChildStatus view, Child child) {
        counts.rule(Rule.A3);
        boolean same = view.actual() == child.actual && view.desired() == child.desired
                && view.generation() == child.generation && view.restarts() == child.restarts
                && view.ready() == Tally.isSeenReady(child) && view.flapping() == child.isFlapping()
                && view.health() == Tally.healthOf(child)
                && view.pid().equals(child.pid)
                && view.lastExit().orElse(null) == child.lastExit && child.ended == null
                && view.abandoned() == child.leftBehind.size();
        if (!same) {
            throw violated("A3: the snapshot is stale: " + view, child);
        }
        Steadiness.seen(view, child);
        if (child instanceof Branch branch) {
            List<ChildStatus> below = view.children();
            demand(below.size() == branch.children.size(), "A3: the snapshot has other children", child);
            int i = 0;
            for (Child one = branch.children.first; one != null; one = one.next) {
                ChildStatus status = below.get(i++);
                demand(status.path().equals(one.path), "A3: the snapshot's order", child);
                fresh(status, one);
            }
        }
    }

    /** Returns where every child is that does not simply run. */
    String words() {
        StringBuilder text = new StringBuilder();
        for (Child child : core.children.values()) {
            if (child.actual != ActualState.RUNNING || child.desired != DesiredState.RUNNING) {
                text.append(child.path.shortValue())
                        .append('#')
                        .append(child.generation)
                        .append(' ')
                        .append(child.desired)
                        .append('/')
                        .append(child.actual)
                        .append(child.decided ? "" : " undecided")
                        .append(child.leaving ? " leaving" : "")
                        .append(child.removed ? " removed" : "")
                        .append("; ");
            }
        }
        return text.toString();
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
