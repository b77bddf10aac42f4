package dev.upkeep.dist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The state directory goes away, or cannot be written any more, while the supervisor runs: its children never notice. */
class StateDirectoryIT {
    private static final Duration LONG = Duration.ofSeconds(30);

    @TempDir
    private static Path directory;

    private static Installed installed;

    @BeforeAll
    static void unpack() throws Exception {
        installed = Installed.in(directory);
    }

    private static Path tree(Witness witness) throws IOException {
        return installed.yaml("""
                name: lost
                defaults: {backoff: {type: immediate}}
                children:
                  steady: {command: [%1$s/once, steady, sleep, "1000"]}
                  web: {command: [%1$s/once, web, sleep, "1000"]}
                """.formatted(witness.directory()));
    }

    @Test
    void aTreeWhoseStateDirectoryIsRemovedGoesOnAndEndsWell() throws Exception {
        Witness witness = Witness.in(directory.resolve("removed"));
        Path state = directory.resolve("removed-state");
        try (Running run = installed.run(tree(witness), state)) {
            Control control = new Control(state).open();
            run.await(" web +started as pid");
            long web = control.pid("web");
            try (Stream<Path> all = Files.walk(state)) {
                for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(path);
                }
            }

            Installed.Result status = installed.upkeep("status", "--state", state.toString());
            assertThat(status.status()).as("4: no supervisor answers").isEqualTo(4);
            assertThat(status.err()).contains("no supervisor answers at " + state);
            new ProcessBuilder("kill", "-KILL", Long.toString(web)).start().waitFor();
            await().atMost(LONG).untilAsserted(() -> assertThat(witness.starts("web")).hasSize(2));
            run.signal("USR1");
            run.await(" upkeep +steady +running +yes");

            run.signal("TERM");
            assertThat(run.awaitEnd()).isZero();
            assertThat(run.printed()).as("a person's words alone").doesNotContain("\tat ");
            assertThat(run.leftRunning()).isEmpty();
            assertThat(witness.starts("steady")).hasSize(1);
            witness.nothingRanTwice();
        }
    }

    @Test
    void whatCannotBeWrittenDownIsDoneAllTheSameAndTold() throws Exception {
        Witness witness = Witness.in(directory.resolve("readonly"));
        Path state = Files.createDirectory(directory.resolve("readonly-state"));
        assumeTrue(new ProcessBuilder("unshare", "-m", "true").start().waitFor() == 0,
                "this user may not have a mount namespace of his own");
        try (Running run = installed.run(List.of("unshare", "-m"), tree(witness), state)) {
            run.await(" web +started as pid");
            new Control(state).open();
            // A mount over it: whoever looks for a file by its name finds one that cannot be written.
            mount(run, "mount", "--bind", state.toString(), state.toString());
            mount(run, "mount", "-o", "remount,bind,ro", state.toString());

            Installed.Result stop = upkeep(state, "stop", "web");
            assertThat(stop.status()).as(stop.err()).isZero();
            assertThat(upkeep(state, "status", "web").status()).as("3: not running").isEqualTo(3);
            run.await("could not be written down.*Read-only file system|Read-only file system");
            assertThat(state.resolve("stopped")).doesNotExist();
            assertThat(upkeep(state, "start", "web").status()).isZero();

            mount(run, "umount", state.toString());
            assertThat(upkeep(state, "stop", "web").status()).isZero();
            assertThat(state.resolve("stopped")).hasContent("lost/web\n");
            run.signal("TERM");
            assertThat(run.awaitEnd()).isZero();
            assertThat(run.leftRunning()).isEmpty();
            assertThat(witness.starts("steady")).hasSize(1);
            witness.nothingRanTwice();
        }
    }

    private static void mount(Running run, String... command) throws Exception {
        List<String> words = new ArrayList<>(List.of("nsenter", "-m", "-t", Long.toString(run.pid())));
        words.addAll(List.of(command));
        assertThat(new ProcessBuilder(words).inheritIO().start().waitFor()).isZero();
    }

    private static Installed.Result upkeep(Path state, String verb, String child)
            throws Exception {
        return installed.upkeep(verb, "--state", state.toString(), child);
    }
}
