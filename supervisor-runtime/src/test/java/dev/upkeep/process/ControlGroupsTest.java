package dev.upkeep.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.upkeep.api.ProcessSpec;
import dev.upkeep.api.child.ChildPath;
import dev.upkeep.api.child.ExitStatus;
import dev.upkeep.api.child.Signal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** A child with a control group of its own, where this host has a tree that can be written to. */
@EnabledOnOs(OS.LINUX)
@Timeout(60)
class ControlGroupsTest {
    private static final String DAEMON = "setsid sh -c 'trap \"\" HUP; sleep 300 & echo $! daemon; wait' & wait; ";

    @TempDir
    Path directory;

    private Processes processes;
    private final List<ChildProcess> children = new ArrayList<>();

    @BeforeEach
    void openProcesses() {
        ControlGroups groups = new ControlGroups();
        try {
            groups.make("probe").remove();
            groups.close();
        } catch (ControlGroups.Unavailable e) {
            assumeTrue(false, e.getMessage());
        }
        processes = PosixProcesses.open();
    }

    @AfterEach
    void close() {
        children.forEach(ChildProcess::kill);
        if (processes != null) {
            processes.close();
        }
    }

    private ChildProcess start(RecordedEvents events, String script) {
        ProcessSpec spec = ProcessSpec.of("sh", "-c", script).withCgroup(true);
        ChildProcess child = processes.start(new Launch(new ChildPath("test/grouped"), 1, spec, events),
                events);
        children.add(child);
        return child;
    }

    private static long daemon(RecordedEvents events) {
        return events.awaitThat("a daemon", each -> each.out().stream().anyMatch(l -> l.endsWith(" daemon")))
                .out()
                .stream()
                .filter(line -> line.endsWith(" daemon"))
                .map(line -> Long.valueOf(line.replace(" daemon", "")))
                .findFirst()
                .orElseThrow();
    }

    private static String groupOf(long pid) throws IOException {
        return Files.readAllLines(Path.of("/proc/" + pid + "/cgroup"))
                .stream()
                .filter(line -> line.startsWith("0::"))
                .findFirst()
                .orElseThrow();
    }

    private static Path directoryOf(String group) throws IOException {
        String mount = Files.readAllLines(Path.of("/proc/self/mounts"))
                .stream()
                .map(line -> line.split(" ", -1))
                .filter(fields -> fields[2].equals("cgroup2"))
                .map(fields -> fields[1])
                .findFirst()
                .orElseThrow();
        return Path.of(mount, group.substring(3));
    }

    @Test
    @DisplayName("P8 with a cgroup a kill ends the daemon that left the session, too, and the group is removed")
    void killReachesTheDaemon() throws IOException {
        RecordedEvents events = new RecordedEvents();
        ChildProcess child = start(events, DAEMON);
        long daemon = daemon(events);
        String group = groupOf(daemon);
        assertThat(group).isEqualTo(groupOf(events.pid())).contains("/test.grouped-1-");
        assertThat(directoryOf(group)).exists();

        child.kill();

        assertThat(events.awaitGone().end().status()).isEqualTo(ExitStatus.ofSignal(9, false));
        assertThat(Host.stat(daemon)).matches("Z.*|");
        assertThat(directoryOf(group)).doesNotExist();
    }

    @Test
    @DisplayName("P5 P8 with a cgroup the daemon that outlives its leader holds back gone, and the stop signal reaches it")
    void stopReachesTheDaemon() throws IOException {
        RecordedEvents events = new RecordedEvents();
        ChildProcess child = start(events,
                "setsid sh -c 'sleep 300 & echo $! daemon' & wait; exit 4");
        long daemon = daemon(events);
        events.awaitTold("leaderEnded");
        assertThat(events.end().membersLeft()).isTrue();
        assertThat(events.end().status()).isEqualTo(ExitStatus.ofCode(4));
        assertThat(events.order()).doesNotContain("gone");

        child.signal(Signal.SIGTERM, true);

        events.awaitGone();
        assertThat(Host.stat(daemon)).matches("Z.*|");
    }

    @Test
    @DisplayName("P1 in a cgroup a child leads its own session all the same, and its exit code is its own")
    void otherwiseAsEver() {
        RecordedEvents events = new RecordedEvents();
        start(events, "echo $$; cat /proc/self/stat; exit 3");

        assertThat(events.awaitGone().end().status()).isEqualTo(ExitStatus.ofCode(3));
        assertThat(events.out().get(0)).isEqualTo(Long.toString(events.pid()));
        assertThat(events.out().get(1)).contains(" " + events.pid() + " " + events.pid() + " ");
    }

    @Test
    @DisplayName("P8 children whose paths differ in no more than a dot each have a group")
    void groupsOfTheirOwn() {
        RecordedEvents above = new RecordedEvents();
        RecordedEvents below = new RecordedEvents();
        ProcessSpec spec = ProcessSpec.of("sleep", "300").withCgroup(true);
        children.add(processes.start(new Launch(new ChildPath("test/a.b"), 1, spec, above), above));
        children.add(processes.start(new Launch(new ChildPath("test/a/b"), 1, spec, below), below));

        above.awaitThat("an answer", each -> !each.order().isEmpty());
        below.awaitThat("an answer", each -> !each.order().isEmpty());

        assertThat(List.of(above.order(), below.order())).containsOnly(List.of("started"));
    }

    @Test
    @DisplayName("P16 empty groups of a supervisor that is dead are removed, those of one that lives are not")
    void leftovers() throws Exception {
        RecordedEvents events = new RecordedEvents();
        ChildProcess child = start(events, "echo in; exec sleep 300");
        events.awaitOut("in");
        Path ours = Objects.requireNonNull(directoryOf(groupOf(events.pid())).getParent());
        Path dead = Files
                .createDirectory(ours.resolveSibling("upkeep-" + ProcessHandle.current().pid() + "-1-1"));
        Files.createDirectory(dead.resolve("left"));

        ControlGroups second = new ControlGroups();
        second.make("probe").remove();
        second.close();

        assertThat(dead).doesNotExist();
        assertThat(ours).exists();
        child.kill();
        events.awaitGone();
        processes.close();
        assertThat(ours).doesNotExist();
    }

    @Test
    @DisplayName("without a tree of version 2 a start is refused with what is missing")
    void noTree() throws IOException {
        Path none = Files.writeString(directory.resolve("mountinfo"),
                "31 23 0:26 / /sys rw - sysfs sysfs rw\n");
        Path membership = Files.writeString(directory.resolve("cgroup"), "0::/\n");
        Path old = Files.writeString(directory.resolve("old"), "8:pids:/\n");

        assertThatThrownBy(() -> new ControlGroups(none, membership).make("x"))
                .hasMessage(
                        "no tree of control groups of version 2 is mounted here (cgroup2 on /sys/fs/cgroup)");
        assertThatThrownBy(() -> new ControlGroups(none, old).make("x"))
                .hasMessageStartingWith("this process is in no control group of version 2 that it can see");
    }
}
