package dev.upkeep.process;

import dev.upkeep.api.ResourceLimit;
import dev.upkeep.api.RunAs;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** The rules of tests, each with one thing in it. */
final class RunningAs {
    private RunningAs() {}

    static RunAs user(String user) {
        return new RunAs(Optional.of(user), Optional.empty(), OptionalInt.empty(), OptionalInt.empty(),
                OptionalInt.empty(), Map.of());
    }

    static RunAs account(String user, String group) {
        return new RunAs(Optional.of(user), Optional.of(group), OptionalInt.empty(), OptionalInt.empty(),
                OptionalInt.empty(), Map.of());
    }

    static RunAs group(String group) {
        return new RunAs(Optional.empty(), Optional.of(group), OptionalInt.empty(), OptionalInt.empty(),
                OptionalInt.empty(), Map.of());
    }

    static RunAs umask(int umask) {
        return new RunAs(Optional.empty(), Optional.empty(), OptionalInt.of(umask), OptionalInt.empty(),
                OptionalInt.empty(), Map.of());
    }

    static RunAs nice(int nice) {
        return new RunAs(Optional.empty(), Optional.empty(), OptionalInt.empty(), OptionalInt.of(nice),
                OptionalInt.empty(), Map.of());
    }

    static RunAs oomScoreAdjust(int score) {
        return new RunAs(Optional.empty(), Optional.empty(), OptionalInt.empty(), OptionalInt.empty(),
                OptionalInt.of(score), Map.of());
    }

    static RunAs limit(ResourceLimit limit, ResourceLimit.Bound bound) {
        return new RunAs(Optional.empty(), Optional.empty(), OptionalInt.empty(), OptionalInt.empty(),
                OptionalInt.empty(), Map.of(limit, bound));
    }

    /** Returns a rule with a stage of each sort that an ordinary user may have. */
    static RunAs allAtOnce() {
        return new RunAs(Optional.empty(), Optional.empty(), OptionalInt.of(027),
                OptionalInt.of(Math.min(19, Rights.ownNice() + 3)), OptionalInt.of(1000),
                Map.of(ResourceLimit.OPEN_FILES, new ResourceLimit.Bound(100, 200), ResourceLimit.CORE,
                        ResourceLimit.Bound.of(0)));
    }
}
