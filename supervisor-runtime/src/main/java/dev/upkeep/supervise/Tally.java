package dev.upkeep.supervise;

import dev.upkeep.api.child.ActualState;
import dev.upkeep.api.child.DesiredState;
import dev.upkeep.api.child.HealthStatus;
import org.jspecify.annotations.Nullable;

/** Keeps each supervisor's counts of unready and unwell children, by differences, and its health (H8). */
final class Tally {
    private Tally() {}

    /** The one way in which a child's state changes. */
    static void move(Child child, ActualState to) {
        if (child.parent != null) {
            child.parent.live += (canEnd(to) ? 1 : 0) - (canEnd(child.actual) ? 1 : 0);
        }
        child.actual = to;
        settle(child);
    }

    /** Returns whether an instance lives in that state and can be waited for. */
    static boolean canEnd(ActualState state) {
        return state.isLive() && state != ActualState.ABANDONED;
    }

    /** Must follow every change of a child. Its new view, and those above, will be seen with the next snapshot. */
    static void settle(Child child) {
        Views.changed(child);
        Branch parent = child.parent;
        if (parent == null) {
            return;
        }
        boolean unready = !child.removed && child.desired == DesiredState.RUNNING && !isReady(child);
        if (unready != child.countedUnready) {
            child.countedUnready = unready;
            parent.unready += unready ? 1 : -1;
        }
        boolean significant = !child.removed && child.desired == DesiredState.RUNNING
                && child.spec.significant();
        if (significant != child.countedSignificant) {
            child.countedSignificant = significant;
            parent.significant += significant ? 1 : -1;
        }
        boolean unsteady = !child.removed && child.desired == DesiredState.RUNNING && isUnsteady(child);
        if (unsteady != child.countedUnsteady) {
            child.countedUnsteady = unsteady;
            parent.unsteady += unsteady ? 1 : -1;
        }
        HealthStatus effect = effect(child);
        count(parent, child.countedHealth, -1);
        count(parent, effect, 1);
        child.countedHealth = effect;
        settle(parent);
    }

    private static void count(Branch parent, HealthStatus effect, int by) {
        if (effect == HealthStatus.DEGRADED) {
            parent.degraded += by;
        } else if (effect == HealthStatus.UNHEALTHY) {
            parent.unhealthy += by;
        }
    }

    /** Returns whether the child may be used. A supervisor may be, if all it wants running may be. */
    static boolean isReady(Child child) {
        if (child instanceof Branch branch) {
            return branch.isUp() && branch.unready == 0 && branch.undecided == 0;
        }
        return child.actual == ActualState.RUNNING && child.ready;
    }

    /** Returns whether the child is flapping, or any that is wanted running below it. */
    static boolean isUnsteady(Child child) {
        return child instanceof Branch branch ? branch.unsteady > 0 : child.isFlapping();
    }

    /** Returns whether others are to see the child as ready (H9). The tree itself goes by {@link #isReady}. */
    static boolean isSeenReady(Child child) {
        return isReady(child) && !isUnsteady(child);
    }

    /** Returns the child's health by itself; unknown while nothing of it runs. */
    static HealthStatus healthOf(Child child) {
        if (child instanceof Branch branch && branch.isUp()) {
            if (branch.unhealthy > 0) {
                return HealthStatus.UNHEALTHY;
            }
            return branch.degraded > 0 ? HealthStatus.DEGRADED : HealthStatus.HEALTHY;
        }
        return child.actual == ActualState.RUNNING || child.actual == ActualState.STARTING
                ? child.health
                : HealthStatus.UNKNOWN;
    }

    /** Returns what the child does to its supervisor's health. */
    private static HealthStatus effect(Child child) {
        if (child.removed || child.actual == ActualState.STOPPED || child.actual == ActualState.COMPLETED) {
            return HealthStatus.HEALTHY;
        }
        HealthStatus own = healthOf(child);
        if (own == HealthStatus.UNHEALTHY || !isSeenReady(child)) {
            return child.spec.critical() ? HealthStatus.UNHEALTHY : HealthStatus.DEGRADED;
        }
        return own == HealthStatus.HEALTHY ? HealthStatus.HEALTHY : HealthStatus.DEGRADED;
    }

    /** Notes that the first start of a child has succeeded or failed. */
    static void decided(Child child) {
        @Nullable
        Branch parent = child.parent;
        if (!child.decided && parent != null) {
            child.decided = true;
            parent.undecided--;
        }
    }
}
