package dev.upkeep.inject;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The program that the README shows is compiled and run as it stands there. */
class ReadmeProgramTest {
    @Test
    void theProgramInTheReadmeDoesWhatItSays(@TempDir Path directory) throws Exception {
        Path source = Files.writeString(directory.resolve("Shop.java"), program());
        Path output = directory.resolve("output");
        ProcessBuilder java = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED", "-cp", System.getProperty("java.class.path"),
                source.toString())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile());
        java.environment().put("UPKEEP_STATE", directory.resolve("state").toString());
        Process run = java.start();
        try {
            assertThat(run.waitFor(60, TimeUnit.SECONDS)).as("it ends").isTrue();
        } finally {
            run.destroyForcibly();
        }

        assertThat(run.exitValue()).as(Files.readString(output)).isZero();
        assertThat(Files.readAllLines(output)).containsSubsequence(
                "ready: true",
                "ledger opened 2 times",
                "DONE",
                "pool 'worker' has 5 members",
                "DONE",
                "STILL_RUNNING",
                "DONE",
                "[restarted db [work.command]]",
                "PERMANENT",
                "shop RUNNING 1",
                "shop/db RUNNING 2",
                "shop/ledger RUNNING 2",
                "shop/worker-0 RUNNING 1",
                "shop/etl/load RUNNING 1",
                "shop/worker-4 RUNNING 1");
    }

    private static String program() throws Exception {
        String readme = Files.readString(Path.of("../README.md"));
        int start = readme.indexOf("import static", readme.indexOf("## Embed it"));
        return readme.substring(start, readme.indexOf("```", start));
    }
}
