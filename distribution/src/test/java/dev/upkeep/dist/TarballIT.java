package dev.upkeep.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is in the tarball, and that it needs nothing but a Java to be found. */
class TarballIT {
    @TempDir
    private static Path directory;

    private static Installed installed;

    @BeforeAll
    static void unpack() throws Exception {
        installed = Installed.in(directory);
    }

    @Test
    void holdsWhatItShould() throws Exception {
        try (Stream<Path> files = Files.list(installed.home())) {
            assertThat(files.map(f -> f.getFileName().toString()))
                    .containsExactlyInAnyOrder("bin", "conf", "ext", "lib", "plugins", "share");
        }
        assertThat(installed.home().resolve("ext/upkeep-example-self-healing.jar")).isRegularFile();
        assertThat(installed.home().resolve("share/examples/self-healing/worker.sh")).isExecutable();
        try (Stream<Path> jars = Files.list(installed.home().resolve("lib"))) {
            assertThat(jars.map(f -> f.getFileName().toString()))
                    .as("examples and test libraries are not shipped as ours")
                    .noneMatch(n -> n.startsWith("upkeep-example") || n.startsWith("queue-depth")
                            || n.startsWith("resilience4j")
                            || n.startsWith("junit") || n.startsWith("archunit"))
                    .anyMatch(n -> n.startsWith("supervisor-daemon-"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"development", "production", "strict", "lenient"})
    void everyProfilePassesTheCheck(String profile) throws Exception {
        var check = installed.upkeep("check",
                installed.home().resolve("conf/" + profile + ".yaml").toString());

        assertThat(check.status()).as(check.err()).isZero();
        assertThat(check.out()).contains(": ok, '" + profile + "' with ");
        assertThat(check.err()).isEmpty();
    }

    @Test
    void theTreeInTheReadmePassesTheCheck() throws Exception {
        String readme = Files.readString(Path.of("../README.md"));
        int start = readme.indexOf("```yaml\n") + "```yaml\n".length();
        Path file = Files.writeString(directory.resolve("readme.yaml"),
                readme.substring(start, readme.indexOf("```", start)));

        var check = installed.upkeep("check", file.toString());

        assertThat(check.status()).as(check.err()).isZero();
        assertThat(check.out()).contains(": ok, 'shop' with 5 children");
    }

    @Test
    void listsWhatIsInstalled() throws Exception {
        var plugins = installed.upkeep("plugins");

        assertThat(plugins.status()).as(plugins.err()).isZero();
        for (String type : List.of("heartbeat", "tcp", "error-rate", "one-for-one", "one-for-all",
                "rest-for-one",
                "immediate", "fixed", "linear", "exponential", "fibonacci", "decorrelated", "crash-loop",
                "consecutive", "failure-rate")) {
            assertThat(plugins.out()).containsPattern("(?m) " + type + " +lib/");
        }
        assertThat(plugins.err()).isEmpty();
    }

    @Test
    void runsThroughASymbolicLinkFromAnotherDirectory() throws Exception {
        Path link = Files.createSymbolicLink(directory.resolve("linked"),
                installed.home().resolve("bin/upkeep"));
        var process = new ProcessBuilder(link.toString(), "plugins").directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("linked.out").toFile())
                .start();

        assertThat(process.waitFor()).isZero();
        assertThat(Files.readString(directory.resolve("linked.out"))).contains("heartbeat");
    }
}
