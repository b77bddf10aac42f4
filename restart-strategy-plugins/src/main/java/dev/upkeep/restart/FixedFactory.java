package dev.upkeep.restart;

import dev.upkeep.api.restart.Backoff;
import dev.upkeep.api.restart.BackoffFactory;
import dev.upkeep.api.settings.Default;
import dev.upkeep.api.settings.Doc;
import dev.upkeep.api.settings.Range;
import java.time.Duration;

/** {@code fixed}: waits equally long before each attempt, without jitter. */
public final class FixedFactory implements BackoffFactory<FixedFactory.Settings> {
    /**
     * What can be set.
     *
     * @param delay at least 1 ms
     */
    public record Settings(
            @Doc("the wait before each attempt") @Default("1s") @Range(min = 0.001) Duration delay) {
        public Settings {
            Waits.requireOneMilli("delay", delay);
        }
    }

    @Override
    public String type() {
        return "fixed";
    }

    @Override
    public Class<Settings> settings() {
        return Settings.class;
    }

    @Override
    public Backoff create(Settings settings) {
        return attempt -> settings.delay();
    }
}
