package dev.upkeep.restart;

import dev.upkeep.api.restart.Backoff;
import dev.upkeep.api.restart.BackoffFactory;
import dev.upkeep.api.settings.Default;
import dev.upkeep.api.settings.Doc;
import dev.upkeep.api.settings.Durations;
import dev.upkeep.api.settings.Range;
import java.time.Duration;

/**
 * {@code linear}: each wait is longer than the one before by the same step, up to a limit.
 *
 * <p>With {@code n} counting failures in a row from 1, the wait is {@code min(max, n · step)}, and then chance takes away up to
 * {@code jitter} of it. With a jitter of 0 the defaults wait 1, 2, 3 s and so on up to 60 s.
 */
public final class LinearFactory implements BackoffFactory<LinearFactory.Settings> {
    /**
     * What can be set.
     *
     * @param step at least 1 ms
     * @param max not shorter than {@code step}
     * @param jitter from 0 to 1; children that wait equally long at {@code max} must not all come back in one moment (K2)
     */
    public record Settings(
            @Doc("the first wait, and by how much each is longer than the one before") @Default("1s") @Range(min = 0.001) Duration step,
            @Doc("the longest wait") @Default("60s") @Range(min = 0.001) Duration max,
            @Doc("the part of a wait that chance may take away") @Default("0.3") @Range(min = 0, max = 1) double jitter) {
        public Settings {
            Waits.requireRising("step", step, max);
            Waits.requireShare("jitter", jitter);
        }
    }

    @Override
    public String type() {
        return "linear";
    }

    @Override
    public Class<Settings> settings() {
        return Settings.class;
    }

    @Override
    public Backoff create(Settings settings) {
        return new Multiples(Durations.saturatedNanos(settings.step()), number -> number,
                Durations.saturatedNanos(settings.max()), settings.jitter());
    }
}
