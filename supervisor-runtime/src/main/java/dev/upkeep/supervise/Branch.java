package dev.upkeep.supervise;

import dev.upkeep.api.ChildSpec;
import dev.upkeep.api.SupervisorSpec;
import dev.upkeep.api.child.ActualState;
import dev.upkeep.api.child.ChildPath;
import dev.upkeep.api.child.ChildStatus;
import dev.upkeep.api.restart.Backoff;
import dev.upkeep.api.restart.RestartStrategy;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the core knows of one supervisor. It is a child itself, of the supervisor above. */
final class Branch extends Child {
    SupervisorSpec rules;
    RestartStrategy strategy;
    boolean sequential;
    final Budget budget;
    /** Those it has now, in start order. */
    final Siblings children = new Siblings();
    /** Declared ones that are temporary and ended: a new generation has them again (R5). */
    final List<Child> gone = new ArrayList<>(0);
    /** The greatest generation of any that was forgotten, below it too: whoever is made later begins above it. */
    long forgotten;
    /** In a sequential start: the children that have not begun, in order; they are waiting. */
    final LinkedHashSet<Child> pending = new LinkedHashSet<>(0);
    /** In a sequential start: the child whose readiness the next one waits for. */
    @Nullable
    Child current;
    @Nullable
    Group group;
    /** In a sequential stop: where to look for the next child; nobody after it lives. */
    @Nullable
    Child lastToStop;
    /** Whether its children are being asked to stop at the moment, or to start. */
    boolean asking;
    boolean advancing;

    // Kept by Tally.
    /** Children that are alive and can be expected to end. */
    int live;
    int undecided;
    int unready;
    /** Significant children that are wanted running (G2). */
    int significant;
    /** Children that are wanted running and flapping, or supervisors above such. */
    int unsteady;
    int degraded;
    int unhealthy;

    // Kept by Views.
    Blocks<ChildStatus> views = Blocks.empty();
    int slots;
    ChildStatus.@Nullable LastExit lastSeenExit;
    final List<Child> changed = new ArrayList<>(0);
    /** Whom the waiting ones are seen to wait for. */
    @Nullable
    Child seenHolding;

    Branch(ChildPath path, ChildSpec spec, SupervisorSpec rules, @Nullable Branch parent, Backoff backoff,
            RestartStrategy strategy) {
        super(path, spec, parent, backoff);
        this.rules = rules;
        this.strategy = strategy;
        this.sequential = isSequential(rules, strategy);
        this.budget = new Budget(rules.intensity());
    }

    static boolean isSequential(SupervisorSpec rules, RestartStrategy strategy) {
        return strategy.sequential() || rules.startOrder() == SupervisorSpec.StartOrder.SEQUENTIAL;
    }

    /** Returns whether children may be started now. */
    boolean isUp() {
        return actual == ActualState.STARTING || actual == ActualState.RUNNING;
    }
}
