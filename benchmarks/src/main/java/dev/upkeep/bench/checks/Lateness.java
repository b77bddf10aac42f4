package dev.upkeep.bench.checks;

import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAccumulator;

/** How late checks began, of all together. For any thread. */
final class Lateness {
    static final Lateness ALL = new Lateness();

    private static final int BUCKETS = 20_000;
    private static final long BUCKET_NANOS = 50_000;

    private final AtomicLongArray counts = new AtomicLongArray(BUCKETS + 1);
    private final LongAccumulator longest = new LongAccumulator(Math::max, 0);
    private volatile boolean on;

    /** Forgets all, and begins to listen. */
    void begin() {
        for (int i = 0; i < counts.length(); i++) {
            counts.set(i, 0);
        }
        longest.reset();
        on = true;
    }

    void end() {
        on = false;
    }

    void add(long nanos) {
        if (on) {
            counts.getAndIncrement((int) Math.clamp(nanos / BUCKET_NANOS, 0, BUCKETS));
            longest.accumulate(nanos);
        }
    }

    long runs() {
        long runs = 0;
        for (int i = 0; i < counts.length(); i++) {
            runs += counts.get(i);
        }
        return runs;
    }

    /** Returns milliseconds, rounded up to the next twentieth. */
    double percentile(double percent) {
        long rank = (long) Math.ceil(runs() * percent / 100);
        long seen = 0;
        for (int i = 0; i < BUCKETS; i++) {
            seen += counts.get(i);
            if (seen >= rank) {
                return (i + 1) * BUCKET_NANOS / 1e6;
            }
        }
        return longestMillis();
    }

    double longestMillis() {
        return longest.get() / 1e6;
    }
}
