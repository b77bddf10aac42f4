package dev.upkeep.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.upkeep.config.WrongValues.Wrong;
import dev.upkeep.plugin.Catalog;
import dev.upkeep.plugin.CatalogEntry;
import dev.upkeep.plugin.PluginKind;
import dev.upkeep.plugin.PluginScan;
import dev.upkeep.plugin.Setting;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * F1, F3: every setting of every installed type, given a value of another type, one below what is allowed and one above, under
 * each of its names: one problem, with line, column, path, the value and what is allowed.
 */
class EverySettingTest {
    private static final Catalog INSTALLED = PluginScan.scan(EverySettingTest.class.getClassLoader(),
            Optional.empty());

    /**
     * Where a type of a kind is chosen.
     *
     * @param before what stands there, up to the name of the type
     * @param indent of the settings, which follow on lines of their own
     */
    private record Place(String before, String path, int indent, String after) {
        static Place of(PluginKind kind) {
            String child = "children:\n  a:\n    command: [x]\n";
            return switch (kind) {
                case HEALTH_CHECK ->
                    new Place(child + "    health:\n      - type: ", "children.a.health[0]", 8,
                            "");
                case BACKOFF -> new Place(child + "    backoff:\n      type: ", "children.a.backoff", 6, "");
                case CIRCUIT_BREAKER -> new Place("breakers:\n  b:\n    type: ", "breakers.b", 4,
                        "children: {}\n");
                case RESTART_STRATEGY -> new Place("strategy:\n  type: ", "strategy", 2, "children: {}\n");
            };
        }
    }

    /** One file with one thing wrong. */
    private record Bad(CatalogEntry entry, String key, String keyText, int column, String path,
            List<String> said, Map<String, String> others) {
        String text() {
            Place place = Place.of(entry.kind());
            StringBuilder text = new StringBuilder(place.before()).append(entry.type()).append('\n');
            text.append(" ".repeat(place.indent())).append(keyText).append('\n');
            others.forEach((name, value) -> text.append(" ".repeat(place.indent()))
                    .append(name)
                    .append(": ")
                    .append(value)
                    .append('\n'));
            return text.append(place.after()).toString();
        }

        /** Returns where the wrong stands: on the line below the type. */
        int line() {
            return (int) Place.of(entry.kind()).before().chars().filter(c -> c == '\n').count() + 2;
        }

        @Override
        public String toString() {
            return entry.kind().noun() + " " + entry.type() + ": " + keyText;
        }
    }

    static Stream<Bad> badFiles() {
        return Arrays.stream(PluginKind.values())
                .flatMap(kind -> INSTALLED.entries(kind).stream())
                .flatMap(EverySettingTest::badFiles);
    }

    private static Stream<Bad> badFiles(CatalogEntry entry) {
        Place place = Place.of(entry.kind());
        List<Bad> bad = new ArrayList<>();
        bad.add(new Bad(entry, "no-such", "no-such: 1", place.indent() + 1, place.path() + ".no-such",
                List.of("unknown key; expected ", "type"),
                WrongValues.required(INSTALLED, entry.settings(), Optional.empty())));
        for (Setting setting : entry.settings().settings()) {
            Map<String, String> others = WrongValues.required(INSTALLED, entry.settings(),
                    Optional.of(setting));
            for (String key : setting.keys()) {
                for (Wrong wrong : new WrongValues(INSTALLED, entry.settings(), setting, key).all()) {
                    bad.add(new Bad(entry, key, key + ": " + wrong.text(),
                            place.indent() + key.length() + 3 + wrong.offset(),
                            place.path() + "." + key + wrong.path(), wrong.said(), others));
                }
            }
        }
        return bad.stream();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("badFiles")
    void f1EverySettingOutOfRangeOrOfTheWrongTypeIsToldWithItsPlaceAndWhatIsAllowed(Bad bad) {
        ConfigurationException refusal = catchThrowableOfType(ConfigurationException.class,
                () -> new Reader().with(INSTALLED).reader().read(bad.text(), "upkeep.yaml", Path.of("/srv")));

        assertThat(refusal).as(bad.text()).isNotNull();
        assertThat(refusal.problems()).as(refusal.getMessage() + "\n" + bad.text()).hasSize(1);
        Problem problem = refusal.problems().get(0);
        assertThat(problem.line() + ":" + problem.column() + " " + problem.path())
                .isEqualTo(bad.line() + ":" + bad.column() + " " + bad.path());
        assertThat(problem.message()).containsSubsequence(bad.said());
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiterString = " => ", quoteCharacter = '`', textBlock = """
            breakers: {b: {type: failure-rate, window: bananas}} => 1:44 breakers.b.window: window must be
            breakers: {b: {type: failure-rate, slidingWindowSize: 0}} => 1:55 breakers.b.slidingWindowSize: window must be
            breakers: {b: {type: consecutive, openFor: 1h}} => 1:44 breakers.b.openFor: maxOpenFor must not be shorter than openFor, 1h, but is 10m
            breakers: {b: {openFor: 2m, maxOpenFor: 1m}} => 1:41 breakers.b.maxOpenFor: maxOpenFor must not be shorter than openFor, 2m, but is 1m
            defaults: {backoff: {type: linear, step: 9s, max: 5s}} => 1:51 defaults.backoff.max: max must not be shorter than step, 9s, but is 5s
            defaults: {backoff: {type: fibonacci, initial: 2h}} => 1:48 defaults.backoff.initial: max must not be shorter than initial, 2h, but is 1m
            defaults: {health: [{type: tcp, port: 1, host: " "}]} => 1:48 defaults.health[0].host: host must not be empty
            defaults: {health: [{type: error-rate, degradedAbove: 0.9}]} => 1:55 defaults.health[0].degradedAbove: degradedAbove must be
            defaults: {health: [{type: http, url: "ftp://x/"}]} => 1:39 defaults.health[0].url: url must begin with http:// or https://, but is
            """)
    void f1SettingsThatAreRefusedByTheTypeItselfAreToldWhereTheyStand(String line, String problem) {
        assertThat(new Reader().with(INSTALLED).refusal(line + "\nchildren: {a: {command: [x]}}\n"))
                .startsWith("upkeep.yaml: 1 problem\n  " + problem);
    }

    @Test
    void everyInstalledTypeIsWalked() {
        assertThat(INSTALLED.problems()).isEmpty();
        assertThat(INSTALLED.entries(PluginKind.HEALTH_CHECK)).extracting(CatalogEntry::type)
                .contains("heartbeat", "tcp", "error-rate");
        assertThat(INSTALLED.entries(PluginKind.BACKOFF)).hasSize(7);
        assertThat(badFiles()).hasSizeGreaterThan(100);
    }
}
