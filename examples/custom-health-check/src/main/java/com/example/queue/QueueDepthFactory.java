package com.example.queue;

import dev.upkeep.api.health.CheckContext;
import dev.upkeep.api.health.HealthCheck;
import dev.upkeep.api.health.HealthCheckFactory;
import dev.upkeep.api.settings.Default;
import dev.upkeep.api.settings.Doc;
import dev.upkeep.api.settings.Range;
import java.nio.file.Path;
import java.util.Optional;

/** Makes {@code queue-depth} checks. Its name stands in {@code META-INF/services}; that is all the wiring there is. */
public final class QueueDepthFactory implements HealthCheckFactory<QueueDepthFactory.Settings> {
    /** What the YAML may say beside {@code type}. */
    public record Settings(
            @Doc("directory to count") Path queue,
            @Doc("more files than this are unhealthy") @Default("1000") @Range(min = 1) int unhealthyAbove,
            @Doc("more files than this are degraded") @Range(min = 0) Optional<Integer> degradedAbove) {
        public Settings {
            if (degradedAbove.filter(d -> d >= unhealthyAbove).isPresent()) {
                throw new IllegalArgumentException("degradedAbove must be less than unhealthyAbove, "
                        + unhealthyAbove + ", but is " + degradedAbove.get());
            }
        }
    }

    @Override
    public String type() {
        return "queue-depth";
    }

    @Override
    public Class<Settings> settings() {
        return Settings.class;
    }

    @Override
    public HealthCheck create(Settings settings, CheckContext context) {
        return new QueueDepth(settings);
    }
}
