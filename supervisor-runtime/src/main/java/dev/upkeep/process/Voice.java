package dev.upkeep.process;

import java.time.Duration;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/**
 * What one child says by sd_notify, told no faster than it may be: ten words at once and five a second, of which the last wins, so
 * that a child that floods keeps nobody busy but itself. Beats are told at once. Of the notify thread alone.
 */
final class Voice {
    static final long PACE = Duration.ofMillis(200).toNanos();
    private static final int AT_ONCE = 10;

    private final ChildEvents child;
    private final boolean saysReady;
    private final LongPredicate main;
    /** When the next word may be told, if that many had been told at an even pace. */
    private long next;
    private boolean begun;
    private boolean failed;
    private long mainPid;
    private @Nullable Boolean ready;
    private @Nullable String status;
    private @Nullable Duration extension;

    /**
     * Begins to listen.
     *
     * @param saysReady whether its being ready is for it to say
     * @param main takes the number of the process that it says is its main one; false if it is too early for that
     */
    Voice(ChildEvents child, boolean saysReady, LongPredicate main) {
        this.main = main;
        this.child = child;
        this.saysReady = saysReady;
    }

    /** Takes what it said; returns whether something is left to be told. */
    boolean hear(NotifyWords words, long now) {
        if (words.beat) {
            child.beat();
        }
        if (words.beatFailed && !failed) {
            failed = true;
            child.beatFailed();
        }
        if (words.mainPid != 0) {
            mainPid = words.mainPid;
        }
        if (words.ready != null && saysReady) {
            ready = words.ready;
        }
        if (words.status != null) {
            status = words.status;
        }
        if (words.extension != null) {
            extension = words.extension;
        }
        return tell(now);
    }

    /** Tells what may be told now; returns whether something is left. */
    boolean tell(long now) {
        if (mainPid != 0 && !main.test(mainPid)) {
            // Whoever hears that it is ready takes its main process for known.
            return true;
        }
        mainPid = 0;
        if (ready == null && status == null && extension == null) {
            return false;
        }
        long full = now - AT_ONCE * PACE;
        if (!begun || next - full < 0) {
            begun = true;
            next = full;
        }
        if (next - now >= 0) {
            return true;
        }
        next += PACE;
        if (extension != null) {
            child.extended(extension);
        }
        if (status != null) {
            child.said(status);
        }
        if (ready != null) {
            child.ready(ready);
        }
        extension = null;
        status = null;
        ready = null;
        return false;
    }
}
