package dev.upkeep.tree;

import dev.upkeep.api.health.CheckContext.Outcomes;
import java.util.concurrent.atomic.LongAdder;

/**
 * What one instance tells of itself while it runs: beats and outcomes. Written by the instance's own threads, read by
 * its checks; safe for both.
 */
public final class Vitals {
    private final LongAdder ok = new LongAdder();
    private final LongAdder failed = new LongAdder();
    private volatile long lastBeatNanos;
    private volatile boolean beaten;
    private volatile boolean revoked;

    /** Notes a sign of life. */
    public void beat(long nowNanos) {
        if (!revoked) {
            lastBeatNanos = nowNanos;
            beaten = true;
        }
    }

    /** Counts work done; negative numbers are passed over. */
    public void record(long okCalls, long failedCalls) {
        if (!revoked && okCalls >= 0 && failedCalls >= 0) {
            ok.add(okCalls);
            failed.add(failedCalls);
        }
    }

    /** Returns the time of the last beat, or the given time if there was none since. */
    public long lastBeatNanos(long orElse) {
        return beaten && lastBeatNanos - orElse > 0 ? lastBeatNanos : orElse;
    }

    public Outcomes outcomes() {
        return new Outcomes(ok.sum(), failed.sum());
    }

    /** Voids all further reports. */
    public void revoke() {
        revoked = true;
    }
}
