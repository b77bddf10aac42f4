package dev.upkeep.breaker;

import dev.upkeep.api.breaker.BreakerContext;
import dev.upkeep.api.time.Ticker;
import dev.upkeep.api.time.Timers.Cancellable;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Tells most calls that were fast by the time stamp of their start alone: a time stamp is half of what a closed breaker costs.
 *
 * <p>While calls come quickly, a timer notes the time, four times in the time that makes a call slow. A call that began less than
 * half of that time before the latest note was not slow, unless the next note is late by a quarter of that time. What it cannot
 * tell is measured with a second stamp, and so is all that begins when a note is overdue.
 */
final class Stopwatch {
    /** So many calls between two notes are worth a timer. */
    static final int WORTH_A_TIMER = 1_000;

    private static final long SHORTEST_PACE = Duration.ofMillis(25).toNanos();
    private static final long NEVER = Long.MAX_VALUE / 2;

    private final Ticker ticker;
    private final Alarms alarms;
    private final Window window;
    private final long halfSlow;
    private final long pace;
    /** How long after {@link #fastFrom} a call has to begin. */
    private final long span;
    private volatile long fastFrom;

    private final AtomicBoolean running = new AtomicBoolean();
    private final AtomicInteger seen = new AtomicInteger();
    private volatile long seenSince;
    private volatile boolean stopped;
    private volatile @Nullable Cancellable timer;
    /** Guarded by {@link #running}: only the notes use it, one after the other. */
    private long callsAtNote;

    Stopwatch(BreakerContext context, Window window, long slowNanos) {
        ticker = context.ticker();
        alarms = new Alarms(context);
        this.window = window;
        halfSlow = slowNanos / 2;
        pace = Math.min(slowNanos / 4, window.longestPace());
        span = pace < SHORTEST_PACE ? 0 : halfSlow + 2 * pace;
        seenSince = ticker.nanos();
        fastFrom = seenSince + NEVER;
    }

    /** Returns whether a call that began then and ends now was certainly fast. */
    boolean isFast(long startNanos) {
        return Long.compareUnsigned(startNanos - fastFrom, span) < 0;
    }

    /** Hears of a call that was fast but needed two stamps. */
    void sawFast(long nowNanos) {
        if (span == 0 || running.get()) {
            return;
        }
        if (nowNanos - seenSince > pace) {
            seenSince = nowNanos;
            seen.set(0);
        } else if (seen.incrementAndGet() >= WORTH_A_TIMER && running.compareAndSet(false, true)) {
            callsAtNote = 0;
            note();
        }
    }

    void stop() {
        stopped = true;
        Alarms.cancel(timer);
    }

    private void note() {
        long now = ticker.nanos();
        long untilTurn = window.turn(now);
        long calls = window.calls();
        Cancellable next = null;
        if (!stopped && calls != callsAtNote) {
            callsAtNote = calls;
            next = alarms.after(Duration.ofNanos(Math.min(pace, untilTurn)), this::note);
        }
        if (next == null) {
            rest(now);
            return;
        }
        fastFrom = now - halfSlow;
        timer = next;
        if (stopped) {
            next.cancel();
        }
    }

    private void rest(long now) {
        fastFrom = now + NEVER;
        seenSince = now;
        seen.set(0);
        running.set(false);
    }
}
