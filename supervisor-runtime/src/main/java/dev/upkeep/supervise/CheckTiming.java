package dev.upkeep.supervise;

import dev.upkeep.api.CheckSpec;
import dev.upkeep.api.health.Role;
import dev.upkeep.api.settings.Durations;
import java.time.Duration;

/** How long until a check runs (H3, H6): pure functions of what the check is and of a number drawn from [0, 1). */
public final class CheckTiming {
    /** Between runs of startup and readiness checks until the child is ready for the first time. */
    public static final long STARTING_NANOS = Duration.ofSeconds(1).toNanos();
    /** First runs of liveness checks are spread over one interval, and this at most. */
    public static final long SPREAD_NANOS = Duration.ofSeconds(5).toNanos();
    /** A check whose deadline has passed is asked again no sooner. */
    public static final long LEAST_NANOS = Duration.ofMillis(10).toNanos();
    /** So far away that it does not matter, and still small enough that times can be compared by difference. */
    private static final long NEVER_NANOS = Duration.ofDays(10_000).toNanos();

    private CheckTiming() {}

    /** Returns the nanoseconds from the moment a check's role begins until its first run. */
    public static long first(CheckSpec spec, boolean byDeadline, double drawn) {
        long delay = bounded(spec.initialDelay());
        boolean spread = spec.role() == Role.LIVENESS && !byDeadline;
        return spread ? delay + (long) (drawn * Math.min(bounded(spec.interval()), SPREAD_NANOS)) : delay;
    }

    /** Returns the nanoseconds from the end of a run until the next. Jitter only shortens. */
    public static long next(CheckSpec spec, boolean starting, double drawn) {
        long interval = bounded(spec.interval());
        if (starting && spec.role() != Role.LIVENESS) {
            return Math.min(interval, STARTING_NANOS);
        }
        return Math.max(1, (long) (interval * (1 - spec.jitter() * drawn)));
    }

    /**
     * Returns the nanoseconds until a deadline is judged.
     *
     * @param well whether the last answer was healthy; if not, a deadline that stays in the past is looked at once a
     *         second rather than as fast as the check allows
     */
    public static long untilDeadline(CheckSpec spec, long deadlineNanos, long nowNanos, boolean well) {
        if (deadlineNanos == Long.MAX_VALUE) {
            return NEVER_NANOS;
        }
        long least = well ? LEAST_NANOS : Math.min(bounded(spec.interval()), STARTING_NANOS);
        return Math.min(Math.max(deadlineNanos - nowNanos, least), NEVER_NANOS);
    }

    /** Returns the length in nanoseconds, at most some 27 years. */
    public static long bounded(Duration duration) {
        return Math.min(Durations.saturatedNanos(duration), NEVER_NANOS);
    }
}
