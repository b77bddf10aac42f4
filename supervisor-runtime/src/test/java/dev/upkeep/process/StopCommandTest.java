package dev.upkeep.process;

import static dev.upkeep.process.Host.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.upkeep.api.ProcessSpec;
import dev.upkeep.api.StopRule;
import dev.upkeep.api.Supervisor;
import dev.upkeep.api.child.ActualState;
import dev.upkeep.api.child.ChildPath;
import dev.upkeep.api.child.ExitStatus;
import dev.upkeep.api.child.Signal;
import dev.upkeep.api.event.EventKind;
import dev.upkeep.api.event.TreeEvent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Real processes that a command stops, in a whole tree. */
@EnabledOnOs(OS.LINUX)
@Timeout(60)
class StopCommandTest {
    private static final ChildPath DB = new ChildPath("shop/db");
    private static final Duration LONG = Duration.ofSeconds(40);

    @TempDir
    Path directory;

    private final Queue<TreeEvent> events = new ConcurrentLinkedQueue<>();
    private @Nullable Supervisor shop;

    @AfterEach
    void close() {
        if (shop != null) {
            shop.close();
        }
    }

    /** Starts a child that writes {@code up} when it runs. */
    private Supervisor start(ProcessSpec spec, StopRule stop) {
        Supervisor started = Supervisor.named("shop")
                .listener(events::add)
                .child("db", c -> c.process(spec.withWorkingDirectory(directory)).stop(stop))
                .child("other", c -> c.process("sleep", "600"))
                .start();
        shop = started;
        eventually().until(() -> Files.exists(directory.resolve("up")));
        return started;
    }

    private Supervisor start(String script, Duration timeout, String... command) {
        return start(ProcessSpec.of("sh", "-c", script),
                new StopRule(timeout, List.of(command), Signal.SIGTERM, true));
    }

    private ExitStatus stop(Supervisor tree) throws Exception {
        tree.stop(DB).get(50, TimeUnit.SECONDS);
        assertThat(tree.status(DB).orElseThrow().actual()).isEqualTo(ActualState.STOPPED);
        assertThat(tree.status(new ChildPath("shop/other")).orElseThrow().generation()).isEqualTo(1);
        return tree.status(DB).orElseThrow().lastExit().orElseThrow().cause().status().orElseThrow();
    }

    private String file(String name) throws IOException {
        eventually().until(() -> Files.exists(directory.resolve(name))
                && Files.readString(directory.resolve(name)).endsWith("\n"));
        return Files.readString(directory.resolve(name)).strip();
    }

    private List<String> told() {
        return events.stream().filter(e -> e.kind() == EventKind.STOPPING).map(TreeEvent::text).toList();
    }

    @Test
    @DisplayName("P5 the stop command runs instead of the signal, with all that the process has and its number in MAINPID")
    void insteadOfTheSignal() throws Exception {
        ProcessSpec spec = ProcessSpec
                .of("sh", "-c",
                        "trap 'echo signalled > signalled' TERM; echo > up; until [ -e stop ]; do sleep 0.02; done; exit 5")
                .withEnvironment(Map.of("GREETING", "good day"), true)
                .with(RunningAs.umask(077));
        Supervisor tree = start(spec, new StopRule(LONG,
                List.of("sh", "-c", "echo $MAINPID $GREETING $(umask) > said; touch stop"), Signal.SIGTERM,
                true));
        long pid = tree.status(DB).orElseThrow().pid().orElseThrow();

        assertThat(stop(tree)).isEqualTo(ExitStatus.ofCode(5));

        assertThat(file("said")).isEqualTo(pid + " good day 0077");
        assertThat(directory.resolve("signalled")).doesNotExist();
    }

    @Test
    @DisplayName("P5 a stop command that fails is told, and the signal is sent after all")
    void fails() throws Exception {
        Supervisor tree = start("echo > up; exec sleep 600", LONG, "sh", "-c", "echo no socket >&2; exit 3");

        assertThat(stop(tree)).isEqualTo(ExitStatus.ofSignal(15, false));

        eventually().until(() -> told().contains(
                "its stop command ended with code 3: no socket; SIGTERM is sent instead"));
    }

    @Test
    @DisplayName("P5 a stop command that cannot be started is told, and the signal is sent after all")
    void cannotBeStarted() throws Exception {
        Supervisor tree = start("echo > up; exec sleep 600", LONG, "no-such-command");

        assertThat(stop(tree)).isEqualTo(ExitStatus.ofSignal(15, false));

        eventually().until(() -> told().contains(
                "its stop command could not be started, ENOENT: there is no program 'no-such-command' in its PATH (execve); SIGTERM is sent instead"));
    }

    @Test
    @DisplayName("P5 a stop command that hangs is killed with the process when the time is up")
    void hangs() throws Exception {
        Supervisor tree = start("echo > up; exec sleep 600", Duration.ofSeconds(2), "sh", "-c",
                "echo $$ > command; sleep 600");

        assertThat(stop(tree)).isEqualTo(ExitStatus.ofSignal(9, false));

        long command = Long.parseLong(file("command"));
        eventually().until(() -> Host.stat(command).isEmpty());
        assertThat(told()).noneMatch(text -> text.contains("stop command"));
    }

    @Test
    @DisplayName("P5 a stop command ends with the process at the latest, and that is no failure")
    void outlivesTheProcess() throws Exception {
        Supervisor tree = start("echo > up; exec sleep 600", LONG, "sh", "-c",
                "echo $$ > command; kill -INT $MAINPID; sleep 600");

        assertThat(stop(tree)).isEqualTo(ExitStatus.ofSignal(2, false));

        long command = Long.parseLong(file("command"));
        eventually().until(() -> Host.stat(command).isEmpty());
        assertThat(told()).noneMatch(text -> text.contains("stop command"));
    }

    @Test
    @DisplayName("P5 members that the leader leaves when a command stops it are asked by the signal")
    void members() throws Exception {
        Supervisor tree = start("sleep 600 & echo $! > member; echo > up; wait", LONG, "sh", "-c",
                "kill -KILL $MAINPID");

        assertThat(stop(tree)).isEqualTo(ExitStatus.ofSignal(9, false));

        long member = Long.parseLong(file("member"));
        assertThat(Host.stat(member)).matches("Z.*|");
    }

    @Test
    @DisplayName("P5 where there is no time to stop, no command is run")
    void brutal() throws Exception {
        Supervisor tree = start("echo > up; exec sleep 600", Duration.ZERO, "sh", "-c", "echo > command");

        assertThat(stop(tree).signal()).isPositive();

        assertThat(directory.resolve("command")).doesNotExist();
    }
}
