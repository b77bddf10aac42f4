package dev.upkeep.tree;

import dev.upkeep.api.health.CheckContext.Outcomes;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * What one instance tells of itself while it runs: beats and outcomes. Written by the instance's own threads, read by
 * its checks; safe for both. There is one for every instance, so it is small: the counts are made on first use.
 */
public final class Vitals {
    private static final long NONE = Long.MIN_VALUE;
    private static final Outcomes NO_OUTCOMES = new Outcomes(0, 0);

    private static final class Counts {
        final LongAdder ok = new LongAdder();
        final LongAdder failed = new LongAdder();
    }

    private volatile long lastBeatNanos = NONE;
    private volatile @Nullable Counts counts;
    private volatile @Nullable LongConsumer beatListener;
    private volatile boolean revoked;

    /** Notes a sign of life. */
    public void beat(long nowNanos) {
        if (!revoked) {
            lastBeatNanos = nowNanos == NONE ? NONE + 1 : nowNanos;
            LongConsumer listener = beatListener;
            if (listener != null) {
                listener.accept(nowNanos);
            }
        }
    }

    /** Has one more hear of every sign of life. */
    public synchronized void onBeat(LongConsumer listener) {
        LongConsumer before = beatListener;
        beatListener = before == null ? listener : before.andThen(listener);
    }

    /** Counts work done; negative numbers are passed over. */
    public void record(long okCalls, long failedCalls) {
        if (!revoked && okCalls >= 0 && failedCalls >= 0) {
            Counts into = counts();
            into.ok.add(okCalls);
            into.failed.add(failedCalls);
        }
    }

    private Counts counts() {
        Counts known = counts;
        return known != null ? known : firstCounts();
    }

    private synchronized Counts firstCounts() {
        Counts known = counts;
        if (known == null) {
            known = new Counts();
            counts = known;
        }
        return known;
    }

    /** Returns the time of the last beat, or the given time if there was none since. */
    public long lastBeatNanos(long orElse) {
        long last = lastBeatNanos;
        return last != NONE && last - orElse > 0 ? last : orElse;
    }

    public Outcomes outcomes() {
        Counts known = counts;
        return known == null ? NO_OUTCOMES : new Outcomes(known.ok.sum(), known.failed.sum());
    }

    /** Voids all further reports. */
    public void revoke() {
        revoked = true;
    }
}
