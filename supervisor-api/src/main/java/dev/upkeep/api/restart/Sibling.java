package dev.upkeep.api.restart;

import dev.upkeep.api.child.ActualState;
import dev.upkeep.api.child.DesiredState;
import dev.upkeep.api.child.RestartType;
import java.util.List;

/**
 * A child of the supervisor whose child failed, as a strategy sees it.
 *
 * @param after the ids of the siblings it starts after
 * @param ready whether it may be used
 */
public record Sibling(String id, RestartType restart, DesiredState desired, ActualState actual,
        List<String> after,
        boolean ready) {
    public Sibling {
        after = List.copyOf(after);
    }
}
