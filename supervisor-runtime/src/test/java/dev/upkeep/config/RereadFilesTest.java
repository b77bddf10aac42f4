package dev.upkeep.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.inject.Guice;
import com.google.inject.Stage;
import dev.upkeep.api.Component;
import dev.upkeep.api.ComponentContext;
import dev.upkeep.api.SpecDiff;
import dev.upkeep.api.TreeSpec;
import dev.upkeep.api.settings.Default;
import dev.upkeep.inject.InjectedComponents;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A5: a file that is read again, and says the same, changes nothing. */
class RereadFilesTest {
    /** A component whose settings hold what equals itself alone. */
    public static final class Watch implements Component {
        public record Inner(@Default("i+") Pattern pattern) {}

        public record Settings(@Default("d+") Pattern byDefault, Pattern given, List<Pattern> several,
                Map<String, Pattern> named, Optional<Pattern> perhaps, Inner inner,
                @Default("1s") Duration pause, @Default("/tmp") Path file) {}

        public Watch(Settings settings) {}

        @Override
        public void run(ComponentContext context) {}
    }

    private static final String FILE = """
            name: shop
            breakers:
              database: {type: consecutive, failures: 3}
            startRate: {perSecond: 5}
            defaults:
              backoff: {type: exponential, initial: 500ms}
              health:
                - {type: everything, pattern: "a+", codes: [1, 2], times: {a: 1s}, inner: {high: 9}}
                - {type: everything, name: plain}
            children:
              db: {command: [postgres, -D, data], environment: {A: 1, B: 2}, breaker: database}
              web: {command: ./web, replicas: 3, after: [db], breaker: {type: consecutive}, stop: brutal}
              watch:
                component: dev.upkeep.config.RereadFilesTest$Watch
                settings: {given: "g+", several: [x, y], named: {n: "n+"}, perhaps: "p+", inner: {}}
              below:
                strategy: rest-for-one
                maxChildren: 7
                children:
                  extract: {component: dev.upkeep.config.TestTypes$Extract, whenAbandoned: replace}
                  load: {component: dev.upkeep.config.TestTypes$Load, replicas: 2, thread: platform}
            """;

    private final InjectedComponents components = new InjectedComponents(
            Guice.createInjector(Stage.PRODUCTION));

    private TreeSpec read(String text) throws ConfigurationException {
        return new ConfigurationReader(TestTypes.catalog(), Map.of(), getClass().getClassLoader(), components)
                .read(text, "upkeep.yaml", Path.of("/srv/shop"))
                .tree();
    }

    @Test
    void a5_theSameFileReadTwiceIsNoChange() throws Exception {
        assertThat(SpecDiff.between(read(FILE), read(FILE)).changes()).isEmpty();
    }

    @Test
    void a5_anotherSettingRestartsItsChildAlone() throws Exception {
        TreeSpec before = read(FILE);

        assertThat(SpecDiff.between(before, read(FILE.replace("g+", "g*"))).changes())
                .hasToString("[restarted watch [work.factory]]");
        assertThat(SpecDiff.between(before, read(FILE.replace("maxChildren: 7", "maxChildren: 8"))).changes())
                .hasToString("[changed below [work.maxChildren]]");
        assertThat(SpecDiff.between(before, read(FILE.replace("replicas: 3", "replicas: 2"))).changes())
                .hasToString("[removed web-2]");
    }

    @Test
    void a5_anotherLineInAnEnvironmentFileRestartsItsChildAlone(@TempDir Path directory) throws Exception {
        Path file = Files.writeString(directory.resolve("a.env"), "A=1\n");
        Path configuration = Files.writeString(directory.resolve("upkeep.yaml"), """
                children:
                  a: {command: [x], environmentFile: a.env, nice: 3, ready: {fd: 4}, output: {file: a.log}}
                  b: {command: [x], limits: {core: 0}, ready: notify, output: {logger: c}}
                  c: {command: [x], stop: {command: [y]}}
                """);
        ConfigurationReader reader = new Reader(directory).reader();
        TreeSpec before = reader.read(configuration).tree();

        Files.writeString(file, "# the same\n\nexport A='1'");
        assertThat(SpecDiff.between(before, reader.read(configuration).tree()).changes()).isEmpty();
        Files.writeString(file, "A=2\n");
        assertThat(SpecDiff.between(before, reader.read(configuration).tree()).changes())
                .hasToString("[restarted a [work.environment]]");
    }

    @Test
    void aPatternIsOneObjectAsLongAsItIsInUse() {
        Pattern first = Patterns.of("a+");

        assertThat(Patterns.of("a+")).isSameAs(first);
        assertThat(Patterns.shared(Pattern.compile("a+"))).isSameAs(first);
        assertThat(Patterns.shared(Pattern.compile("a+", Pattern.COMMENTS))).isNotSameAs(first);
        for (int i = 0; i < 1_000; i++) {
            assertThat(Patterns.of("b" + i).pattern()).isEqualTo("b" + i);
        }
        assertThat(Patterns.of("a+")).isSameAs(first);
    }
}
