package dev.upkeep.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.upkeep.api.ResourceLimit;
import dev.upkeep.plugin.Catalog;
import dev.upkeep.plugin.CatalogEntry;
import dev.upkeep.plugin.PluginKind;
import dev.upkeep.plugin.PluginScan;
import dev.upkeep.plugin.Setting;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/** The tables of the README have every installed type, with its settings and their defaults, and no others; and every key of a process. */
class ReadmeTablesTest {
    private static final Pattern CODE = Pattern.compile("`([^`]+)`");
    private static final Pattern YAML = Pattern.compile("```yaml\n(.*?)```", Pattern.DOTALL);
    private static final Set<String> EMPTY = Set.of("[]", "{}");

    @ParameterizedTest
    @EnumSource(mode = Mode.EXCLUDE, names = "RESTART_STRATEGY")
    void everyTypeIsThereWithItsSettings(PluginKind kind) throws Exception {
        Catalog installed = PluginScan.scan(getClass().getClassLoader(), Optional.empty());
        Map<String, Set<String>> written = table(switch (kind) {
            case HEALTH_CHECK -> "| check | settings |";
            case BACKOFF -> "| back-off | settings |";
            case CIRCUIT_BREAKER -> "| breaker | settings |";
            case RESTART_STRATEGY -> throw new IllegalArgumentException("strategies have no settings");
        });

        assertThat(written).isEqualTo(installed.entries(kind)
                .stream()
                .collect(Collectors.toMap(CatalogEntry::type, ReadmeTablesTest::settings)));
    }

    @Test
    void everyKeyOfAProcessIsThereWithItsDefault() throws Exception {
        Set<String> keys = table("| key | |").keySet()
                .stream()
                .map(key -> key.replaceFirst(":.*", ""))
                .collect(Collectors.toSet());

        assertThat(keys).isEqualTo(Stream.concat(ProcessReader.KEYS.stream(), Stream.of("stop"))
                .collect(Collectors.toSet()));
        assertThat(table("| key | |").get("limits"))
                .containsAll(Arrays.stream(ResourceLimit.values()).map(ResourceLimit::key).toList())
                .contains("unlimited");
        Set<String> written = table("| key | |").keySet();
        assertThat(new Reader().children(written.stream()
                .filter(key -> key.contains(":"))
                .collect(Collectors.joining(", ", "a: {command: x, ", "}"))))
                .as("what is said to be the default changes nothing")
                .isEqualTo(new Reader().children("a: {command: x}"));
    }

    @Test
    void everyConfigurationThatItShowsIsOne(@TempDir Path directory) throws Exception {
        Files.writeString(directory.resolve("db.env"), "A=1");
        Catalog installed = PluginScan.scan(getClass().getClassLoader(), Optional.empty());
        List<String> shown = YAML.matcher(Files.readString(Path.of("../README.md")))
                .results()
                .map((MatchResult r) -> r.group(1))
                .toList();

        assertThat(shown).hasSize(2)
                .allSatisfy(
                        text -> assertThat(new Reader(directory).with(installed).tree(text).root().children())
                                .isNotEmpty());
    }

    private static Set<String> settings(CatalogEntry entry) {
        return entry.settings().settings().stream().map(ReadmeTablesTest::shown).collect(Collectors.toSet());
    }

    private static String shown(Setting setting) {
        return setting.name()
                + setting.written().filter(d -> !EMPTY.contains(d)).map(d -> ": " + d).orElse("");
    }

    /** Returns the settings by type; what a row of no type says holds for all. */
    private static Map<String, Set<String>> table(String head) throws Exception {
        List<String> rows = Files.readAllLines(Path.of("../README.md"))
                .stream()
                .dropWhile(line -> !line.startsWith(head))
                .skip(2)
                .takeWhile(line -> line.startsWith("|"))
                .toList();
        Map<String, Set<String>> table = new HashMap<>();
        Set<String> all = new HashSet<>();
        for (String row : rows) {
            String[] cells = row.split("\\|", -1);
            List<String> types = codes(cells[1]);
            types.forEach(type -> table.put(type, new HashSet<>(codes(cells[2]))));
            if (types.isEmpty()) {
                all.addAll(codes(cells[2]));
            }
        }
        table.values().forEach(settings -> settings.addAll(all));
        return table;
    }

    private static List<String> codes(String cell) {
        return CODE.matcher(cell).results().map((MatchResult r) -> r.group(1)).toList();
    }
}
