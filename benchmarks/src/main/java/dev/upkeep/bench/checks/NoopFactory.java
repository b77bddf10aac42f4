package dev.upkeep.bench.checks;

import dev.upkeep.api.health.CheckContext;
import dev.upkeep.api.health.Health;
import dev.upkeep.api.health.HealthCheck;
import dev.upkeep.api.health.HealthCheckFactory;
import dev.upkeep.api.settings.Default;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/** A check that does nothing but note how late it was; or one that hangs for ever and heeds no interrupt. */
public final class NoopFactory implements HealthCheckFactory<NoopFactory.Settings> {
    static final String TYPE = "bench-noop";

    /** @param every the interval of the check, which must have no jitter, or lateness means nothing */
    public record Settings(@Default("10s") Duration every, @Default("false") boolean hangs) {}

    @Override
    public String type() {
        return TYPE;
    }

    @Override
    public Class<Settings> settings() {
        return Settings.class;
    }

    @Override
    public HealthCheck create(Settings settings, CheckContext context) {
        return settings.hangs() ? NoopFactory::hang : new Noop(settings.every().toNanos());
    }

    private static Health hang() {
        while (true) {
            LockSupport.park();
            Thread.interrupted();
        }
    }

    private static final class Noop implements HealthCheck {
        private final long interval;
        private long due;

        Noop(long interval) {
            this.interval = interval;
        }

        @Override
        public Health probe() {
            long now = System.nanoTime();
            if (due != 0) {
                Lateness.ALL.add(now - due);
            }
            // The schedule's interval begins a little later, when it hears of the end: what that takes counts as lateness here.
            due = now + interval;
            return Health.healthy();
        }
    }
}
