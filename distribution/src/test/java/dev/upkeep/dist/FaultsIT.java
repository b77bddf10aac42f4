package dev.upkeep.dist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;

/**
 * What can happen to the processes of a tree, one thing after another. A child to which nothing happens never notices: it keeps
 * its process and its generation. Nothing runs twice, and nothing is left in the end.
 */
class FaultsIT {
    private static final Duration LONG = Duration.ofSeconds(30);
    /** What shows that a child is past its first commands. */
    private static final List<String> STARTED = List.of("steady.starts", "missing.starts",
            "unexecutable.starts",
            "interpreter.starts", "nowhere.starts", "deaf.now", "frozen.starts", "leader.starts",
            "stubborn.starts",
            "killed.starts");
    private static final int STORMING = 20;
    private static final int RESTARTS = 3_000;

    @TempDir
    private static Path directory;

    private static Installed installed;
    private static Witness witness;
    private static Path file;
    private static Path state;
    private static Running run;
    private static Control control;
    private static long steady;

    @BeforeAll
    static void start() throws Exception {
        installed = Installed.in(directory);
        witness = Witness.in(directory.resolve("work"));
        Files.createDirectory(witness.directory().resolve("here"));
        for (Broken broken : Broken.values()) {
            witness.program(broken.child(), broken.program());
        }
        file = installed.yaml("""
                name: faults
                defaults: {backoff: {type: fixed, delay: 100ms}, stop: {timeout: 30s}}
                children:
                  steady: {command: [%1$s/once, steady, sleep, "1000"]}
                  missing: {command: [%1$s/missing], backoff: {type: fixed, delay: 10m}}
                  unexecutable: {command: [%1$s/unexecutable], backoff: {type: fixed, delay: 10m}}
                  interpreter: {command: [%1$s/interpreter], backoff: {type: fixed, delay: 10m}}
                  nowhere: {command: [%1$s/nowhere], workingDirectory: %1$s/here, backoff: {type: fixed, delay: 10m}}
                  deaf:
                    command: [%1$s/once, deaf, sh, -c, "trap '' TERM; echo >%1$s/deaf.now; while :; do sleep 0.2; done"]
                    stop: {timeout: 1s}
                  frozen: {command: [%1$s/once, frozen, sleep, "1000"]}
                  leader: {command: [%1$s/once, leader, sh, -c, "sleep 1000 & exec sleep 1001"]}
                  stubborn:
                    command: [%1$s/once, stubborn, sh, -c, "sh -c 'trap \\"\\" TERM; while :; do sleep 0.2; done' & exec sleep 1001"]
                    stop: {timeout: 1s}
                  killed: {command: [%1$s/once, killed, sleep, "1000"]}
                  storms:
                    autostart: false
                    onGiveUp: suspend
                    intensity: {max: %2$d, within: 1h}
                    children:
                      storm: {command: "echo >>%1$s/storm; exit 1", shell: true, replicas: %3$d, backoff: {type: immediate}}
                """
                .formatted(witness.directory(), RESTARTS, STORMING));
        state = directory.resolve("state");
        run = installed.run(file, state);
        run.await(" killed +started as pid");
        control = new Control(state).open();
        for (String child : STARTED) {
            await(child).atMost(LONG).until(() -> Files.exists(witness.directory().resolve(child)));
        }
        steady = control.pid("steady");
    }

    @AfterEach
    void steadyHasNotNoticed() {
        JsonNode child = control.child("steady");
        assertThat(child.get("pid").asLong()).isEqualTo(steady);
        assertThat(child.get("generation").asLong()).isOne();
        assertThat(child.get("ready").asBoolean()).isTrue();
        assertThat(ProcessHandle.of(steady)).isPresent();
    }

    @AfterAll
    static void nothingIsLeftAndNothingRanTwice() throws Exception {
        if (run == null) {
            return;
        }
        try (Running ending = run) {
            ending.signal("TERM");
            assertThat(ending.awaitEnd()).as(ending::printed).isZero();
            assertThat(ending.leftRunning()).isEmpty();
            witness.nothingRanTwice();
            assertThat(witness.starts("steady")).hasSize(1);
        }
    }

    private static void kill(String signal, long pid) throws Exception {
        assertThat(new ProcessBuilder("kill", "-" + signal, Long.toString(pid)).start().waitFor()).isZero();
    }

    private static Installed.Result upkeep(String verb, String child) throws Exception {
        return installed.upkeep(verb, "--state", state.toString(), child);
    }

    /** What becomes of a program while it runs, and with which words its next start fails. */
    enum Broken {
        MISSING("ENOENT: there is no program '.*/missing'") {
            @Override
            void happen() throws IOException {
                Files.delete(path());
            }
        },
        UNEXECUTABLE("EACCES: .*/unexecutable") {
            @Override
            void happen() throws IOException {
                Files.setPosixFilePermissions(path(), PosixFilePermissions.fromString("rw-r--r--"));
            }
        },
        INTERPRETER("ENOENT: .*/no/such/interpreter") {
            @Override
            void happen() throws IOException {
                Files.writeString(path(), "#!/no/such/interpreter\n");
            }
        },
        NOWHERE("ENOENT: .*/here") {
            @Override
            void happen() throws IOException {
                Files.delete(witness.directory().resolve("here"));
            }
        };

        private final String words;

        Broken(String words) {
            this.words = words;
        }

        String child() {
            return name().toLowerCase(Locale.ROOT);
        }

        Path path() {
            return witness.directory().resolve(child());
        }

        String program() {
            return "#!/bin/sh\nexec %s/once %s sleep 1000\n".formatted(witness.directory(), child());
        }

        abstract void happen() throws IOException;

        void mend() throws IOException {
            witness.program(child(), program());
            Files.createDirectories(witness.directory().resolve("here"));
        }
    }

    @ParameterizedTest
    @EnumSource
    void p3_aProgramThatBreaksWhileItRunsIsAFailedStartWithItsErrnoAndRunsOnceItIsMended(Broken broken)
            throws Exception {
        String child = broken.child();
        broken.happen();
        kill("KILL", control.pid(child));
        run.await(LONG, " " + child + " +restart 1 in 10m");

        JsonNode refused = control.ask("POST", "/v1/children/" + child + "/start").get("error");
        assertThat(refused.get("kind").asString()).isEqualTo("start-failed");
        assertThat(refused.get("text").asString()).containsPattern("start-failed\\(" + broken.words);
        assertThat(control.state(child)).isEqualTo("backoff");
        assertThat(witness.starts(child)).hasSize(1);

        broken.mend();
        Installed.Result start = upkeep("start", child);
        assertThat(start.status()).as(start.err()).isZero();
        await().atMost(LONG).untilAsserted(() -> assertThat(witness.starts(child)).hasSize(2));
    }

    @Test
    void p5_aChildThatIgnoresTermIsKilledAfterItsTime() throws Exception {
        long pid = control.pid("deaf");

        assertThat(upkeep("stop", "deaf").status()).isZero();

        assertThat(run.printed()).containsPattern(" deaf +would not stop, and is killed");
        assertThat(control.state("deaf")).isEqualTo("stopped");
        assertThat(Files.exists(Path.of("/proc/" + pid))).isFalse();
    }

    @Test
    void p5_aChildThatIsStoppedBySignalEndsWhenItIsAskedTo() throws Exception {
        long pid = control.pid("frozen");
        kill("STOP", pid);
        await().atMost(LONG)
                .until(() -> Files.readString(Path.of("/proc/" + pid + "/stat")).contains(") T "));

        assertThat(upkeep("stop", "frozen").status()).isZero();

        assertThat(control.state("frozen")).isEqualTo("stopped");
        assertThat(run.printed()).as("it was woken, not killed")
                .doesNotContainPattern(" frozen +would not stop");
        assertThat(control.child("frozen").get("lastExit").get("signal").asString()).isEqualTo("SIGTERM");
    }

    @Test
    void p5_r6_whoIsLeftOfAGroupIsAskedToGoBeforeTheNextInstanceStarts() throws Exception {
        restartsWithoutLeaderOf("leader");
        assertThat(run.printed()).doesNotContainPattern(" leader +would not stop");
    }

    @Test
    void p5_r6_whoIsLeftOfAGroupAndWillNotGoIsKilledBeforeTheNextInstanceStarts() throws Exception {
        restartsWithoutLeaderOf("stubborn");
    }

    /** The lock of the witness is held by all of the group: it shows a start that came too early. */
    private static void restartsWithoutLeaderOf(String child) throws Exception {
        long leader = control.pid(child);
        await("a member beside it").atMost(LONG).until(() -> groupOf(leader) >= 2);
        kill("KILL", leader);

        await().atMost(LONG).untilAsserted(() -> assertThat(witness.starts(child)).hasSize(2));
        assertThat(groupOf(leader)).isZero();
        assertThat(control.number(child, "generation")).isEqualTo(2);
        witness.nothingRanTwice();
    }

    private static long groupOf(long leader) throws IOException {
        try (Stream<Path> all = Files.list(Path.of("/proc"))) {
            return all.filter(p -> p.getFileName().toString().matches("\\d+")).filter(p -> {
                try {
                    String stat = Files.readString(p.resolve("stat"));
                    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", 4);
                    return fields[2].equals(Long.toString(leader)) && !fields[0].equals("Z");
                } catch (IOException | IndexOutOfBoundsException e) {
                    return false;
                }
            }).count();
        }
    }

    @Test
    void aKilledChildIsBackAndCounted() throws Exception {
        long pid = control.pid("killed");
        kill("KILL", pid);

        await().atMost(LONG).untilAsserted(() -> assertThat(witness.starts("killed")).hasSize(2));
        JsonNode child = control.child("killed");
        assertThat(child.get("restarts").asLong()).isOne();
        assertThat(child.get("generation").asLong()).isEqualTo(2);
        assertThat(child.get("lastExit").get("signal").asString()).isEqualTo("SIGKILL");
        assertThat(child.get("pid").asLong()).isNotEqualTo(pid);
    }

    @Test
    void aStormOfCrashesIsCountedToTheLastOneAndLeavesNothingBehind() throws Exception {
        JsonNode answer = control.ask("POST", "/v1/children/storms/start?timeout=1ms");
        assertThat(answer.toString()).as("nobody waits until it is over").contains("timeout");

        await().atMost(Duration.ofSeconds(60)).pollInterval(Duration.ofMillis(200)).untilAsserted(() -> {
            // One moment for all; a trial that follows later counts as well.
            List<JsonNode> storm = control.all()
                    .stream()
                    .filter(c -> c.get("path").asString().contains("/storm-"))
                    .toList();
            assertThat(storm).hasSize(STORMING)
                    .allSatisfy(c -> assertThat(c.get("state").asString()).isEqualTo("suspended"));
            long restarts = sum(storm, "restarts");
            assertThat(restarts).isGreaterThanOrEqualTo(RESTARTS);
            assertThat(sum(storm, "generation")).isEqualTo(restarts + STORMING);
            assertThat(Files.size(witness.directory().resolve("storm"))).as("a byte by each that ran")
                    .isEqualTo(restarts + STORMING);
        });

        assertThat(Files.list(Path.of("/proc/" + run.pid() + "/fd")).count()).as("descriptors")
                .isLessThan(200);
        String memory = Files.readString(Path.of("/proc/" + run.pid() + "/status"));
        assertThat(Long.parseLong(memory.replaceAll("(?s).*VmRSS:\\s+(\\d+) kB.*", "$1"))).as("KiB resident")
                .isLessThan(250L << 10);
    }

    private static long sum(List<JsonNode> children, String key) {
        return children.stream().mapToLong(c -> c.get(key).asLong()).sum();
    }

    @Test
    void p17_aSecondSupervisorSaysWhoIsThereAndTouchesNothing() throws Exception {
        Installed.Result second = installed.upkeep("run", "--state", state.toString(), file.toString());

        assertThat(second.status()).isEqualTo(1);
        assertThat(second.err()).contains("held by supervisor 'faults' (pid " + run.pid() + ") since 2");
        assertThat(second.out()).doesNotContain("started");
    }
}
