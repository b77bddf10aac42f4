package dev.upkeep.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A person's mistakes: told with what to do, exit status 2, nothing started, no stack trace (F1). */
class BadInputIT {
    @TempDir
    private static Path directory;

    private static Installed installed;

    @BeforeAll
    static void unpack() throws Exception {
        installed = Installed.in(directory);
    }

    @Test
    void anUnknownTypeNamesTheInstalledAndTheNearest() throws Exception {
        var run = run(installed.yaml("""
                children:
                  web:
                    command: [sleep, "1000"]
                    backoff: {type: exponentail}
                    health: [{type: hartbeat}]
                """));

        refused(run);
        assertThat(run.err()).contains("upkeep.yaml: 2 problems")
                .contains(
                        "4:21 children.web.backoff.type: no back-off named 'exponentail'; available: crash-loop,"
                                + " decorrelated, exponential, fibonacci, fixed, immediate, linear."
                                + " Did you mean 'exponential'?")
                .contains("5:21 children.web.health[0].type: no health check named 'hartbeat'")
                .contains("Did you mean 'heartbeat'?");
    }

    @Test
    void aFileThatIsNotThere() throws Exception {
        var run = run(directory.resolve("nowhere/upkeep.yaml"));

        refused(run);
        assertThat(run.err()).contains("nowhere/upkeep.yaml").contains("there is no such file");
    }

    @Test
    void aDirectoryInPlaceOfAFile() throws Exception {
        var run = run(directory);

        refused(run);
        assertThat(run.err()).contains("it is not a file");
    }

    @Test
    void aFileThatIsNoText() throws Exception {
        var run = run(
                Files.write(directory.resolve("noise.yaml"), new byte[]{(byte) 0xff, (byte) 0xfe, 0, 1}));

        refused(run);
        assertThat(run.err()).contains("noise.yaml: 1 problem");
    }

    @Test
    void aComponentThatIsNotInstalled() throws Exception {
        var run = run(installed.yaml("children: {a: {component: com.example.Nowhere}}"));

        refused(run);
        assertThat(run.err()).contains("com.example.Nowhere").contains("ext/");
    }

    @Test
    void anUnknownVerb() throws Exception {
        var unknown = installed.upkeep("statsu");

        assertThat(unknown.status()).isEqualTo(2);
        assertThat(unknown.err()).contains("status").doesNotContain("\tat ");
    }

    private static Installed.Result run(Path file) throws Exception {
        return installed.upkeep("run", "--state", directory.resolve("state").toString(), file.toString());
    }

    private static void refused(Installed.Result run) {
        assertThat(run.status()).as(run.out() + run.err()).isEqualTo(2);
        assertThat(run.err()).doesNotContain("\tat ").doesNotContain("Exception");
        assertThat(run.out()).doesNotContain("started");
    }
}
