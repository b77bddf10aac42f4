package dev.upkeep.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** When the script at the top builds, and what it passes on. Beside it a tiny clone, and a Maven that only packs. */
class TopScriptIT {
    private static final String MAVEN = """
            #!/bin/sh
            echo built >>builds
            sleep "${BUILD_SECONDS:-0}"
            [ ! -e fails ] || { echo "[ERROR] does not compile"; exit 1; }
            mkdir -p distribution/target/stage/upkeep-1.2.3/bin
            printf '#!/bin/sh\\necho "in $(pwd): $*"\\nexit 7\\n' >distribution/target/stage/upkeep-1.2.3/bin/upkeep
            chmod 755 distribution/target/stage/upkeep-1.2.3/bin/upkeep
            tar czf distribution/target/upkeep-1.2.3.tar.gz -C distribution/target/stage upkeep-1.2.3
            """;

    @TempDir
    private Path directory;

    private Path clone;
    private Path elsewhere;

    record Result(int status, String printed) {}

    @BeforeEach
    void tinyClone() throws IOException {
        // Resolved, as a temporary directory may itself be behind a link.
        clone = Files.createDirectory(directory.toRealPath().resolve("clone"));
        elsewhere = Files.createDirectory(directory.toRealPath().resolve("elsewhere"));
        Files.copy(Path.of(System.getProperty("upkeep.script", "the script is not said")),
                clone.resolve("upkeep"));
        executable(clone.resolve("upkeep"));
        Files.writeString(clone.resolve("pom.xml"), "<project>\n  <version>1.2.3</version>\n</project>\n");
        for (String source : List.of("one/pom.xml", "one/src/Main.java", "examples/a/pom.xml",
                "examples/a/src/A")) {
            Files.createDirectories(clone.resolve(source).getParent());
            Files.writeString(clone.resolve(source), "");
        }
        Path bin = Files.createDirectory(directory.resolve("bin"));
        Files.writeString(bin.resolve("mvn"), MAVEN);
        executable(bin.resolve("mvn"));
        age(clone);
    }

    @Test
    void buildsOnceAndPassesArgumentsDirectoryAndStatusOn() throws Exception {
        Result first = upkeep("run", "a b", "c.yaml");
        Result second = upkeep("status");

        assertThat(first).isEqualTo(new Result(7,
                "upkeep: building … (a minute or two the first time; details in "
                        + clone.resolve("distribution/target/build.log") + ")\nin " + elsewhere
                        + ": run a b c.yaml\n"));
        assertThat(second).isEqualTo(new Result(7, "in " + elsewhere + ": status\n"));
        assertThat(builds()).isEqualTo(1);
    }

    @Test
    void buildsAgainAfterASourceHasChangedOrIsGone() throws Exception {
        upkeep("status");
        Files.setLastModifiedTime(clone.resolve("one/src/Main.java"), FileTime.from(later()));
        upkeep("status");
        assertThat(builds()).isEqualTo(2);

        age(clone.resolve("one/src"));
        Files.delete(clone.resolve("one/src/Main.java"));
        Files.setLastModifiedTime(clone.resolve("one/src"), FileTime.from(later()));
        upkeep("status");
        assertThat(builds()).isEqualTo(3);
    }

    @Test
    void takesATarballThatSomebodyElseBuilt() throws Exception {
        upkeep("status");
        assertThat(
                new ProcessBuilder("rm", "-rf", clone.resolve("distribution/target/upkeep-1.2.3").toString())
                        .start()
                        .waitFor())
                .isZero();

        assertThat(upkeep("status").status()).isEqualTo(7);
        assertThat(builds()).isEqualTo(1);
    }

    @Test
    void worksThroughASymbolicLink() throws Exception {
        Path link = Files.createSymbolicLink(directory.resolve("linked"), Path.of("clone/upkeep"));

        assertThat(finish(start(link, "0", "x")).printed()).endsWith("in " + elsewhere + ": x\n");
    }

    @Test
    void aBuildThatFailsShowsItsEnd() throws Exception {
        Files.writeString(clone.resolve("fails"), "");

        Result failed = upkeep("status");

        assertThat(failed.status()).isEqualTo(1);
        assertThat(failed.printed()).contains("[ERROR] does not compile").contains("the build failed");
        Files.delete(clone.resolve("fails"));
        assertThat(upkeep("status").status()).as("the next one tries again").isEqualTo(7);
    }

    @Test
    void severalAtOnceBuildOnce() throws Exception {
        List<Started> all = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            all.add(start(clone.resolve("upkeep"), "1", "call-" + i));
        }
        for (int i = 0; i < 6; i++) {
            Result result = finish(all.get(i));
            assertThat(result.status()).as(result.printed()).isEqualTo(7);
            assertThat(result.printed()).endsWith("in " + elsewhere + ": call-" + i + "\n");
        }
        assertThat(builds()).isEqualTo(1);
    }

    private record Started(Process process, Path out) {}

    private Result upkeep(String... args) throws Exception {
        return finish(start(clone.resolve("upkeep"), "0", args));
    }

    private Started start(Path script, String buildSeconds, String... args) throws IOException {
        List<String> words = new ArrayList<>(List.of(script.toString()));
        words.addAll(List.of(args));
        Path out = Files.createTempFile(directory, "call", ".out");
        ProcessBuilder builder = new ProcessBuilder(words).directory(elsewhere.toFile())
                .redirectErrorStream(true)
                .redirectOutput(out.toFile());
        builder.environment().put("BUILD_SECONDS", buildSeconds);
        builder.environment()
                .merge("PATH", directory.resolve("bin").toString(), (path, bin) -> bin + ":" + path);
        return new Started(builder.start(), out);
    }

    private static Result finish(Started started) throws IOException, InterruptedException {
        assertThat(started.process().waitFor(30, TimeUnit.SECONDS)).isTrue();
        return new Result(started.process().exitValue(), Files.readString(started.out()));
    }

    private long builds() throws IOException {
        return Files.readAllLines(clone.resolve("builds")).size();
    }

    private static Instant later() {
        return Instant.now().plus(Duration.ofSeconds(5));
    }

    /** Makes all of it old, so that what is built now is newer, however coarse the file system's clock is. */
    private static void age(Path root) throws IOException {
        try (var all = Files.walk(root)) {
            for (Path path : all.toList()) {
                Files.setLastModifiedTime(path, FileTime.from(Instant.now().minus(Duration.ofMinutes(1))));
            }
        }
    }

    private static void executable(Path file) throws IOException {
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
}
