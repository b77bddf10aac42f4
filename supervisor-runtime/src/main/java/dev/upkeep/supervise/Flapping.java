package dev.upkeep.supervise;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How often a child fell lately (H9). A value: each fall gives the next one, and what is left of a penalty is worked out
 * when someone asks.
 *
 * @param penalty what it had at that time
 * @param at the time of its last fall, on the monotonic clock
 * @param isFlapping whether it fell too often, and the penalty is not known to be low again
 */
record Flapping(double penalty, long at, boolean isFlapping) {
    /** Half of a penalty is gone after so long. */
    static final Duration HALF_LIFE = Duration.ofMinutes(10);
    /** A child is flapping from so much on. */
    static final double BEGINS = 2.5;
    /** One that was flapping is so until there is less than this. */
    static final double ENDS = 1;

    /** Added to the time of the end, lest rounding makes it a moment too early. */
    private static final long MARGIN_NANOS = 1_000;

    /** Returns what a fall makes of it. */
    static Flapping fall(@Nullable Flapping before, long now) {
        double left = before == null ? 0 : before.penaltyAt(now);
        boolean still = before != null && before.isFlapping && left >= ENDS;
        double more = left + 1;
        return new Flapping(more, now, still || more >= BEGINS);
    }

    /** Returns what is left of the penalty; all of it at a time that is before its own. */
    double penaltyAt(long now) {
        long since = now - at;
        return since <= 0 ? penalty : penalty * Math.pow(0.5, (double) since / HALF_LIFE.toNanos());
    }

    /** Returns when it is not flapping any more, if it does not fall again. */
    long endsAt() {
        double halves = Math.log(Math.max(penalty, ENDS) / ENDS) / Math.log(2);
        return Turn.later(at, (long) Math.ceil(halves * HALF_LIFE.toNanos()) + MARGIN_NANOS);
    }

    /** Returns it when that time has come. */
    Flapping ended() {
        return new Flapping(penalty, at, false);
    }
}
