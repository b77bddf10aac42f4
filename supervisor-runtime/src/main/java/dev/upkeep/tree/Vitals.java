package dev.upkeep.tree;

import dev.upkeep.api.health.CheckContext.Outcomes;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What one instance tells of itself while it runs: beats, outcomes and lines of output. Written by the instance's own
 * threads or those that read its output, read by its checks; safe for both. There is one for every instance with checks,
 * so it is small: what it counts and keeps in is made on first use.
 */
public final class Vitals {
    private static final long NONE = Long.MIN_VALUE;
    /** A check that listens anew in each run, by mistake, shall not fill memory with it. */
    private static final int MOST_LISTENERS = 256;
    private static final Outcomes NO_OUTCOMES = new Outcomes(0, 0);

    private static final class Counts {
        final LongAdder ok = new LongAdder();
        final LongAdder failed = new LongAdder();
    }

    private volatile long lastBeatNanos = NONE;
    private volatile @Nullable Counts counts;
    private volatile List<LongConsumer> beatListeners = List.of();
    private volatile @Nullable LineFeed lines;
    private volatile boolean saysReady;
    private volatile Runnable readyHearer = () -> {};
    private volatile boolean revoked;

    /** Notes a sign of life. Those who hear of it are told first, so that they still see when the silence before began. */
    public void beat(long nowNanos) {
        if (!revoked) {
            for (LongConsumer listener : beatListeners) {
                listener.accept(nowNanos);
            }
            lastBeatNanos = nowNanos == NONE ? NONE + 1 : nowNanos;
        }
    }

    /**
     * Has one more hear of every sign of life, on the thread that brings it.
     *
     * @param name of the listener, in the warning if it throws, which it should not
     * @throws IllegalStateException if there are 256 already
     */
    public synchronized void onBeat(String name, LongConsumer listener) {
        requireRoom(beatListeners.size());
        List<LongConsumer> more = new ArrayList<>(beatListeners);
        more.add(new GuardedHearer(name, listener));
        beatListeners = List.copyOf(more);
    }

    static void requireRoom(int listeners) {
        if (listeners >= MOST_LISTENERS) {
            throw new IllegalStateException("the checks of this instance have " + MOST_LISTENERS
                    + " listeners; no more are taken");
        }
    }

    /** Notes whether the instance says that it may be used, and tells the one who hears of it if that is new. */
    public void sayReady(boolean ready) {
        if (!revoked && ready != saysReady) {
            saysReady = ready;
            readyHearer.run();
        }
    }

    /** Returns what it said last; at first that it is not ready. */
    public boolean saysReady() {
        return saysReady;
    }

    /** Has this one, and no other, hear on the thread that brings it that {@link #saysReady} has changed. */
    public void onReady(Runnable hearer) {
        readyHearer = hearer;
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

    /** Lines will come: the first 256 KiB of them are kept for the checks that are still to be made. */
    public synchronized void keepLines() {
        if (lines == null) {
            lines = new LineFeed();
        }
    }

    /** Returns whether {@link #line} would do anything. Costs a read or two. */
    public boolean hearsLines() {
        LineFeed feed = lines;
        return feed != null && feed.wanted();
    }

    /** Takes one line of output without its newline. Copies it and returns; never waits for those who hear it. */
    public void line(byte[] buffer, int offset, int length) {
        LineFeed feed = lines;
        if (feed != null && !revoked) {
            feed.line(buffer, offset, length);
        }
    }

    /**
     * Has one more hear of the lines that the pattern finds, on a virtual thread of that hearer's own, beginning with
     * what was kept. Does nothing for an instance without lines, or after their end.
     *
     * @param name of that thread, and in warnings
     * @throws IllegalStateException if there are 256 already
     */
    public void onLine(String name, Pattern pattern, Consumer<String> listener) {
        LineFeed feed = lines;
        if (feed != null) {
            feed.add(name, pattern, listener);
        }
    }

    /** All checks of the instance were made: what was kept for them goes. */
    public void checksMade() {
        LineFeed feed = lines;
        if (feed != null) {
            feed.forgetFirst();
        }
    }

    /** The instance or its checks have ended: nobody hears its lines any more. */
    public void endLines() {
        LineFeed feed = lines;
        if (feed != null) {
            feed.end();
        }
    }

    /** Voids all further reports. */
    public void revoke() {
        revoked = true;
        endLines();
    }
}
