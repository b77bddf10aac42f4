package dev.upkeep.restart;

import dev.upkeep.api.child.DesiredState;
import dev.upkeep.api.child.RestartType;
import dev.upkeep.api.restart.GroupPlan;
import dev.upkeep.api.restart.Sibling;
import java.util.ArrayList;
import java.util.List;

/** The plan that restarts several siblings together. */
final class Group {
    private Group() {}

    /**
     * Plans for the failed child and the given members, in start order. Members that are not wanted running stay as
     * they are (R5), where OTP would resurrect them; temporary ones are stopped and not started again.
     */
    static GroupPlan of(String failed, List<Sibling> members) {
        List<String> stop = new ArrayList<>();
        List<String> start = new ArrayList<>();
        for (Sibling member : members) {
            if (member.id().equals(failed)) {
                start.add(failed);
            } else if (member.desired() == DesiredState.RUNNING) {
                if (member.actual().isLive()) {
                    stop.add(0, member.id());
                }
                if (member.restart() != RestartType.TEMPORARY) {
                    start.add(member.id());
                }
            }
        }
        return start.contains(failed) ? new GroupPlan(stop, start) : GroupPlan.alone(failed);
    }
}
