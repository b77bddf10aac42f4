package dev.upkeep.probe;

import dev.upkeep.api.health.CheckContext;
import dev.upkeep.api.health.DeadlineCheck;
import dev.upkeep.api.health.Health;
import dev.upkeep.api.health.HealthCheck;
import dev.upkeep.api.health.HealthCheckFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;

/** Checks whose answers the test sets, by type. */
final class FakeChecks {
    record Settings() {}

    /** A type of check. */
    static final class Scripted implements HealthCheckFactory<Settings> {
        private final String type;
        final List<CheckContext> made = new ArrayList<>();
        Callable<Health> answer = Health::healthy;
        /** Silence that is death, for a deadline check; 0 for one that is asked at its interval. */
        long silence;
        int probes;
        int closed;
        boolean cannotBeMade;
        /** A deadline check that answers as the test says all the same. */
        boolean ignoresSilence;

        Scripted(String type) {
            this.type = type;
        }

        @Override
        public String type() {
            return type;
        }

        @Override
        public Class<Settings> settings() {
            return Settings.class;
        }

        @Override
        public HealthCheck create(Settings settings, CheckContext context) {
            if (cannotBeMade) {
                throw new NoClassDefFoundError("com/example/Driver");
            }
            made.add(context);
            return silence == 0 ? new ByInterval() : new ByDeadline(context);
        }

        private class ByInterval implements HealthCheck {
            @Override
            public Health probe() throws Exception {
                probes++;
                return answer.call();
            }

            @Override
            public void close() {
                closed++;
            }
        }

        private final class ByDeadline extends ByInterval implements DeadlineCheck {
            private final CheckContext context;

            ByDeadline(CheckContext context) {
                this.context = context;
            }

            @Override
            public Health probe() throws Exception {
                if (ignoresSilence) {
                    return super.probe();
                }
                probes++;
                return context.ticker().nanos() - context.quietSinceNanos() < silence
                        ? Health.healthy()
                        : Health.unhealthy("silent");
            }

            @Override
            public long deadlineNanos() {
                return context.quietSinceNanos() + silence;
            }
        }
    }

    private FakeChecks() {}
}
