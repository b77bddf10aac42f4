package dev.upkeep.process;

import static dev.upkeep.process.Host.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.upkeep.api.OutputRule;
import dev.upkeep.api.OutputRule.WhenFull;
import dev.upkeep.api.ProcessSpec;
import dev.upkeep.api.child.ChildPath;
import dev.upkeep.api.child.ExitStatus;
import dev.upkeep.api.settings.ByteSize;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Children that write much, all at once, or through others. */
@EnabledOnOs(OS.LINUX)
@Timeout(300)
final class MuchOutputTest {
    /** In the long form a gigabyte. */
    private static final long ENDLESS = Long.getLong("upkeep.output.bytes", 64L << 20);
    private static final long MOST_GROWTH_KIB = 24 * 1024;

    @TempDir
    Path directory;

    private Processes processes;
    private final List<ChildProcess> children = new ArrayList<>();

    @BeforeEach
    void open() {
        processes = PosixProcesses.open();
    }

    @AfterEach
    void close() {
        children.forEach(ChildProcess::kill);
        processes.close();
    }

    private OutputRule into(String name) {
        return new OutputRule.File(Optional.of(directory.resolve(name)), new ByteSize(1 << 20),
                Optional.empty(), 2, WhenFull.DROP);
    }

    private RecordedEvents run(String name, OutputSink sink, String script) {
        RecordedEvents events = new RecordedEvents();
        children.add(processes.start(new Launch(new ChildPath("test/" + name), 1,
                ProcessSpec.of("sh", "-c", script)
                        .with(sink.equals(OutputSink.NOWHERE)
                                ? into(name)
                                : OutputRule.PREFIXED),
                sink), events));
        return events;
    }

    private RecordedEvents run(String name, String script) {
        return run(name, OutputSink.NOWHERE, script);
    }

    private String text(String name) {
        try {
            return Files.readString(directory.resolve(name), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            return "";
        }
    }

    private static long[] endless(String... arguments) throws IOException {
        Process jvm = new ProcessBuilder(Stream.concat(
                Stream.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--enable-native-access=ALL-UNNAMED", "-Xmx24m", "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1", "-cp", System.getProperty("java.class.path"),
                        EndlessLine.class.getName()),
                Arrays.stream(arguments)).toList()).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        String said = new String(jvm.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        return Arrays.stream(said.split(" ", -1)).mapToLong(Long::parseLong).toArray();
    }

    @Test
    @DisplayName("P11 a line without end to a sink costs no memory, and all of it arrives")
    void endlessLineToASink() throws IOException {
        long[] said = endless(Long.toString(ENDLESS));

        assertThat(said[0]).isEqualTo(2 * ENDLESS);
        assertThat(said[2] - said[1]).as("KiB more").isLessThan(MOST_GROWTH_KIB);
    }

    @Test
    @DisplayName("P11 a line without end into a file costs no memory, even if somebody listens")
    void endlessLineIntoAFile() throws IOException {
        long[] said = endless(Long.toString(ENDLESS), directory.resolve("endless.log").toString());

        assertThat(said[0]).isZero();
        assertThat(said[2] - said[1]).as("KiB more").isLessThan(MOST_GROWTH_KIB);
        assertThat(directory.resolve("endless.log.1")).hasSize(4 << 20);
    }

    @Test
    @DisplayName("P11 a thousand children write at once, beside one that never stops, and nothing is lost or mixed")
    void thousandWriters() {
        run("flood", "exec yes");
        List<RecordedEvents> all = IntStream.range(0, 1000)
                .mapToObj(i -> run("writer-" + i,
                        "for i in 1 2 3 4 5 6 7 8 9; do echo " + i + ".$i; done; exit 3"))
                .toList();
        for (int i = 0; i < all.size(); i++) {
            all.get(i).awaitTold("gone");
            assertThat(all.get(i).end().status()).isEqualTo(ExitStatus.ofCode(3));
            String name = "writer-" + i;
            String expected = IntStream.rangeClosed(1, 9)
                    .mapToObj(line -> name.substring(7) + "." + line + "\n")
                    .reduce("", String::concat);
            eventually().until(() -> text(name).equals(expected));
        }
    }

    @Test
    @DisplayName("P7 a grandchild that holds the pipe does not hide the exit, and what it writes later goes into the file")
    void grandchild() {
        RecordedEvents events = run("held", "setsid sh -c 'sleep 1; echo after' & echo before; exit 3")
                .awaitGone();

        assertThat(events.end().status()).isEqualTo(ExitStatus.ofCode(3));
        assertThat(text("held")).startsWith("before\n");
        eventually().until(() -> text("held").equals("before\nafter\n"));
    }

    @Test
    @DisplayName("P13 what is in a pipe when all is closed is written all the same")
    void closing() throws Exception {
        CountDownLatch hanging = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        run("hangs", (stderr, buffer, offset, length) -> {
            hanging.countDown();
            try {
                release.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }, "echo hello; exec sleep 600");
        eventually().until(() -> hanging.getCount() == 0);
        run("other", "seq 1 5000; exit 6").awaitTold("leaderEnded");

        Thread closing = Thread.ofPlatform().start(processes::close);
        // It has been told to end, and goes no further than to the output thread, which is held.
        eventually().until(() -> closing.getState() == Thread.State.TIMED_WAITING);
        release.countDown();
        closing.join();

        eventually().until(() -> text("other").endsWith("\n5000\n"));
        assertThat(text("other")).startsWith("1\n2\n");
    }

    @Test
    @DisplayName("P11 a sink that hangs keeps nobody's exit from being told, and later all of the files are written")
    void hangingSink() {
        CountDownLatch hanging = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        run("hangs", (stderr, buffer, offset, length) -> {
            hanging.countDown();
            try {
                release.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }, "echo hello; exec sleep 600");
        eventually().until(() -> hanging.getCount() == 0);
        try {
            assertThat(run("other", "echo words; exit 6").awaitGone().end().status())
                    .isEqualTo(ExitStatus.ofCode(6));
            assertThat(text("other")).isEmpty();
        } finally {
            release.countDown();
        }
        eventually().until(() -> text("other").equals("words\n"));
    }
}
