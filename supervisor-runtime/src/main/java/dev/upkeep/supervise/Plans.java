package dev.upkeep.supervise;

import dev.upkeep.api.child.ChildPath;
import dev.upkeep.api.child.DesiredState;
import dev.upkeep.api.child.RestartType;
import dev.upkeep.api.restart.GroupPlan;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Looks at what a strategy wants done, before it is done (R4). Costs as much as the plan is long. */
final class Plans {
    private final Core core;

    Plans(Core core) {
        this.core = core;
    }

    /**
     * Returns the child of that id.
     *
     * @param near the one before it in the plan: most plans go through the siblings in order, one way or the other
     */
    @Nullable
    Child find(Branch branch, String id, @Nullable Child near) {
        if (near != null && near.next != null && near.next.id().equals(id)) {
            return near.next;
        }
        if (near != null && near.previous != null && near.previous.id().equals(id)) {
            return near.previous;
        }
        if (!ChildPath.isId(id)) {
            return null;
        }
        Child child = core.children.get(branch.path.child(id));
        return child == null || child.removed ? null : child;
    }

    /** Returns what is wrong with the plan; nothing if it may be carried out. */
    @Nullable
    String faultOf(GroupPlan plan, Child failed, Branch branch) {
        if (plan.stop().isEmpty() && plan.start().size() == 1 && plan.start().get(0).equals(failed.id())) {
            return null;
        }
        Set<Child> stops = new HashSet<>();
        Child last = null;
        for (String id : plan.stop()) {
            last = find(branch, id, last);
            if (last == null || last.desired != DesiredState.RUNNING) {
                return "it stops '" + id + "', which is not a sibling that is wanted running";
            }
            if (!stops.add(last)) {
                return "it names a child twice";
            }
        }
        return faultOfStarts(plan.start(), failed, branch, stops);
    }

    private @Nullable String faultOfStarts(List<String> ids, Child failed, Branch branch, Set<Child> stops) {
        Set<Child> starts = new HashSet<>();
        Child last = null;
        for (String id : ids) {
            last = find(branch, id, last);
            if (last == null || last.desired != DesiredState.RUNNING
                    || last.spec.restart() == RestartType.TEMPORARY) {
                return "it starts '" + id + "', which is not a sibling to be restarted";
            }
            if (!starts.add(last)) {
                return "it names a child twice";
            }
            if (Tally.canEnd(last.actual) && !stops.contains(last)) {
                return "it starts '" + id + "', which lives, without stopping it first";
            }
        }
        return starts.contains(failed) ? null : "it does not start '" + failed.id() + "', which failed";
    }
}
