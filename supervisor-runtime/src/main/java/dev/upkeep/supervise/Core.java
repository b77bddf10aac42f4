package dev.upkeep.supervise;

import dev.upkeep.api.ChildSpec;
import dev.upkeep.api.Reply;
import dev.upkeep.api.SupervisorSpec;
import dev.upkeep.api.TreeSpec;
import dev.upkeep.api.WhenAbandoned;
import dev.upkeep.api.child.Cause;
import dev.upkeep.api.child.ChildPath;
import dev.upkeep.api.child.RestartType;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** What the parts of the decisions share: the children, the present turn, the gate, the generator of chance, each other. */
final class Core {
    final Map<ChildPath, Child> children = new HashMap<>();
    final Turn turn = new Turn();
    final SplittableRandom random;
    final StartGate gate;
    final TreeSpec spec;
    final Plugins plugins;
    final Branch root;
    final Starts starts = new Starts(this);
    final StartOrder order = new StartOrder(this);
    final Stops stops = new Stops(this);
    final Failures failures = new Failures(this);
    final Groups groups = new Groups(this);
    final Breakers breakers = new Breakers(this);
    final Verbs verbs = new Verbs(this);
    boolean startReported;
    boolean ended;
    int shutdownsAsked;
    /** The exit code that an essential child's end has decided on. */
    OptionalInt exitCode = OptionalInt.empty();

    Core(TreeSpec spec, Plugins plugins, long seed) {
        this.spec = spec;
        this.plugins = plugins;
        this.random = new SplittableRandom(seed);
        this.gate = new StartGate(spec.maxConcurrentStarts());
        ChildSpec top = new ChildSpec(spec.name(), spec.root(), RestartType.TEMPORARY,
                ChildSpec.defaultStop(spec.root()), ChildSpec.DEFAULT_START_TIMEOUT,
                ChildSpec.DEFAULT_BACKOFF,
                Optional.empty(), List.of(), List.of(), true, false, false, false, WhenAbandoned.HOLD,
                Optional.empty());
        this.root = (Branch) create(new ChildPath(spec.name()), top, null);
    }

    /** Makes a child, with all below it, and makes it known. */
    Child create(ChildPath path, ChildSpec spec, @Nullable Branch parent) {
        Child child;
        if (spec.work() instanceof SupervisorSpec rules) {
            Branch branch = new Branch(path, spec, rules, parent, plugins.backoff(spec.backoff()),
                    plugins.strategy(rules.strategy()));
            for (ChildSpec below : rules.children()) {
                branch.declared.add(create(path.child(below.id()), below, branch));
            }
            branch.children.addAll(branch.declared);
            for (Child below : branch.children) {
                connect(below, branch);
            }
            child = branch;
        } else {
            child = new Child(path, spec, parent, plugins.backoff(spec.backoff()));
        }
        children.put(path, child);
        return child;
    }

    /** Links a child with the siblings it starts after, and those that start after it. */
    void connect(Child child, Branch branch) {
        for (var after : child.spec.after()) {
            Child first = children.get(branch.path.child(after.id()));
            if (first != null) {
                first.dependents.add(child);
                child.predecessors.add(first);
            }
        }
    }

    /** Returns the child at a path, unless it, or a supervisor above it, was taken out of the tree. */
    @Nullable
    Child find(ChildPath path) {
        Child found = children.get(path);
        for (Child child = found; child != null; child = child.parent) {
            if (child.removed) {
                return null;
            }
        }
        return found;
    }

    /**
     * Takes a child out of the tree, until a new generation of its supervisor has it again. What is known of its runs
     * stays: generations must not repeat, and an abandoned instance below it may still live.
     */
    void remove(Child child) {
        Branch parent = child.parent;
        if (parent == null) {
            return;
        }
        child.removed = true;
        String text = "'" + child.path.shortValue() + "' is temporary and ended, so it is gone for good";
        turn.answerAll(child, Reply.Kind.DONE, text, Event.Verb.STOP);
        turn.answerAll(child, Reply.Kind.START_FAILED, text, Event.Verb.START, Event.Verb.RESTART,
                Event.Verb.RESET);
        Tally.decided(child);
        Tally.settle(child);
        parent.children.remove(child);
        parent.pending.remove(child);
    }

    /** Ends the whole tree because of one child (G4). */
    void endBecauseOf(Child child, int code, String what) {
        if (exitCode.isEmpty() && shutdownsAsked == 0) {
            exitCode = OptionalInt.of(code);
            stops.shutdown("essential child '" + child.path.shortValue() + "' " + what, Cause.completed());
            // Nobody asked yet: the first who does waits in order, and forces nothing.
            shutdownsAsked = 0;
        }
    }
}
