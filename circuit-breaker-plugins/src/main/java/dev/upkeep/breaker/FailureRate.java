package dev.upkeep.breaker;

import java.util.Optional;

/** Trips when the part of failed, or of slow, calls in a window reaches a limit. */
final class FailureRate implements TripRule {
    private static final long MILLION = 1_000_000;

    /**
     * When it trips.
     *
     * @param failedPerMillion failed calls in a million that are enough; slow ones likewise
     */
    record Limits(long minimumCalls, long failedPerMillion, long slowPerMillion, long slowNanos) {}

    private final Limits limits;
    private final Window window;

    FailureRate(Limits limits, Window window) {
        this.limits = limits;
        this.window = window;
    }

    static long perMillion(double rate) {
        return Math.round(rate * MILLION);
    }

    @Override
    public Optional<String> success(long nowNanos, long tookNanos) {
        boolean slow = isSlow(tookNanos);
        long bucket = window.count(nowNanos, false, slow);
        return slow ? judge(bucket) : Optional.empty();
    }

    @Override
    public Optional<String> failure(long nowNanos, long tookNanos) {
        return judge(window.count(nowNanos, true, isSlow(tookNanos)));
    }

    @Override
    public boolean isSlow(long tookNanos) {
        return tookNanos >= limits.slowNanos();
    }

    @Override
    public boolean tooSlow(int slowTrials, int trials) {
        return reaches(slowTrials, limits.slowPerMillion(), trials);
    }

    private Optional<String> judge(long bucket) {
        Window.Tally tally = window.tally(bucket);
        if (tally.calls() < limits.minimumCalls()) {
            return Optional.empty();
        } else if (reaches(tally.failed(), limits.failedPerMillion(), tally.calls())) {
            return Optional.of(tally.failed() + " of " + tally.calls() + " calls failed");
        } else if (reaches(tally.slow(), limits.slowPerMillion(), tally.calls())) {
            return Optional.of(tally.slow() + " of " + tally.calls() + " calls were slow");
        }
        return Optional.empty();
    }

    /** Compares without dividing, so that 49.5 % is never 50 % (C4). */
    private static boolean reaches(long part, long perMillion, long whole) {
        return part > 0 && part * MILLION >= perMillion * whole;
    }
}
