package dev.upkeep.breaker;

import dev.upkeep.api.breaker.BreakerContext;
import dev.upkeep.api.time.Ticker;
import org.jspecify.annotations.Nullable;

/** Trips when the part of failed, or of slow, calls in a window reaches a limit. */
final class FailureRate extends TripRule {
    private static final long MILLION = 1_000_000;

    /**
     * When it trips.
     *
     * @param failedPerMillion failed calls in a million that are enough; slow ones likewise
     */
    record Limits(WindowSize size, long minimumCalls, long failedPerMillion, long slowPerMillion,
            long slowNanos) implements Source {
        @Override
        public TripRule fresh(BreakerContext context) {
            return new FailureRate(this, Window.of(size, context.ticker().nanos()), context);
        }

        @Override
        public TripRule after(TripRule before, BreakerContext context) {
            return before instanceof FailureRate same && same.limits.size.equals(size)
                    ? new FailureRate(this, same.window, context)
                    : fresh(context);
        }
    }

    private final Limits limits;
    private final long slowNanos;
    private final Window window;
    private final Ticker ticker;
    private final Stopwatch stopwatch;

    private FailureRate(Limits limits, Window window, BreakerContext context) {
        this.limits = limits;
        slowNanos = limits.slowNanos();
        this.window = window;
        ticker = context.ticker();
        stopwatch = new Stopwatch(context, window, slowNanos);
    }

    static long perMillion(double rate) {
        return Math.round(rate * MILLION);
    }

    @Override
    Source source() {
        return limits;
    }

    @Override
    @Nullable
    String success(long startNanos) {
        if (stopwatch.isFast(startNanos)) {
            window.count();
            return null;
        }
        return measured(startNanos);
    }

    private @Nullable String measured(long startNanos) {
        long now = ticker.nanos();
        if (isSlow(now - startNanos)) {
            return judge(window.count(now, false, true));
        }
        window.turn(now);
        window.count();
        stopwatch.sawFast(now);
        return null;
    }

    @Override
    @Nullable
    String failure(long startNanos) {
        long now = ticker.nanos();
        return judge(window.count(now, true, isSlow(now - startNanos)));
    }

    @Override
    void stop() {
        stopwatch.stop();
    }

    @Override
    boolean isSlow(long tookNanos) {
        return tookNanos >= slowNanos;
    }

    @Override
    boolean tooSlow(int slowTrials, int trials) {
        return reaches(slowTrials, limits.slowPerMillion(), trials);
    }

    private @Nullable String judge(Window.Tally tally) {
        if (tally.calls() < limits.minimumCalls()) {
            return null;
        } else if (reaches(tally.failed(), limits.failedPerMillion(), tally.calls())) {
            return tally.failed() + " of " + tally.calls() + " calls failed";
        } else if (reaches(tally.slow(), limits.slowPerMillion(), tally.calls())) {
            return tally.slow() + " of " + tally.calls() + " calls were slow";
        }
        return null;
    }

    /** Compares without dividing, so that 49.5 % is never 50 % (C4). */
    private static boolean reaches(long part, long perMillion, long whole) {
        return part > 0 && part * MILLION >= perMillion * whole;
    }
}
