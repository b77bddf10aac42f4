package dev.upkeep.restart;

import dev.upkeep.api.restart.Backoff;
import dev.upkeep.api.restart.BackoffFactory;
import dev.upkeep.api.settings.Default;
import dev.upkeep.api.settings.Doc;
import dev.upkeep.api.settings.Durations;
import dev.upkeep.api.settings.Range;
import java.time.Duration;

/**
 * {@code exponential}, the back-off of a child that names none: each wait is longer than the one before by a factor, up to a
 * limit.
 *
 * <p>With {@code n} counting failures in a row from 1, the wait is {@code min(max, initial · multiplier^(n-1))}, and then
 * chance takes away up to {@code jitter} of it. With a jitter of 0 the defaults wait 1, 2, 4, 8, 16, 32, 60, 60 s.
 */
public final class ExponentialFactory implements BackoffFactory<ExponentialFactory.Settings> {
    /**
     * What can be set.
     *
     * @param initial at least 1 ms
     * @param multiplier at least 1
     * @param max not shorter than {@code initial}
     * @param jitter from 0 to 1
     */
    public record Settings(
            @Doc("the wait before the first attempt") @Default("1s") @Range(min = 0.001) Duration initial,
            @Doc("by how much each wait is longer than the one before") @Default("2") @Range(min = 1) double multiplier,
            @Doc("the longest wait") @Default("60s") @Range(min = 0.001) Duration max,
            @Doc("the part of a wait that chance may take away") @Default("0.3") @Range(min = 0, max = 1) double jitter) {
        public Settings {
            Waits.requireRising("initial", initial, max);
            if (!(multiplier >= 1) || Double.isInfinite(multiplier)) {
                throw new IllegalArgumentException("multiplier must be at least 1, but is " + multiplier);
            }
            Waits.requireShare("jitter", jitter);
        }
    }

    @Override
    public String type() {
        return "exponential";
    }

    @Override
    public Class<Settings> settings() {
        return Settings.class;
    }

    @Override
    public Backoff create(Settings settings) {
        return new Exponential(Durations.saturatedNanos(settings.initial()), settings.multiplier(),
                Durations.saturatedNanos(settings.max()), settings.jitter());
    }
}
