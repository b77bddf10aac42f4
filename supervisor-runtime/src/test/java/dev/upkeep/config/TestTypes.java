package dev.upkeep.config;

import dev.upkeep.api.Component;
import dev.upkeep.api.ComponentContext;
import dev.upkeep.api.breaker.BreakerContext;
import dev.upkeep.api.breaker.CircuitBreaker;
import dev.upkeep.api.breaker.CircuitBreakerFactory;
import dev.upkeep.api.health.CheckContext;
import dev.upkeep.api.health.Health;
import dev.upkeep.api.health.HealthCheck;
import dev.upkeep.api.health.HealthCheckFactory;
import dev.upkeep.api.health.Role;
import dev.upkeep.api.restart.Backoff;
import dev.upkeep.api.restart.BackoffFactory;
import dev.upkeep.api.restart.GroupPlan;
import dev.upkeep.api.restart.RestartStrategy;
import dev.upkeep.api.restart.RestartStrategyFactory;
import dev.upkeep.api.settings.Alias;
import dev.upkeep.api.settings.AllowForever;
import dev.upkeep.api.settings.ByteSize;
import dev.upkeep.api.settings.Choice;
import dev.upkeep.api.settings.Default;
import dev.upkeep.api.settings.Doc;
import dev.upkeep.api.settings.Range;
import dev.upkeep.plugin.Catalog;
import dev.upkeep.plugin.Catalogs;
import dev.upkeep.plugin.LoadProblem;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** The types that the files of these tests name: one of each kind, with settings of every type there is. */
final class TestTypes {
    private TestTypes() {}

    static Catalog catalog(LoadProblem... problems) {
        return Catalogs.of(List.of(problems), new Strategy("one-for-one"), new Strategy("rest-for-one"),
                new Fixed(),
                new Exponential(), new Tcp(), new Everything(), new Beat(), new Several(), new Consecutive(),
                new Count());
    }

    record None() {}

    record Strategy(String type) implements RestartStrategyFactory<None> {
        @Override
        public Class<None> settings() {
            return None.class;
        }

        @Override
        public RestartStrategy create(None settings) {
            return (failure, siblings) -> GroupPlan.alone(failure.id());
        }
    }

    static final class Fixed implements BackoffFactory<Fixed.Settings> {
        record Settings(@Default("1s") Duration delay) {}

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

    static final class Exponential implements BackoffFactory<Exponential.Settings> {
        record Settings(@Default("1s") @Range(min = 0.001) Duration initial, @Default("2") double multiplier,
                @Default("60s") Duration max) {
            Settings {
                if (max.compareTo(initial) < 0) {
                    throw new IllegalArgumentException("'max' must not be shorter than 'initial'");
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
            return attempt -> settings.initial();
        }
    }

    static final class Tcp implements HealthCheckFactory<Tcp.Settings> {
        record Settings(@Default("127.0.0.1") String host,
                @Doc("the port it listens on") @Range(min = 1, max = 65535) int port) {}

        @Override
        public String type() {
            return "tcp";
        }

        @Override
        public Class<Settings> settings() {
            return Settings.class;
        }

        @Override
        public Role defaultRole() {
            return Role.READINESS;
        }

        @Override
        public HealthCheck create(Settings settings, CheckContext context) {
            return Health::healthy;
        }
    }

    static final class Everything implements HealthCheckFactory<Everything.Settings> {
        enum Mode {
            FAST, IN_BETWEEN
        }

        record Inner(@Default("1") int low, @Default("2") int high) {
            Inner {
                if (low > high) {
                    throw new IllegalArgumentException("'low' must not be above 'high'");
                }
            }
        }

        record Settings(@Default("7") long number, @Default("0.5") @Range(min = 0, max = 1) double share,
                @Default("true") boolean flag, @Default("fast") Mode mode, @Default("10MiB") ByteSize size,
                @Default("forever") @AllowForever Duration patience, @Default("/tmp") Path file,
                @Default("http://localhost/") URI url, @Default(".*") Pattern pattern,
                @Default("[]") List<Integer> codes, @Default("{}") Map<String, Duration> times,
                Optional<String> word, Optional<Inner> inner) {}

        @Override
        public String type() {
            return "everything";
        }

        @Override
        public Class<Settings> settings() {
            return Settings.class;
        }

        @Override
        public HealthCheck create(Settings settings, CheckContext context) {
            return Health::healthy;
        }
    }

    /** Waits for a deadline. */
    static final class Beat implements HealthCheckFactory<None> {
        @Override
        public String type() {
            return "beat";
        }

        @Override
        public Class<None> settings() {
            return None.class;
        }

        @Override
        public boolean judgedByDeadline() {
            return true;
        }

        @Override
        public HealthCheck create(None settings, CheckContext context) {
            return Health::healthy;
        }
    }

    /** Is made of others. */
    static final class Several implements HealthCheckFactory<Several.Settings> {
        record Inner(Choice check) {}

        record Settings(List<Choice> checks, Optional<Choice> spare, Optional<Inner> inner,
                @Default("{}") Map<String, Choice> named) {}

        @Override
        public String type() {
            return "several";
        }

        @Override
        public Class<Settings> settings() {
            return Settings.class;
        }

        @Override
        public HealthCheck create(Settings settings, CheckContext context) {
            return Health::healthy;
        }
    }

    /** Has aliases, as Resilience4j names such things. */
    static final class Count implements CircuitBreakerFactory<Count.Settings> {
        enum Window {
            COUNT_BASED, TIME_BASED
        }

        record Settings(@Default("5") @Range(min = 1, max = 100) @Alias("minimumNumberOfCalls") int failures,
                @Default("0.5") @Range(min = 0, exclusiveMin = true, max = 1) @Alias(value = "failureRateThreshold", percent = true) double failureRate,
                @Alias(value = "slowCallRateThreshold", percent = true) Optional<Double> slowCallRate,
                @Default("count-based") @Alias("slidingWindowType") Window window,
                @Default("60s") @Range(min = 0, exclusiveMin = true) Duration within) {
            Settings {
                if (slowCallRate.filter(slow -> slow < failureRate).isPresent()) {
                    throw new IllegalArgumentException(
                            "slowCallRate must not be less than failureRate, " + failureRate + ", but is "
                                    + slowCallRate.get());
                }
            }
        }

        @Override
        public String type() {
            return "count";
        }

        @Override
        public Class<Settings> settings() {
            return Settings.class;
        }

        @Override
        public CircuitBreaker create(Settings settings, BreakerContext context) {
            throw new UnsupportedOperationException("no breaker is made while a file is read");
        }
    }

    static final class Consecutive implements CircuitBreakerFactory<Consecutive.Settings> {
        record Settings(@Default("5") @Range(min = 1) int failures) {}

        @Override
        public String type() {
            return "consecutive";
        }

        @Override
        public Class<Settings> settings() {
            return Settings.class;
        }

        @Override
        public CircuitBreaker create(Settings settings, BreakerContext context) {
            throw new UnsupportedOperationException("no breaker is made while a file is read");
        }
    }

    /** A component with settings. */
    public static final class Load implements Component {
        record Settings(@Default("100") @Range(min = 1) int batch, @Default("1m") Duration pause) {}

        @Override
        public void run(ComponentContext context) {}
    }

    /** A component without settings. */
    public static final class Extract implements Component {
        @Override
        public void run(ComponentContext context) {}
    }
}
