package dev.upkeep.restart;

import dev.upkeep.api.restart.Failure;
import dev.upkeep.api.restart.GroupPlan;
import dev.upkeep.api.restart.RestartStrategy;
import dev.upkeep.api.restart.Sibling;
import java.util.List;

record RestForOne() implements RestartStrategy {
    @Override
    public GroupPlan plan(Failure failure, List<Sibling> inStartOrder) {
        int first = 0;
        while (first < inStartOrder.size() && !inStartOrder.get(first).id().equals(failure.id())) {
            first++;
        }
        return Group.of(failure.id(), inStartOrder.subList(first, inStartOrder.size()));
    }

    @Override
    public boolean sequential() {
        return true;
    }
}
