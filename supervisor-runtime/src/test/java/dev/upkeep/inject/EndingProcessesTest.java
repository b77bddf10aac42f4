package dev.upkeep.inject;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.upkeep.api.StopRule;
import dev.upkeep.api.Supervisor;
import dev.upkeep.api.SupervisorBuilder;
import dev.upkeep.api.child.ActualState;
import dev.upkeep.api.child.ChildPath;
import dev.upkeep.api.child.ChildStatus;
import dev.upkeep.api.child.ExitStatus;
import dev.upkeep.api.event.EventKind;
import dev.upkeep.api.event.TreeEvent;
import dev.upkeep.api.settings.Choice;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** How processes end in a whole tree, each beside another one that must never notice. */
@EnabledOnOs(OS.LINUX)
@Timeout(120)
class EndingProcessesTest {
    private static final Duration LONG = ofSeconds(30);
    private static final Choice IMMEDIATE = Choice.of("immediate");

    @TempDir
    Path directory;

    private final Collection<TreeEvent> events = new ConcurrentLinkedQueue<>();
    private final List<Long> strangers = new ArrayList<>();
    private Path said;

    @BeforeEach
    void makeTheFile() throws IOException {
        said = Files.createFile(directory.resolve("said"));
    }

    @AfterEach
    void leaveNothing() {
        strangers.forEach(pid -> ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly));
    }

    private SupervisorBuilder shop() {
        return Supervisor.named("shop")
                .listener(events::add)
                .child("other", c -> c.process("sleep", "1000"));
    }

    private static ChildStatus status(Supervisor tree, String id) {
        return tree.status(new ChildPath("shop/" + id)).orElseThrow();
    }

    private List<String> saidSoFar() {
        try {
            return Files.readAllLines(said);
        } catch (IOException e) {
            return List.of();
        }
    }

    /** Waits until a line "word pid" was said that often, and returns the last pid. */
    private long awaitSaid(String word, int times) {
        await("'" + word + "'").atMost(LONG)
                .until(() -> saidSoFar().stream()
                        .filter(line -> line.startsWith(word + " "))
                        .count() >= times);
        return Long.parseLong(saidSoFar().stream()
                .filter(line -> line.startsWith(word + " "))
                .skip(times - 1L)
                .findFirst()
                .orElseThrow()
                .substring(word.length() + 1));
    }

    private static boolean lives(long pid) {
        try {
            String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
            // Dead already: a grandchild waits for PID 1 to take note, and some take a second.
            return stat.charAt(stat.lastIndexOf(')') + 2) != 'Z';
        } catch (IOException e) {
            return false;
        }
    }

    private List<String> texts(String id, EventKind kind) {
        return events.stream()
                .filter(e -> e.kind() == kind && e.path().id().equals(id))
                .map(TreeEvent::text)
                .toList();
    }

    private static ExitStatus lastStatus(Supervisor tree, String id) {
        return status(tree, id).lastExit().orElseThrow().cause().status().orElseThrow();
    }

    private static void otherNeverNoticed(Supervisor tree) {
        assertThat(status(tree, "other").generation()).isEqualTo(1);
        assertThat(status(tree, "other").actual()).isEqualTo(ActualState.RUNNING);
    }

    @Test
    @DisplayName("P5 a child that ignores SIGTERM is killed after its timeout")
    void ignoresTerm() throws Exception {
        try (Supervisor shop = shop()
                .child("p", c -> c.process("sh", "-c",
                        "trap 'echo term $$ >>\"$0\"' TERM; echo up $$ >>\"$0\"; while :; do sleep 0.05; done",
                        said.toString()).stopTimeout(ofMillis(700)))
                .start()) {
            awaitSaid("up", 1);
            shop.stop(new ChildPath("shop/p")).get();

            assertThat(awaitSaid("term", 1)).isPositive();
            assertThat(status(shop, "p").actual()).isEqualTo(ActualState.STOPPED);
            assertThat(lastStatus(shop, "p")).isEqualTo(ExitStatus.ofSignal(9, false));
            assertThat(texts("p", EventKind.STOPPING)).last().isEqualTo("would not stop, and is killed");
            otherNeverNoticed(shop);
        }
    }

    @Test
    @DisplayName("P5 a child that is stopped by SIGSTOP dies of the SIGTERM all the same, long before its timeout")
    void stoppedChild() throws Exception {
        try (Supervisor shop = shop()
                .child("p", c -> c.process("sleep", "1000").stopTimeout(ofSeconds(100)))
                .start()) {
            long pid = status(shop, "p").pid().orElseThrow();
            assertThat(new ProcessBuilder("kill", "-STOP", Long.toString(pid)).start().waitFor()).isZero();
            await().atMost(LONG)
                    .until(() -> Files.readString(Path.of("/proc/" + pid + "/stat")).contains(") T "));

            shop.stop(new ChildPath("shop/p")).get();

            assertThat(lastStatus(shop, "p")).isEqualTo(ExitStatus.ofSignal(15, false));
            otherNeverNoticed(shop);
        }
    }

    @Test
    @DisplayName("P5 R6 when the leader ends and a member stays, the member gets the stop rule and the replacement waits")
    void memberStays() throws Exception {
        String member = "trap 'sleep 0.5; echo over $$ >>\"$0\"; exit' TERM; echo member $$ >>\"$0\";"
                + " while :; do sleep 0.05; done";
        try (Supervisor shop = shop()
                .child("p", c -> c.backoff(IMMEDIATE)
                        .process("sh", "-c",
                                "echo up $$ >>\"$0\"; [ $(grep -c up \"$0\") = 1 ] || exec sleep 1000;"
                                        + " sh -c '" + member.replace("'", "'\\''") + "' \"$0\" &"
                                        + " until grep -q member \"$0\"; do sleep 0.02; done; exit 3",
                                said.toString()))
                .start()) {
            awaitSaid("up", 2);

            assertThat(saidSoFar().stream().map(line -> line.split(" ", -1)[0]))
                    .containsExactly("up", "member", "over", "up");
            assertThat(lives(awaitSaid("member", 1))).isFalse();
            assertThat(lastStatus(shop, "p")).isEqualTo(ExitStatus.ofCode(3));
            await().atMost(LONG).until(() -> status(shop, "p").ready());
            assertThat(status(shop, "p").generation()).isEqualTo(2);
            otherNeverNoticed(shop);
        }
    }

    @Test
    @DisplayName("P5 a member that ignores SIGTERM after its leader is killed after the timeout, and then comes the replacement")
    void stubbornMember() throws Exception {
        try (Supervisor shop = shop()
                .child("p", c -> c.backoff(IMMEDIATE)
                        .stopTimeout(ofMillis(700))
                        .process("sh", "-c",
                                "echo up $$ >>\"$0\"; [ $(grep -c up \"$0\") = 1 ] || exec sleep 1000;"
                                        + " sh -c 'trap \"\" TERM; echo member $$ >>\"$0\"; while :; do sleep 0.05; done' \"$0\" &"
                                        + " until grep -q member \"$0\"; do sleep 0.02; done; exit 3",
                                said.toString()))
                .start()) {
            awaitSaid("up", 2);

            assertThat(lives(awaitSaid("member", 1))).isFalse();
            assertThat(texts("p", EventKind.STOPPING)).contains("would not stop, and is killed");
            assertThat(lastStatus(shop, "p")).isEqualTo(ExitStatus.ofCode(3));
            otherNeverNoticed(shop);
        }
    }

    @Test
    @DisplayName("P5 P7 a grandchild in a session of its own holds neither the exit back nor the replacement, and is left alone")
    void grandchildWithItsOwnSession() throws Exception {
        try (Supervisor shop = shop()
                .child("p", c -> c.backoff(IMMEDIATE)
                        .process("sh", "-c",
                                "echo up $$ >>\"$0\"; [ $(grep -c up \"$0\") = 1 ] || exec sleep 1000;"
                                        + " setsid sh -c 'echo away $$ >>\"$0\"; exec sleep 1000' \"$0\" &"
                                        + " until grep -q away \"$0\"; do sleep 0.02; done; exit 3",
                                said.toString()))
                .start()) {
            strangers.add(awaitSaid("away", 1));
            awaitSaid("up", 2);

            assertThat(lives(awaitSaid("away", 1))).isTrue();
            await().atMost(LONG)
                    .until(() -> status(shop, "p").generation() == 2 && status(shop, "p").ready());
            shop.stop(new ChildPath("shop/p")).get();
            assertThat(lives(awaitSaid("away", 1))).isTrue();
            otherNeverNoticed(shop);
        }
    }

    @Test
    @DisplayName("P6 of a thousand exits at once each is seen with its own code, counted once, and another child never notices")
    void aThousandExits() throws Exception {
        int many = 1000;
        Path waiting = Files.createDirectory(directory.resolve("waiting"));
        Path gate = directory.resolve("gate");
        Path opened = directory.resolve("opened");
        assertThat(new ProcessBuilder("mkfifo", gate.toString()).start().waitFor()).isZero();
        String script = "[ -e \"$1\" ] && exec sleep 1000; exec 3<\"$0\"; : >\"$2/$$\"; read _ <&3; exit $3";
        // Open for writing before and while they come: each waits until it is closed.
        try (RandomAccessFile held = new RandomAccessFile(gate.toFile(), "rw");
                Supervisor shop = shop().intensity(10 * many, ofSeconds(60))
                        .children("p", many, i -> c -> c.backoff(IMMEDIATE)
                                .stop(StopRule.brutal())
                                .process("sh", "-c", script, gate.toString(), opened.toString(),
                                        waiting.toString(), Integer.toString(1 + i % 250)))
                        .start()) {
            await().atMost(ofSeconds(90)).until(() -> waiting.toFile().list().length == many);
            Files.createFile(opened);
            held.close();

            await().atMost(ofSeconds(90))
                    .until(() -> events.stream()
                            .filter(e -> e.kind() == EventKind.RESTARTED)
                            .count() == many);
            for (int i = 0; i < many; i++) {
                ChildStatus child = status(shop, "p-" + i);
                assertThat(child.lastExit().orElseThrow().cause().status())
                        .isEqualTo(Optional.of(ExitStatus.ofCode(1 + i % 250)));
                assertThat(child.lastExit().orElseThrow().used()).isPresent();
                assertThat(child.restarts()).isEqualTo(1);
                assertThat(child.generation()).isEqualTo(2);
            }
            List<TreeEvent> exits = events.stream().filter(e -> e.kind() == EventKind.EXITED).toList();
            assertThat(exits).hasSize(many).allSatisfy(e -> assertThat(e.used()).isPresent());
            assertThat(exits.stream().map(TreeEvent::path).collect(Collectors.toSet())).hasSize(many);
            otherNeverNoticed(shop);
        }
    }
}
