package dev.upkeep.supervise;

import dev.upkeep.api.child.ActualState;
import dev.upkeep.api.child.Cause;
import dev.upkeep.api.child.DesiredState;
import dev.upkeep.api.child.RestartType;
import dev.upkeep.api.event.EventKind;
import dev.upkeep.api.restart.GroupPlan;
import dev.upkeep.api.settings.Durations;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Group restarts: members stop in order, the longest wait passes, members start in order (R4 to R9). */
final class Groups {
    private final Core core;
    private final Turn turn;

    Groups(Core core) {
        this.core = core;
        this.turn = core.turn;
    }

    /** Begins a group restart, or takes a further failure into the one under way. */
    void restart(Child failed, GroupPlan plan, Duration delay, boolean placeTaken, Cause cause) {
        Branch branch = parentOf(failed);
        Group group = branch.group;
        long due = Turn.later(turn.now, Durations.saturatedNanos(delay));
        if (group == null) {
            group = new Group(failed.id());
            group.dueAt = due;
            group.placeTaken = placeTaken;
            branch.group = group;
        } else {
            group.dueAt = group.phase == Group.Phase.STARTING ? due : Math.max(group.dueAt, due);
            if (placeTaken && group.placeTaken) {
                branch.budget.giveBack();
            }
            group.placeTaken |= placeTaken;
            group.failed = failed.id();
        }
        group.phase = Group.Phase.STOPPING;
        enlist(branch, group, plan);
        for (Child member : group.starts()) {
            member.restarting = true;
            if (member.isDown()) {
                Tally.move(member, member.equals(failed) ? ActualState.BACKOFF : ActualState.WAITING);
            }
        }
        core.order.putBack(branch);
        failed.nextAt = group.dueAt;
        failed.nextKnown = true;
        int attempt = failed.failures;
        turn.emit(EventKind.RESTART_SCHEDULED, failed,
                () -> "restart with its group, attempt " + attempt + ", in " + Failures.words(delay),
                Optional.of(cause), Optional.of(delay));
        advance(branch);
    }

    /** Puts the plan's members into the group; those of an earlier plan that have not gone down or come up yet stay members. */
    private void enlist(Branch branch, Group group, GroupPlan plan) {
        List<Child> starts = membersOf(branch, plan.start());
        Set<Child> planned = new HashSet<>(starts);
        for (Child earlier : group.starts()) {
            boolean comesUp = !earlier.complete || (earlier.groupStops && Tally.canEnd(earlier.actual));
            if (earlier.groupStarts && comesUp && !planned.contains(earlier)) {
                starts.add(earlier);
            }
        }
        List<Child> stops = membersOf(branch, plan.stop());
        planned.clear();
        planned.addAll(stops);
        for (Child earlier : group.stops()) {
            if (earlier.groupStops && Tally.canEnd(earlier.actual) && !planned.contains(earlier)) {
                stops.add(earlier);
            }
        }
        group.setMembers(stops, starts);
        for (List<Child> members : List.of(starts, stops)) {
            for (Child member : members) {
                if (member.isDown()) {
                    if (member.nextKnown) {
                        group.dueAt = Math.max(group.dueAt, member.nextAt);
                    }
                    core.starts.cancel(member);
                }
            }
        }
    }

    private List<Child> membersOf(Branch branch, List<String> ids) {
        List<Child> members = new ArrayList<>(ids.size());
        Child last = null;
        for (String id : ids) {
            last = core.plans.find(branch, id, last);
            if (last != null) {
                members.add(last);
            }
        }
        return members;
    }

    private static Branch parentOf(Child child) {
        if (child.parent == null) {
            throw new IllegalStateException("the root has no siblings");
        }
        return child.parent;
    }

    /** The wait of a group has passed: a supervisor's back-off while it lives is that of a group below it. */
    void waitOver(Child supervisor) {
        if (supervisor instanceof Branch branch) {
            advance(branch);
        }
    }

    /** Takes the group's next steps, as far as they are possible now. */
    void advance(Branch branch) {
        Group group = branch.group;
        if (group == null || !branch.isUp() || group.advancing) {
            return;
        }
        // Members that end at once come back here; whoever asked them goes on with the next.
        group.advancing = true;
        boolean allGone = group.phase == Group.Phase.STOPPING && stopMembers(branch, group);
        group.advancing = false;
        if (!isStill(branch, group)) {
            return;
        }
        if (allGone) {
            group.phase = Group.Phase.WAITING;
        }
        if (group.phase == Group.Phase.WAITING) {
            if (turn.now - group.dueAt < 0) {
                turn.setTimer(Timer.Kind.BACKOFF, branch, group.dueAt);
            } else {
                startMembers(branch, group);
            }
        }
    }

    @SuppressWarnings("ReferenceEquality") // that very restart, and no later one
    private static boolean isStill(Branch branch, Group group) {
        return branch.group == group && branch.isUp();
    }

    /** Asks the next members to stop; says whether all are gone (R6). */
    private boolean stopMembers(Branch branch, Group group) {
        while (isStill(branch, group) && !group.isDown()) {
            boolean asked = false;
            for (Child member : group.nextToStop(branch.sequential)) {
                asked |= member.actual != ActualState.STOPPING;
                core.stops.ask(member, Cause.group(group.failed));
            }
            if (!asked) {
                return false;
            }
        }
        return isStill(branch, group);
    }

    private void startMembers(Branch branch, Group group) {
        group.phase = Group.Phase.STARTING;
        group.clearStops();
        turn.cancelTimer(Timer.Kind.BACKOFF, branch);
        boolean oneCannotStart = false;
        List<Child> members = new ArrayList<>(group.starts().size());
        for (Child member : group.starts()) {
            if (!member.groupStarts) {
                continue;
            }
            if (member.removed || member.desired != DesiredState.RUNNING
                    || member.actual == ActualState.SUSPENDED) {
                Group.drop(member);
                continue;
            }
            member.nextKnown = false;
            // One that was abandoned keeps its turn, and those after it wait for it (R8).
            boolean abandoned = member.actual == ActualState.ABANDONED;
            oneCannotStart |= abandoned;
            if (member.isDown() || (branch.sequential && abandoned)) {
                members.add(member);
            }
        }
        // One that is still on its way up from an earlier attempt goes on, and is waited for.
        if (branch.current != null && branch.current.isDown() && branch.current.groupStarts) {
            branch.current = null;
        }
        if (members.isEmpty()) {
            finish(branch, false);
            core.order.advance(branch);
        } else {
            core.order.startInOrder(branch, members);
            if (oneCannotStart && isStill(branch, group)) {
                finish(branch, true);
            }
        }
    }

    /** Returns whether the child is a member that must wait until the group starts. */
    boolean holds(Child child) {
        Group group = child.parent == null ? null : child.parent.group;
        return group != null && group.phase != Group.Phase.STARTING && Group.has(child);
    }

    /** Returns whether a sequential start of the supervisor's children must wait until its group starts. */
    boolean holdsAll(Branch branch) {
        return branch.group != null && branch.group.phase != Group.Phase.STARTING;
    }

    /** Returns whether the end of this instance is the group's own business: nothing is counted again (R9). */
    boolean takesOver(Child child, Cause cause) {
        Branch branch = parentOf(child);
        Group group = branch.group;
        if (group == null || !group.awaitsEndOf(child)) {
            return false;
        }
        if (child.spec.restart() == RestartType.TEMPORARY && child.startWhenGone) {
            // No group would start it again; but a person wants it.
            memberLeft(child);
            return false;
        }
        if (cause.kind() == Cause.Kind.COMPLETED && child.spec.restart() != RestartType.PERMANENT
                && !child.startWhenGone) {
            return false;
        }
        // One that ended by itself before the group stopped it has ended for good, by its own rules (G2, G4).
        if (child.spec.restart() == RestartType.TEMPORARY && cause.kind() != Cause.Kind.GROUP) {
            return false;
        }
        if (child.spec.restart() == RestartType.TEMPORARY) {
            Group.drop(child);
            core.remove(child);
        } else if (child.groupStarts) {
            Tally.move(child, ActualState.WAITING);
        }
        return true;
    }

    /** A member of a starting group has come up; the last one ends the group. */
    void memberComplete(Child child) {
        Branch branch = child.parent;
        Group group = branch == null ? null : branch.group;
        if (branch != null && group != null && group.phase == Group.Phase.STARTING
                && group.isUp()) {
            finish(branch, true);
        }
    }

    /** A member was stopped by request, or is done: the others go on without it. */
    void memberLeft(Child child) {
        Branch branch = child.parent;
        Group group = branch == null ? null : branch.group;
        if (branch == null || group == null || !Group.has(child)) {
            return;
        }
        Group.drop(child);
        if (group.phase == Group.Phase.STARTING) {
            if (group.isUp()) {
                finish(branch, true);
            }
        } else {
            advance(branch);
        }
    }

    /** A member is suspended or abandoned: the group ends, and those after it wait for it (R8). */
    void memberCannotStart(Child child) {
        Branch branch = child.parent;
        Group group = branch == null ? null : branch.group;
        if (branch == null || group == null || !Group.has(child)) {
            return;
        }
        if (group.phase == Group.Phase.STARTING) {
            finish(branch, true);
        } else if (child.actual == ActualState.ABANDONED) {
            child.groupStops = false;
            advance(branch);
        } else {
            Group.drop(child);
            advance(branch);
        }
    }

    /** Begins the group's starts now, because a person asked for one of its members. */
    void hurry(Child member) {
        Branch branch = member.parent;
        if (branch != null && branch.group != null) {
            branch.group.dueAt = turn.now;
            advance(branch);
        }
    }

    /** A new attempt follows a failed one: the place of the old one becomes a stamp. */
    void stampFailedAttempt(Branch branch) {
        if (branch.group != null && branch.group.placeTaken) {
            branch.group.placeTaken = false;
            branch.budget.stamp(turn.now);
        }
    }

    private void finish(Branch branch, boolean attempted) {
        Group group = branch.group;
        if (group != null && group.placeTaken) {
            if (attempted) {
                branch.budget.stamp(turn.now);
            } else {
                branch.budget.giveBack();
            }
        }
        if (group != null) {
            group.clear();
        }
        branch.group = null;
        turn.cancelTimer(Timer.Kind.BACKOFF, branch);
    }

    /** Ends a group whose supervisor goes down. */
    void forget(Branch branch) {
        finish(branch, false);
    }

    /** Returns the group that a waiting child waits with, in words. */
    static @Nullable String waitsWith(Child child) {
        Group group = child.parent == null ? null : child.parent.group;
        if (group == null || group.phase == Group.Phase.STARTING || !Group.has(child)) {
            return null;
        }
        return "the restart of its group after '" + group.failed + "' failed";
    }
}
