package dev.upkeep.restart;

import dev.upkeep.api.restart.Backoff;
import dev.upkeep.api.restart.BackoffFactory;
import java.time.Duration;

/** {@code immediate}: does not wait. What keeps such a child from running hot is its supervisor's {@code intensity}. */
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
