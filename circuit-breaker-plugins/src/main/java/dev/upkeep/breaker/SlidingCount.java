package dev.upkeep.breaker;

import dev.upkeep.api.breaker.BreakerContext;
import dev.upkeep.api.settings.Durations;
import dev.upkeep.api.time.Ticker;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import org.jspecify.annotations.Nullable;

/**
 * Trips on the given number of failures within a time that slides with each of them, both ends included. Keeps the times of
 * the latest failures only, one fewer than trip it: each takes the place of the one with which it would make up the number.
 */
final class SlidingCount extends TripRule {
    /** @param failures it trips on the failure with this number */
    record Limit(int failures, Duration within) implements Source {
        @Override
        public TripRule fresh(BreakerContext context) {
            return new SlidingCount(this, context.ticker(), context.ticker().nanos(), new long[0]);
        }

        @Override
        public TripRule after(TripRule before, BreakerContext context) {
            return before instanceof SlidingCount same && same.limit.within.equals(within)
                    ? new SlidingCount(this, same.ticker, same.sinceNanos, same.latest(failures - 1))
                    : fresh(context);
        }

        String reached() {
            return failures == 1 ? "a failure" : failures + " failures within " + Durations.format(within);
        }
    }

    private static final long EMPTY = 0;

    private final Limit limit;
    private final Ticker ticker;
    private final long withinNanos;
    private final long sinceNanos;
    /** The times of failures, in nanoseconds since {@link #sinceNanos}, from 1. */
    private final AtomicLongArray times;
    private final AtomicLong failures;

    /** @param times of failures before, the oldest first; as many as there are places, or fewer */
    private SlidingCount(Limit limit, Ticker ticker, long sinceNanos, long[] times) {
        this.limit = limit;
        this.ticker = ticker;
        this.sinceNanos = sinceNanos;
        withinNanos = Durations.saturatedNanos(limit.within());
        this.times = new AtomicLongArray(Arrays.copyOf(times, limit.failures() - 1));
        failures = new AtomicLong(times.length);
    }

    @Override
    Source source() {
        return limit;
    }

    @Override
    @Nullable
    String success(long startNanos) {
        return null;
    }

    @Override
    @Nullable
    String failure(long startNanos) {
        int places = times.length();
        if (places == 0) {
            return limit.reached();
        }
        long time = Math.max(0, ticker.nanos() - sinceNanos) + 1;
        int place = (int) (failures.getAndIncrement() % places);
        // Of two that meet in one place the later stays, whoever is first: so no pair of them goes unseen.
        long before = times.getAndAccumulate(place, time, Math::max);
        return before != EMPTY && Math.abs(time - before) <= withinNanos ? limit.reached() : null;
    }

    /** Returns the latest times, at most so many, the oldest first. */
    private long[] latest(int most) {
        long[] known = new long[times.length()];
        int found = 0;
        for (int i = 0; i < known.length; i++) {
            long time = times.get(i);
            if (time != EMPTY) {
                known[found++] = time;
            }
        }
        Arrays.sort(known, 0, found);
        return Arrays.copyOfRange(known, Math.max(0, found - most), found);
    }
}
