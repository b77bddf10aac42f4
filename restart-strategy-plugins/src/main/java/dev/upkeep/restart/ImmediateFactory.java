package dev.upkeep.restart;

import dev.upkeep.api.restart.Backoff;
import dev.upkeep.api.restart.BackoffFactory;
import java.time.Duration;

/** Does not wait. */
public final class ImmediateFactory implements BackoffFactory<ImmediateFactory.Settings> {
    /** There is nothing to set. */
    public record Settings() {}

    @Override
    public String type() {
        return "immediate";
    }

    @Override
    public Class<Settings> settings() {
        return Settings.class;
    }

    @Override
    public Backoff create(Settings settings) {
        return attempt -> Duration.ZERO;
    }
}
