package dev.upkeep.process;

import static dev.upkeep.process.Host.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.upkeep.api.OutputRule;
import dev.upkeep.api.OutputRule.WhenFull;
import dev.upkeep.api.ProcessSpec;
import dev.upkeep.api.child.ChildPath;
import dev.upkeep.api.settings.ByteSize;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Logs that cannot be written, and can be again. */
@EnabledOnOs(OS.LINUX)
@Timeout(180)
final class FullDiskTest {
    private static final Pattern COUNT = Pattern
            .compile("; (nothing was|1 byte was|\\d+ bytes were) dropped");

    @TempDir
    Path directory;

    private Processes processes;
    private final List<ChildProcess> children = new ArrayList<>();
    private Optional<Path> mounted = Optional.empty();

    @BeforeEach
    void open() {
        processes = PosixProcesses.open();
    }

    @AfterEach
    void close() throws Exception {
        children.forEach(ChildProcess::kill);
        processes.close();
        if (mounted.isPresent()) {
            assertThat(tool("umount", "-l", mounted.get().toString())).isZero();
        }
    }

    private static int tool(String... command) throws Exception {
        return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start().waitFor();
    }

    /** Returns a directory on a disk of its own. */
    private Path disk(String options) throws Exception {
        Path disk = Files.createDirectory(directory.resolve("disk"));
        assumeTrue(tool("mount", "-t", "tmpfs", "-o", options, "tmpfs", disk.toString()) == 0,
                "a small disk needs the right to mount one");
        mounted = Optional.of(disk);
        return disk;
    }

    private RecordedEvents run(Path log, WhenFull whenFull, String script) {
        RecordedEvents events = new RecordedEvents();
        OutputRule rule = new OutputRule.File(Optional.of(log), new ByteSize(10 << 20), Optional.empty(), 5,
                whenFull);
        children.add(processes.start(new Launch(new ChildPath("test/child"), 1,
                ProcessSpec.of("sh", "-c", script).with(rule), events), events));
        return events;
    }

    private static String text(Path file) {
        try {
            return Files.readString(file, StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            return "";
        }
    }

    private static long told(List<String> notes) {
        return notes.stream().mapToLong(note -> {
            Matcher count = COUNT.matcher(note);
            return !count.find()
                    ? 0
                    : count.group(1).startsWith("nothing") ? 0 : Long.parseLong(count.group(1).split(" ")[0]);
        }).sum();
    }

    @Test
    @DisplayName("P12 on a full disk output is dropped and counted to the byte, and written again when there is room")
    void fullAndDropped() throws Exception {
        Path disk = disk("size=1m");
        Path ballast = Files.write(disk.resolve("ballast"), new byte[900 * 1024]);
        Path go = directory.resolve("go");
        int written = 40_000 * 10;
        RecordedEvents events = run(disk.resolve("child.log"), WhenFull.DROP,
                "seq 1000000001 1000040000 | cut -c2-; until [ -e '" + go
                        + "' ]; do sleep 0.05; done; echo done; "
                        + "sleep 1; echo again");
        events.awaitThat("the beginning", each -> each.notes().size() == 1);
        assertThat(events.notes().get(0)).contains("cannot be written").contains("ENOSPC");

        Files.delete(ballast);
        // It tries again when there is something to write, but not at once.
        TimeUnit.MILLISECONDS.sleep(500);
        Files.createFile(go);
        events.awaitThat("the end", each -> each.notes().size() == 2);

        assertThat(events.notes().get(1)).contains("is written").contains("again");
        eventually().until(() -> text(disk.resolve("child.log")).endsWith("again\n"));
        assertThat(Files.size(disk.resolve("child.log")) + told(events.notes()))
                .isEqualTo(written + "done\nagain\n".length());
        assertThat(told(events.notes())).isPositive();
        events.awaitGone();
    }

    @Test
    @DisplayName("P12 on a full disk the child waits if its rule is to, and nothing is lost")
    void fullAndBlocked() throws Exception {
        Path disk = disk("size=1m");
        Path ballast = Files.write(disk.resolve("ballast"), new byte[900 * 1024]);
        RecordedEvents events = run(disk.resolve("child.log"), WhenFull.BLOCK,
                "seq 1 60000; echo done >&2; exit 5");
        events.awaitThat("the beginning", each -> each.notes().size() == 1);
        assertThat(events.notes().get(0)).contains("ENOSPC").contains("waits");
        // Its exit would follow at once if it did not wait.
        TimeUnit.MILLISECONDS.sleep(300);
        assertThat(events.order()).containsExactly("started");

        Files.delete(ballast);

        assertThat(events.awaitGone().end().lastWords()).containsExactly("done");
        Path log = disk.resolve("child.log");
        eventually().until(() -> text(log).length() == "done\n".length() + numbers().length());
        assertThat(text(log).replace("done\n", "")).isEqualTo(numbers());
        assertThat(events.notes()).hasSize(2);
        assertThat(events.notes().get(1)).endsWith("nothing was dropped");
    }

    private static String numbers() {
        return Stream.iterate(1, i -> i + 1).limit(60_000).map(i -> i + "\n").collect(Collectors.joining());
    }

    @Test
    @DisplayName("P12 a child that ends while its log cannot be written is told gone at once, and its last bytes are written later")
    void endsWhileBlocked() throws Exception {
        Path disk = disk("size=64k");
        Path ballast = Files.write(disk.resolve("ballast"), new byte[64 * 1024]);
        RecordedEvents events = run(disk.resolve("child.log"), WhenFull.BLOCK, "echo last words; exit 6");

        events.awaitGone();
        Files.delete(ballast);

        eventually().until(() -> text(disk.resolve("child.log")).equals("last words\n"));
    }

    @Test
    @DisplayName("P12 on a read-only disk output is dropped, and written again when the disk is writable")
    void readOnly() throws Exception {
        Path disk = disk("size=1m,ro");
        RecordedEvents events = run(disk.resolve("deep/child.log"), WhenFull.DROP,
                "while :; do echo line; sleep 0.05; done");
        events.awaitThat("the beginning", each -> each.notes().size() == 1);
        assertThat(events.notes().get(0)).contains("EROFS");

        assertThat(tool("mount", "-o", "remount,rw", disk.toString())).isZero();

        eventually().until(() -> text(disk.resolve("deep/child.log")).startsWith("line\nline\n"));
        events.awaitThat("the end", each -> each.notes().size() == 2);
        assertThat(told(events.notes())).isPositive();
        assertThat(events.order()).containsExactly("started");
    }

    @Test
    @DisplayName("P12 a directory that is removed while it is written to is made again, and no later byte is lost")
    void directoryRemoved() throws Exception {
        Path log = directory.resolve("logs/child.log");
        Path go = directory.resolve("go");
        RecordedEvents events = run(log, WhenFull.DROP,
                "echo before; until [ -e '" + go + "' ]; do sleep 0.02; done; seq 1 5000");
        eventually().until(() -> text(log).equals("before\n"));
        Files.delete(log);
        Files.delete(log.getParent());
        Files.createFile(go);

        events.awaitGone();

        eventually().until(() -> text(log).endsWith("\n5000\n"));
        assertThat(text(log)).startsWith("1\n2\n");
        assertThat(events.notes()).isEmpty();
    }

    @Test
    @DisplayName("P12 where no directory can be made nothing is written, the child lives on, and all is well when it can be")
    void noDirectory() throws Exception {
        Path inTheWay = Files.createFile(directory.resolve("logs"));
        RecordedEvents events = run(inTheWay.resolve("child.log"), WhenFull.DROP,
                "while :; do echo line; sleep 0.05; done");
        events.awaitThat("the beginning", each -> each.notes().size() == 1);
        assertThat(events.notes().get(0)).contains("ENOTDIR");

        Files.delete(inTheWay);

        eventually().until(() -> text(inTheWay.resolve("child.log")).startsWith("line\n"));
        events.awaitThat("the end", each -> each.notes().size() == 2);
        assertThat(events.order()).containsExactly("started");
    }
}
