package dev.upkeep.supervise;

import dev.upkeep.api.child.HealthStatus;
import dev.upkeep.api.health.Health;
import dev.upkeep.api.health.Role;

/**
 * What the answers of one check have come to so far (H1 to H4). A value: each answer gives the next one, which is the same
 * object if the answer changes nothing.
 *
 * @param passing whether the check holds nothing against the child: for liveness that it lives, for readiness that it
 *         may be used, for startup that it is up
 * @param seen what the answers that counted say
 * @param reason of what was seen, or of the last error of the check itself
 * @param failures unhealthy answers in a row
 * @param successes answers in a row by which it works, degraded ones among them
 * @param degraded degraded answers in a row
 * @param errors errors of the check itself in a row
 */
public record CheckVerdict(Role role, Threshold threshold, boolean passing, HealthStatus seen, String reason,
        int failures, int successes, int degraded, int errors) {
    /** Errors of the check itself in a row that make it degraded. */
    public static final int ERRORS_THAT_DEGRADE = 3;

    /** Returns the verdict before the first answer (H2): liveness ok, readiness not ready, startup unknown. */
    public static CheckVerdict initial(Role role, Threshold threshold) {
        boolean alive = role == Role.LIVENESS;
        return new CheckVerdict(role, threshold, alive, alive ? HealthStatus.HEALTHY : HealthStatus.UNKNOWN,
                "",
                0, 0, 0, 0);
    }

    /**
     * Returns the verdict after one more answer.
     *
     * @param starting whether the child was never ready yet. Failures of startup and readiness checks are not counted
     *         then: the latest answer stands
     */
    public CheckVerdict next(CheckAnswer answer, boolean starting) {
        return switch (answer) {
            case CheckAnswer.Erred(String why) ->
                new CheckVerdict(role, threshold, passing, seen, why, failures,
                        successes, degraded, Math.min(errors + 1, ERRORS_THAT_DEGRADE));
            case CheckAnswer.Seen(Health.Healthy()) -> worked(HealthStatus.HEALTHY, "", 0, 0);
            case CheckAnswer.Seen(Health.Degraded(String why)) -> degraded(why);
            case CheckAnswer.Seen(Health.Unhealthy(String why)) -> unhealthy(why, starting);
        };
    }

    /** Returns what is shown: an error of the check itself is not known to be the child's (H1). */
    public HealthStatus health() {
        if (errors == 0) {
            return seen;
        }
        return errors < ERRORS_THAT_DEGRADE ? HealthStatus.UNKNOWN : HealthStatus.DEGRADED;
    }

    /** Something degraded still works, so it lets a child become ready; it does not end a row of failures (H4). */
    private CheckVerdict degraded(String why) {
        int inRow = Math.min(degraded, Integer.MAX_VALUE - 1) + 1;
        if (role == Role.LIVENESS && threshold.degraded().isPresent()
                && inRow >= threshold.degraded().getAsInt()) {
            return failed("degraded " + inRow + " times in a row: " + why);
        }
        return worked(HealthStatus.DEGRADED, why, failures, inRow);
    }

    private CheckVerdict worked(HealthStatus status, String why, int failuresKept, int degradedInRow) {
        if (passing && status == seen && errors == 0 && failures == failuresKept && degraded == degradedInRow
                && reason.equals(why)) {
            // Most answers of most checks: nothing is new. Successes count only for what does not pass.
            return this;
        }
        int inRow = Math.min(successes, threshold.successes() - 1) + 1;
        if (!passing && inRow < threshold.successes()) {
            return new CheckVerdict(role, threshold, false, seen, reason, failuresKept, inRow, degradedInRow,
                    0);
        }
        int failuresNow = passing ? failuresKept : 0;
        return new CheckVerdict(role, threshold, true, status, why, failuresNow, inRow, degradedInRow, 0);
    }

    private CheckVerdict unhealthy(String why, boolean starting) {
        boolean uncounted = starting && role != Role.LIVENESS;
        if (uncounted || !passing || failures + 1 >= threshold.failures()) {
            return failed(why);
        }
        return new CheckVerdict(role, threshold, true, seen, errors == 0 ? reason : "", failures + 1, 0, 0,
                0);
    }

    private CheckVerdict failed(String why) {
        return new CheckVerdict(role, threshold, false, HealthStatus.UNHEALTHY, why, 0, 0, 0, 0);
    }
}
