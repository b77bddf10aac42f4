package dev.upkeep.health;

import dev.upkeep.api.health.CheckContext;
import dev.upkeep.api.health.CheckContext.Outcomes;
import dev.upkeep.api.health.Health;
import dev.upkeep.api.health.HealthCheck;
import dev.upkeep.api.settings.Durations;
import java.math.BigDecimal;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Locale;

/** Compares the counts of now with those at the beginning of the window. One run at a time, so nothing is guarded. */
final class ErrorRate implements HealthCheck {
    private static final int BUCKETS = 10;

    /** The counts at one moment. */
    private record Mark(long nanos, Outcomes outcomes) {}

    private final ErrorRateFactory.Settings settings;
    private final CheckContext context;
    private final long window;
    /** Oldest first, at least a bucket apart: the first is where the window begins, so there are at most twelve. */
    private final Deque<Mark> marks = new ArrayDeque<>();
    private Mark lastActive;

    ErrorRate(ErrorRateFactory.Settings settings, CheckContext context) {
        this.settings = settings;
        this.context = context;
        this.window = Durations.saturatedNanos(settings.window());
        this.lastActive = now();
        marks.add(lastActive);
    }

    private Mark now() {
        return new Mark(context.ticker().nanos(), context.outcomes());
    }

    @Override
    public Health probe() {
        Mark now = now();
        if (!now.outcomes().equals(lastActive.outcomes())) {
            lastActive = now;
        }
        Mark begin = beginOfWindow(now.nanos());
        if (now.nanos() - marks.getLast().nanos() >= window / BUCKETS) {
            marks.add(now);
        }
        long failed = now.outcomes().failed() - begin.outcomes().failed();
        long calls = failed + now.outcomes().ok() - begin.outcomes().ok();
        if (calls >= settings.minimumCalls()) {
            if (isAbove(settings.unhealthyAbove(), failed, calls)) {
                return Health.unhealthy(reason(failed, calls));
            }
            if (isAbove(settings.degradedAbove(), failed, calls)) {
                return Health.degraded(reason(failed, calls));
            }
        }
        return settings.idleAfter()
                .filter(idle -> now.nanos() - lastActive.nanos() >= Durations.saturatedNanos(idle))
                .map(idle -> Health.degraded("nothing recorded for " + Durations.format(idle)))
                .orElseGet(Health::healthy);
    }

    /** Drops the marks that are followed by one which is old enough itself. */
    private Mark beginOfWindow(long now) {
        Mark begin = marks.removeFirst();
        while (!marks.isEmpty() && now - marks.getFirst().nanos() >= window) {
            begin = marks.removeFirst();
        }
        marks.addFirst(begin);
        return begin;
    }

    /** In decimal, as the share was written: 3 of 30 are not above 0.10. */
    private static boolean isAbove(double share, long failed, long calls) {
        return BigDecimal.valueOf(failed)
                .compareTo(BigDecimal.valueOf(share).multiply(BigDecimal.valueOf(calls))) > 0;
    }

    private String reason(long failed, long calls) {
        return String.format(Locale.ROOT, "%d of %d calls failed within %s", failed, calls,
                Durations.format(settings.window()));
    }
}
