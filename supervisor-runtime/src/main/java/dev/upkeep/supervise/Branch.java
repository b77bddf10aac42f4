package dev.upkeep.supervise;

import dev.upkeep.api.ChildSpec;
import dev.upkeep.api.SupervisorSpec;
import dev.upkeep.api.child.ActualState;
import dev.upkeep.api.child.ChildPath;
import dev.upkeep.api.restart.Backoff;
import dev.upkeep.api.restart.RestartStrategy;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the core knows of one supervisor. It is a child itself, of the supervisor above. */
final class Branch extends Child {
    final SupervisorSpec rules;
    final RestartStrategy strategy;
    final boolean sequential;
    final Budget budget;
    /** Those it has in each new generation, in start order. */
    final List<Child> declared = new ArrayList<>();
    /** Those it has now, in start order. */
    final List<Child> children = new ArrayList<>();
    /** In a sequential start: the children that have not begun, in order; they are waiting. */
    final ArrayDeque<Child> pending = new ArrayDeque<>();
    /** In a sequential start: the child whose readiness the next one waits for. */
    @Nullable
    Child current;
    @Nullable
    Group group;

    // Kept by Tally.
    /** Children that are alive and can be expected to end. */
    int live;
    int undecided;
    int unready;
    int degraded;
    int unhealthy;

    Branch(ChildPath path, ChildSpec spec, SupervisorSpec rules, @Nullable Branch parent, Backoff backoff,
            RestartStrategy strategy) {
        super(path, spec, parent, backoff);
        this.rules = rules;
        this.strategy = strategy;
        this.sequential = strategy.sequential() || rules.startOrder() == SupervisorSpec.StartOrder.SEQUENTIAL;
        this.budget = new Budget(rules.intensity());
    }

    /** Returns whether children may be started now. */
    boolean isUp() {
        return actual == ActualState.STARTING || actual == ActualState.RUNNING;
    }
}
