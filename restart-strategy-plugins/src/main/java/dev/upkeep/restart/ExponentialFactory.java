package dev.upkeep.restart;

import dev.upkeep.api.restart.Backoff;
import dev.upkeep.api.restart.BackoffFactory;
import dev.upkeep.api.settings.Default;
import dev.upkeep.api.settings.Doc;
import dev.upkeep.api.settings.Durations;
import dev.upkeep.api.settings.Range;
import java.time.Duration;

/** Waits longer with each failure in a row, up to a limit. */
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
            Waits.requireOneMilli("initial", initial);
            if (!(multiplier >= 1) || Double.isInfinite(multiplier)) {
                throw new IllegalArgumentException("multiplier must be at least 1, but is " + multiplier);
            }
            if (max.compareTo(initial) < 0) {
                throw new IllegalArgumentException(
                        "max must not be shorter than initial, " + Durations.format(initial)
                                + ", but is " + Durations.format(max));
            }
            if (!(jitter >= 0 && jitter <= 1)) {
                throw new IllegalArgumentException("jitter must be from 0 to 1, but is " + jitter);
            }
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
