package dev.upkeep.api.restart;

import java.util.List;

/**
 * What a strategy wants done. The core refuses a plan that names strangers, omits the failed child from the starts,
 * or touches a sibling that is not wanted running.
 *
 * @param stop ids to stop, in this order
 * @param start ids to start afterwards, in this order; the failed child is one of them
 */
public record GroupPlan(List<String> stop, List<String> start) {
    public GroupPlan {
        stop = List.copyOf(stop);
        start = List.copyOf(start);
    }

    /** Returns the plan that restarts one child and touches nobody else. */
    public static GroupPlan alone(String id) {
        return new GroupPlan(List.of(), List.of(id));
    }
}
