package dev.upkeep.api.restart;

import java.util.List;

/**
 * Which siblings are restarted with a child that failed. A total, pure function: called on the tree's loop, so it
 * must not block, start threads or remember. If it throws, or its plan is refused, the failed child alone is
 * restarted.
 */
@FunctionalInterface
public interface RestartStrategy {
    /**
     * Plans the group restart.
     *
     * @param inStartOrder all children of the supervisor, the failed one among them
     */
    GroupPlan plan(Failure failure, List<Sibling> inStartOrder);

    /** Returns whether children start one at a time, each after the one before it is ready (S1). */
    default boolean sequential() {
        return false;
    }
}
