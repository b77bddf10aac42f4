package dev.upkeep.supervise;

import dev.upkeep.api.After;
import dev.upkeep.api.child.ActualState;
import dev.upkeep.api.child.Cause;
import dev.upkeep.api.child.DesiredState;
import dev.upkeep.api.child.RestartType;
import dev.upkeep.api.event.EventKind;
import dev.upkeep.api.restart.Backoff;
import dev.upkeep.api.restart.Failure;
import dev.upkeep.api.restart.GroupPlan;
import dev.upkeep.api.restart.Sibling;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Asks the plugins, with a catch and a look at the answer. A plugin that fails is answered for (X4, R4). */
final class Asked {
    private Asked() {}

    static Duration delay(Child child, int attempt, Duration uptime, double random, Turn turn) {
        try {
            Duration delay = child.backoff
                    .delay(new Backoff.Attempt(attempt, child.lastDelay, uptime, random));
            if (delay != null && !delay.isNegative()) {
                return delay;
            }
            tell(turn, child, "back-off answered with " + delay);
        } catch (Exception | LinkageError | StackOverflowError | AssertionError e) {
            tell(turn, child, "back-off failed: " + e);
        }
        return Duration.ofSeconds(Math.min(60, 1L << Math.min(attempt - 1, 6)));
    }

    static Optional<Duration> resetAfter(Child child) {
        try {
            Optional<Duration> answer = child.backoff.resetAfter();
            return answer == null ? Optional.empty() : answer;
        } catch (Exception | LinkageError | StackOverflowError | AssertionError e) {
            return Optional.empty();
        }
    }

    static GroupPlan plan(Child failed, Branch branch, Cause cause, Turn turn) {
        List<Sibling> siblings = branch.children.stream().map(Asked::sibling).collect(Collectors.toList());
        try {
            GroupPlan plan = branch.strategy.plan(new Failure(failed.id(), cause), siblings);
            String fault = faultOf(plan, failed, branch);
            if (fault == null) {
                return plan;
            }
            tell(turn, branch, "strategy's plan refused: " + fault);
        } catch (Exception | LinkageError | StackOverflowError | AssertionError e) {
            tell(turn, branch, "strategy failed: " + e);
        }
        return GroupPlan.alone(failed.id());
    }

    /** A suspended or abandoned child is not wanted running by anyone who may restart it, so no strategy sees it so. */
    private static Sibling sibling(Child child) {
        boolean out = child.actual == ActualState.SUSPENDED || child.actual == ActualState.ABANDONED;
        return new Sibling(child.id(), child.spec.restart(), out ? DesiredState.STOPPED : child.desired,
                child.actual,
                child.spec.after().stream().map(After::id).collect(Collectors.toList()),
                Tally.isReady(child));
    }

    private static @Nullable String faultOf(@Nullable GroupPlan plan, Child failed, Branch branch) {
        if (plan == null) {
            return "it is null";
        }
        if (!plan.start().contains(failed.id())) {
            return "it does not start '" + failed.id() + "', which failed";
        }
        Set<String> allowed = branch.children.stream()
                .filter(c -> c.desired == DesiredState.RUNNING)
                .map(Child::id)
                .collect(Collectors.toSet());
        Set<String> temporary = branch.children.stream()
                .filter(c -> c.spec.restart() == RestartType.TEMPORARY)
                .map(Child::id)
                .collect(Collectors.toSet());
        if (new HashSet<>(plan.start()).size() != plan.start().size()
                || new HashSet<>(plan.stop()).size() != plan.stop().size()) {
            return "it names a child twice";
        }
        for (String id : plan.stop()) {
            if (!allowed.contains(id)) {
                return "it stops '" + id + "', which is not a sibling that is wanted running";
            }
        }
        for (String id : plan.start()) {
            if (!allowed.contains(id) || temporary.contains(id)) {
                return "it starts '" + id + "', which is not a sibling to be restarted";
            }
        }
        for (Child sibling : branch.children) {
            String id = sibling.id();
            if (Tally.canEnd(sibling.actual) && plan.start().contains(id) && !plan.stop().contains(id)) {
                return "it starts '" + id + "', which lives, without stopping it first";
            }
        }
        return null;
    }

    private static void tell(Turn turn, Child child, String text) {
        turn.emit(EventKind.PLUGIN_FAILED, child, text);
    }
}
