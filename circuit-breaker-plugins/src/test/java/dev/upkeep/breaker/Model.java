package dev.upkeep.breaker;

import dev.upkeep.api.breaker.BreakerState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A breaker that is slow and obvious: one thread, all it ever counted in a list, time as a number. Open for 30 s × 2 up to 10 min,
 * without jitter; trials have 60 s.
 */
final class Model {
    /** Whether so many calls, the oldest first, of which the last has just ended, have to open it. */
    interface Rule {
        boolean opens(List<Call> calls);
    }

    record Call(long at, boolean failed, boolean slow) {}

    /** A permit: of which stay, since when, and whether it is a trial. */
    record Held(int number, int stay, long since, long deadline) {}

    private static final long FIRST = Duration.ofSeconds(30).toNanos();
    private static final long MOST = Duration.ofMinutes(10).toNanos();
    private static final long LEASE = Duration.ofSeconds(60).toNanos();
    private static final long NONE = Long.MAX_VALUE;

    private final Rule rule;
    private final int trials;
    private final long slowNanos;

    private long now;
    private int given;
    private int stay;
    private long epoch;
    private BreakerState state = BreakerState.CLOSED;
    private int step;
    private long closedAt;
    private long opensHalfAt = NONE;
    private long quietAt = NONE;
    private int succeeded;
    private int slowTrials;
    private int free;
    private List<Call> calls = new ArrayList<>();
    private final Set<Held> outstanding = new HashSet<>();

    Model(Rule rule, int trials, long slowNanos) {
        this.rule = rule;
        this.trials = trials;
        this.slowNanos = slowNanos;
    }

    BreakerState state() {
        return state;
    }

    long epoch() {
        return epoch;
    }

    long closedAt() {
        return closedAt;
    }

    int step() {
        return state == BreakerState.CLOSED ? stepNow() : step;
    }

    long untilTrial() {
        return opensHalfAt == NONE ? -1 : opensHalfAt - now;
    }

    boolean grants() {
        return switch (state) {
            case CLOSED, DISABLED, METRICS_ONLY -> true;
            case HALF_OPEN -> free > 0;
            case OPEN, FORCED_OPEN -> false;
        };
    }

    Held take() {
        boolean trial = state == BreakerState.HALF_OPEN;
        Held held = new Held(++given, stay, now, trial ? now + LEASE : NONE);
        if (trial) {
            free--;
            outstanding.add(held);
        }
        return held;
    }

    /** A start by hand, which is never slow. */
    Held takeByHand() {
        if (state == BreakerState.OPEN) {
            beginTrials();
        }
        Held held = take();
        outstanding.remove(held);
        Held start = new Held(held.number(), held.stay(), Long.MAX_VALUE / 2, held.deadline());
        if (state == BreakerState.HALF_OPEN) {
            outstanding.add(start);
        }
        return start;
    }

    boolean grantsByHand() {
        return state == BreakerState.OPEN || grants();
    }

    void report(Held held, boolean failed) {
        if (held.stay() != stay) {
            return;
        }
        boolean slow = now - held.since() >= slowNanos;
        if (state == BreakerState.CLOSED || state == BreakerState.METRICS_ONLY) {
            calls.add(new Call(now, failed, slow));
            if ((failed || slow) && state == BreakerState.CLOSED && rule.opens(calls)) {
                open(stepNow());
            }
        } else if (outstanding.remove(held)) {
            if (failed) {
                open(up(step));
                return;
            }
            succeeded++;
            slowTrials += slow ? 1 : 0;
            if (succeeded == trials) {
                endTrials();
            } else {
                awaitQuiet();
            }
        }
    }

    void ignore(Held held) {
        if (held.stay() == stay && outstanding.remove(held)) {
            free++;
            awaitQuiet();
        }
    }

    void force(BreakerState wanted) {
        if (wanted == BreakerState.CLOSED || state != wanted) {
            move(wanted, 0);
        }
    }

    /** What a fresh one is that was restored from this. */
    void restart() {
        if (state == BreakerState.HALF_OPEN) {
            move(BreakerState.OPEN, step);
            opensHalfAt = now;
        } else {
            long due = opensHalfAt;
            move(state, step());
            opensHalfAt = due;
        }
        epoch = state == BreakerState.CLOSED ? 0 : 1;
    }

    void advance(long nanos) {
        long end = now + nanos;
        long next = next();
        while (next <= end) {
            now = next;
            happen();
            next = next();
        }
        now = end;
    }

    private long next() {
        long next = Math.min(opensHalfAt, quietAt);
        for (Held held : outstanding) {
            next = Math.min(next, held.deadline());
        }
        return next;
    }

    private void happen() {
        if (now == opensHalfAt) {
            beginTrials();
        } else if (now == quietAt) {
            quietAt = NONE;
            if (outstanding.isEmpty() && succeeded > 0) {
                endTrials();
            } else if (outstanding.isEmpty()) {
                beginTrials();
                epoch++;
            }
        } else {
            open(up(step));
        }
    }

    private void awaitQuiet() {
        if (outstanding.isEmpty()) {
            quietAt = now + LEASE;
        }
    }

    private void beginTrials() {
        move(BreakerState.HALF_OPEN, step);
        free = trials;
    }

    private void endTrials() {
        if (slowTrials == succeeded) {
            open(up(step));
        } else {
            move(BreakerState.CLOSED, up(step));
        }
    }

    private void open(int toStep) {
        move(BreakerState.OPEN, toStep);
        opensHalfAt = now + openFor(toStep);
    }

    private void move(BreakerState to, int toStep) {
        epoch += state == to ? 0 : 1;
        stay++;
        state = to;
        step = toStep;
        closedAt = now;
        opensHalfAt = NONE;
        quietAt = NONE;
        succeeded = 0;
        slowTrials = 0;
        free = 0;
        calls = new ArrayList<>();
        outstanding.clear();
    }

    private int stepNow() {
        long healthy = now - closedAt;
        int at = step;
        while (at > 0 && healthy >= openFor(at - 1)) {
            at--;
            healthy -= openFor(at);
        }
        return at;
    }

    private static int up(int from) {
        return openFor(from) < MOST ? from + 1 : from;
    }

    private static long openFor(int at) {
        long open = FIRST;
        for (int i = 0; i < at; i++) {
            open = Math.min(2 * open, MOST);
        }
        return open;
    }
}
