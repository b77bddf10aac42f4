package dev.upkeep.health;

import dev.upkeep.api.health.CheckContext;
import dev.upkeep.api.health.DeadlineCheck;
import dev.upkeep.api.health.Health;
import dev.upkeep.api.settings.Durations;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Locale;

/** Judges silence by the pace of the beats before it. Beats come on the threads that bring them. */
final class PhiAccrual implements DeadlineCheck {
    private final double threshold;
    private final double minStdDev;
    private final double acceptablePause;
    private final CheckContext context;
    private final BeatIntervals intervals;

    PhiAccrual(PhiAccrualFactory.Settings settings, CheckContext context) {
        this.threshold = settings.threshold();
        this.minStdDev = Durations.saturatedNanos(settings.minStdDev());
        this.acceptablePause = Durations.saturatedNanos(settings.acceptablePause());
        this.context = context;
        this.intervals = new BeatIntervals(Durations.saturatedNanos(settings.expectedInterval()));
    }

    void beat(long arrival) {
        intervals.beat(arrival, context.quietSinceNanos());
    }

    private Suspicion suspicion(long quietSince) {
        return intervals.suspicion(quietSince, minStdDev, acceptablePause);
    }

    @Override
    public Health probe() {
        long since = context.quietSinceNanos();
        long silence = context.ticker().nanos() - since;
        Suspicion suspicion = suspicion(since);
        // The one measure for verdict and deadline, so that rounding cannot part them.
        if (silence < suspicion.reachedAfter(threshold)) {
            return Health.healthy();
        }
        return Health.unhealthy(String.format(Locale.ROOT, "silent for %s, phi %.1f, with beats every %s",
                text(silence), suspicion.phi(silence), text((long) suspicion.mean())));
    }

    @Override
    public long deadlineNanos() {
        long since = context.quietSinceNanos();
        long after = suspicion(since).reachedAfter(threshold);
        return after == Long.MAX_VALUE ? after : since + after;
    }

    private static String text(long nanos) {
        Duration duration = Duration.ofNanos(nanos);
        boolean inSeconds = duration.compareTo(Duration.ofSeconds(10)) >= 0;
        return Durations.format(duration.truncatedTo(inSeconds ? ChronoUnit.SECONDS : ChronoUnit.MILLIS));
    }
}
