package dev.upkeep.supervise;

import dev.upkeep.api.After;
import dev.upkeep.api.ChildSpec;
import dev.upkeep.api.Reply;
import dev.upkeep.api.SupervisorSpec;
import dev.upkeep.api.TreeSpec;
import dev.upkeep.api.WhenAbandoned;
import dev.upkeep.api.child.Cause;
import dev.upkeep.api.child.ChildPath;
import dev.upkeep.api.child.RestartType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** What the parts of the decisions share: the children, the present turn, the gate, the generator of chance, each other. */
final class Core {
    /** All that were not forgotten. Changed by the owner alone; others may look a spec up. */
    final Map<ChildPath, Child> children = new ConcurrentHashMap<>();
    final Turn turn = new Turn();
    final SplittableRandom random;
    final StartGate gate;
    /** The spec applied last. */
    volatile TreeSpec spec;
    final Plugins plugins;
    final Branch root;
    final Breakers breakers = new Breakers(this);
    final Plans plans = new Plans(this);
    final Herds herds = new Herds(this);
    final Starts starts = new Starts(this);
    final StartOrder order = new StartOrder(this);
    final Falls falls = new Falls(this);
    final Stops stops = new Stops(this);
    final Ends ends = new Ends(this);
    final Shutdown shutdown = new Shutdown(this);
    final Failures failures = new Failures(this);
    final Suspensions suspensions = new Suspensions(this);
    final Groups groups = new Groups(this);
    final Verbs verbs = new Verbs(this);
    final Changes changes = new Changes(this);
    final Applies applies = new Applies(this);
    boolean startReported;
    boolean ended;
    int shutdownsAsked;
    /** The exit code that an essential child's end has decided on. */
    OptionalInt exitCode = OptionalInt.empty();

    Core(TreeSpec spec, Plugins plugins, long seed) {
        this.spec = spec;
        this.plugins = plugins;
        this.random = new SplittableRandom(seed);
        this.gate = new StartGate(spec);
        this.root = (Branch) create(new ChildPath(spec.name()), rootSpec(spec), null);
    }

    /** Returns the root as a child: of nobody, by no rule but those of the tree. */
    static ChildSpec rootSpec(TreeSpec spec) {
        return new ChildSpec(spec.name(), spec.root(), RestartType.TEMPORARY,
                ChildSpec.defaultStop(spec.root()),
                ChildSpec.DEFAULT_START_TIMEOUT, ChildSpec.DEFAULT_BACKOFF, Optional.empty(), List.of(),
                List.of(), true,
                false, false, false, WhenAbandoned.HOLD, Optional.empty());
    }

    /** Makes a child, with all below it, and makes it known. It is not among its supervisor's children yet. */
    Child create(ChildPath path, ChildSpec spec, @Nullable Branch parent) {
        Child child;
        if (spec.work() instanceof SupervisorSpec rules) {
            Branch branch = new Branch(path, spec, rules, parent, plugins.backoff(spec.backoff()),
                    plugins.strategy(rules.strategy()));
            // Those below may have had runs too, in a supervisor of that name that was forgotten.
            branch.forgotten = parent == null ? 0 : parent.forgotten;
            for (ChildSpec below : rules.children()) {
                Child declared = create(path.child(below.id()), below, branch);
                declared.declared = true;
                append(declared, branch);
            }
            for (Child below : branch.children) {
                connect(below, branch);
            }
            child = branch;
        } else {
            child = new Child(path, spec, parent, plugins.backoff(spec.backoff()));
        }
        if (parent != null) {
            child.generation = parent.forgotten;
        }
        children.put(path, child);
        breakers.addUser(child);
        return child;
    }

    void append(Child child, Branch branch) {
        branch.children.add(child);
        Views.append(child, branch);
    }

    /** Links a child with the siblings it starts after, and those that start after it. */
    void connect(Child child, Branch branch) {
        for (After after : child.spec.after()) {
            Child first = children.get(branch.path.child(after.id()));
            if (first != null) {
                first.dependents = plus(first.dependents, child);
                child.predecessors = plus(child.predecessors, first);
            }
        }
    }

    /** Forgets whom a child starts after. */
    void disconnect(Child child) {
        for (Child first : child.predecessors) {
            first.dependents.remove(child);
        }
        child.predecessors = List.of();
    }

    private static List<Child> plus(List<Child> list, Child child) {
        List<Child> longer = list instanceof ArrayList ? list : new ArrayList<>(2);
        longer.add(child);
        return longer;
    }

    /** Returns the child at a path, unless it, or a supervisor above it, was taken out of the tree. */
    @Nullable
    Child find(ChildPath path) {
        Child found = children.get(path);
        return found == null || !isPresent(found) ? null : found;
    }

    static boolean isPresent(Child found) {
        for (Child child = found; child != null; child = child.parent) {
            if (child.removed) {
                return false;
            }
        }
        return true;
    }

    /**
     * Takes a child out of the tree. One that its supervisor's spec declares comes back with a new generation of that, and
     * what is known of its runs stays: generations must not repeat, and an abandoned instance below it may still live.
     */
    void remove(Child child) {
        Branch parent = child.parent;
        if (parent == null || child.removed) {
            return;
        }
        child.removed = true;
        String text = "'" + child.path.shortValue() + "' is temporary and ended, so it is gone for good";
        turn.answerAll(child, Reply.Kind.DONE, text, Event.Verb.STOP);
        turn.answerAll(child, Reply.Kind.START_FAILED, text, Event.Verb.START, Event.Verb.RESTART,
                Event.Verb.RESET);
        Tally.decided(child);
        Tally.settle(child);
        Group.drop(child);
        parent.children.remove(child);
        parent.pending.remove(child);
        Views.takeOut(child, parent);
        if ((child.declared && !child.leaving) || holdsLive(child)) {
            parent.gone.add(child);
            if (child.leaving) {
                detach(child, parent);
            }
        } else {
            forget(child, parent);
        }
    }

    /** Returns whether an abandoned instance lives on below it: it is still to be told of. */
    static boolean holdsLive(Child child) {
        if (child instanceof Branch branch) {
            for (Child below : branch.children) {
                if (holdsLive(below)) {
                    return true;
                }
            }
            return !branch.leftBehind.isEmpty() || branch.gone.stream().anyMatch(Core::holdsLive);
        }
        return child.actual.isLive() || !child.leftBehind.isEmpty();
    }

    /**
     * Takes a child out of the tree for good. It is down, and so is all below it; if an abandoned instance lives on there,
     * it is forgotten when that has ended.
     */
    void discard(Child child) {
        Branch parent = child.parent;
        if (parent == null) {
            return;
        }
        child.leaving = true;
        String text = "'" + child.path.shortValue() + "' is gone for good";
        turn.answerAll(child, Reply.Kind.DONE, text, Event.Verb.STOP, Event.Verb.REMOVE);
        turn.answerAll(child, Reply.Kind.START_FAILED, text, Event.Verb.START, Event.Verb.RESTART,
                Event.Verb.RESET);
        if (!child.removed) {
            remove(child);
        } else if (!holdsLive(child)) {
            parent.gone.remove(child);
            forget(child, parent);
        }
    }

    private void forget(Child child, Branch parent) {
        parent.forgotten = Math.max(parent.forgotten, forgetAll(child));
        detach(child, parent);
    }

    /** Lets go of all that waited for a child. */
    private void detach(Child child, Branch parent) {
        List<Child> waiting = List.copyOf(child.dependents);
        for (Child dependent : waiting) {
            dependent.predecessors.remove(child);
        }
        child.dependents = List.of();
        disconnect(child);
        waiting.forEach(order::beginIfItsTurn);
        if (parent.sequential) {
            order.advance(parent);
        }
    }

    /** Forgets a child and all below it; returns the greatest generation any of them ever had. */
    private long forgetAll(Child child) {
        turn.cancelTimers(child);
        children.remove(child.path);
        breakers.removeUser(child);
        turn.act(new Action.Forget(child.path, child.spec));
        long greatest = child.generation;
        if (child instanceof Branch branch) {
            greatest = Math.max(greatest, branch.forgotten);
            for (Child below : branch.children) {
                greatest = Math.max(greatest, forgetAll(below));
            }
            for (Child below : branch.gone) {
                greatest = Math.max(greatest, forgetAll(below));
            }
        }
        return greatest;
    }

    /** Ends the whole tree because of one child (G4). */
    void endBecauseOf(Child child, int code, String what) {
        if (exitCode.isEmpty() && shutdownsAsked == 0) {
            exitCode = OptionalInt.of(code);
            shutdown.begin("essential child '" + child.path.shortValue() + "' " + what, Cause.completed());
            // Nobody asked yet: the first who does waits in order, and forces nothing.
            shutdownsAsked = 0;
        }
    }
}
