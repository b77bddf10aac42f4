package dev.upkeep.plugin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.upkeep.api.health.CheckContext;
import dev.upkeep.api.health.Health;
import dev.upkeep.api.health.HealthCheck;
import dev.upkeep.api.health.HealthCheckFactory;
import dev.upkeep.api.health.Role;
import dev.upkeep.api.restart.Failure;
import dev.upkeep.api.restart.GroupPlan;
import dev.upkeep.api.restart.RestartStrategy;
import dev.upkeep.api.restart.RestartStrategyFactory;
import dev.upkeep.api.settings.Alias;
import dev.upkeep.api.settings.Choice;
import dev.upkeep.api.settings.Default;
import dev.upkeep.api.settings.Range;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class CatalogTest {
    record None() {}

    record Alone(String type) implements RestartStrategyFactory<None> {
        @Override
        public Class<None> settings() {
            return None.class;
        }

        @Override
        public RestartStrategy create(None settings) {
            return (failure, siblings) -> GroupPlan.alone(failure.id());
        }
    }

    static final class Moody implements HealthCheckFactory<Moody.Settings> {
        record Settings(@Default("3") @Range(min = 1) int limit, Optional<String> word) {}

        @Override
        public String type() {
            return "moody";
        }

        @Override
        public Class<Settings> settings() {
            return Settings.class;
        }

        @Override
        public Role defaultRole() {
            throw new IllegalStateException("not today");
        }

        @Override
        public boolean judgedByDeadline() {
            throw new IllegalStateException("not today");
        }

        @Override
        public HealthCheck create(Settings settings, CheckContext context) {
            return () -> Health.degraded(String.valueOf(settings.limit()));
        }
    }

    private final Catalog catalog = Catalogs.of(new Alone("one-for-one"), new Moody());

    @Test
    void makesWhatAChoiceNames() {
        var plan = catalog.strategy(Choice.of("one-for-one", new None()))
                .plan(new Failure("a", dev.upkeep.api.child.Cause.completed()), List.of());

        assertThat(plan).isEqualTo(GroupPlan.alone("a"));
    }

    @Test
    void aNameMeansSomethingWithinItsKindAlone() {
        assertThat(catalog.find(PluginKind.HEALTH_CHECK, "one-for-one")).isEmpty();
        assertThatThrownBy(() -> catalog.backoff(Choice.of("moody")))
                .hasMessage("no back-off named 'moody'; available: none.");
        assertThatThrownBy(() -> catalog.checkFactory("mody")).isInstanceOf(UnknownTypeException.class)
                .hasMessage("no health check named 'mody'; available: moody. Did you mean 'moody'?");
    }

    @Test
    void aFactoryThatFailsToNameItsRoleMeansLiveness() {
        assertThat(catalog.defaultRole("moody")).isEqualTo(Role.LIVENESS);
    }

    @Test
    void aFactoryTwiceOnTheClassPathIsOneFactory() {
        CatalogEntry entry = Catalogs.entry(new Moody(), "a.jar");

        Catalog twice = new Catalog(List.of(entry, Catalogs.entry(new Moody(), "copy/a.jar")), List.of());

        assertThat(twice.entries(PluginKind.HEALTH_CHECK)).containsExactly(entry);
        assertThat(twice.problems()).isEmpty();
    }

    record Twice(@Default("1") int a, @Default("1") @Alias("a") int b) {}

    record Both(@Default("1") @Alias("c") int a, @Default("1") @Alias("c") int b) {}

    record Own(@Default("1") @Alias("a") int a) {}

    record Nameless(@Default("1") @Alias("") int a) {}

    record Percent(@Default("1") @Alias(value = "b", percent = true) int a) {}

    record Hidden(@Default("1") @Alias("interval") int a) {}

    record Nested(Optional<Both> both) {}

    record Choosing(List<Choice> several, Optional<Choice> one) {}

    @Test
    void c10AnAliasThatIsTheNameOfAnythingElseIsRefusedWhenLoaded() {
        assertThatThrownBy(() -> SettingsShape.of(Twice.class))
                .hasMessage("the key 'a' of " + Twice.class.getName()
                        + " stands for two settings, or for one twice");
        assertThatThrownBy(() -> SettingsShape.of(Both.class)).hasMessageContaining("the key 'c'");
        assertThatThrownBy(() -> SettingsShape.of(Nested.class)).hasMessageContaining("the key 'c'");
        assertThatThrownBy(() -> SettingsShape.of(Own.class)).hasMessageContaining("for one twice");
        assertThatThrownBy(() -> SettingsShape.of(Nameless.class)).hasMessageContaining("is empty");
        assertThatThrownBy(() -> SettingsShape.of(Percent.class))
                .hasMessage(
                        "'a' of " + Percent.class.getName() + " has an alias in percent, and is no double");
        assertThatThrownBy(() -> SettingsShape.of(Hidden.class, PluginKind.HEALTH_CHECK))
                .hasMessageContaining(
                        "its setting 'interval' has the name of a key that every health check has");
        assertThat(SettingsShape.of(Hidden.class, PluginKind.BACKOFF).keys()).containsExactly("a",
                "interval");
    }

    record OneOf(Optional<Integer> low, Optional<Integer> high) {
        OneOf {
            if (low.isEmpty() && high.isEmpty()) {
                throw new IllegalArgumentException("one of low and high must be given");
            }
        }
    }

    record Contradicting(@Default("2") int low, @Default("1") int high) {
        Contradicting {
            if (low > high) {
                throw new IllegalArgumentException("low must not be above high");
            }
        }
    }

    @Test
    void aRecordMayAskForOneOfSeveralButNotRefuseDefaultsOfItsOwn() {
        SettingsShape shape = SettingsShape.of(OneOf.class);

        assertThat(shape.build(List.of(Optional.of(1), Optional.empty())))
                .isEqualTo(new OneOf(Optional.of(1), Optional.empty()));
        assertThatThrownBy(shape::defaults).hasMessage("one of low and high must be given");
        assertThatThrownBy(() -> SettingsShape.of(Contradicting.class))
                .hasMessage("low must not be above high");
    }

    @Test
    void aPluginMayChooseOthersOfItsKindAndAComponentMayNot() {
        assertThat(SettingsShape.of(Choosing.class, PluginKind.HEALTH_CHECK).kind())
                .contains(PluginKind.HEALTH_CHECK);
        assertThatThrownBy(() -> SettingsShape.of(Choosing.class))
                .hasMessageContaining("which cannot be read from configuration");
    }

    @Test
    void h3AFactoryThatFailsToSayWhetherItWaitsForADeadlineDoesNot() {
        assertThat(catalog.judgedByDeadline("moody")).isFalse();
    }

    record Loop(Optional<Loop> again) {}

    record Sound(@Default("5s") Duration a, Map<String, List<Duration>> b) {}

    @Test
    void aShapeKnowsDefaultsAndWhatMustBeGiven() {
        SettingsShape shape = SettingsShape.of(Sound.class);

        assertThat(shape.settings()).extracting(Setting::fallback)
                .containsExactly(Optional.of(Duration.ofSeconds(5)), Optional.empty());
        assertThatThrownBy(shape::defaults).hasMessage("'b' must be given");
        assertThatThrownBy(() -> SettingsShape.of(Loop.class)).hasMessageContaining("records within records");
        assertThatThrownBy(() -> SettingsShape.of(String.class)).hasMessageContaining("are not a record");
    }
}
