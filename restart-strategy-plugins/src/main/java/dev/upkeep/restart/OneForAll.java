package dev.upkeep.restart;

import dev.upkeep.api.restart.Failure;
import dev.upkeep.api.restart.GroupPlan;
import dev.upkeep.api.restart.RestartStrategy;
import dev.upkeep.api.restart.Sibling;
import java.util.List;

record OneForAll() implements RestartStrategy {
    @Override
    public GroupPlan plan(Failure failure, List<Sibling> inStartOrder) {
        return Group.of(failure.id(), inStartOrder);
    }

    @Override
    public boolean sequential() {
        return true;
    }
}
