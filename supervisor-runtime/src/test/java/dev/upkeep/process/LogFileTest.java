package dev.upkeep.process;

import static dev.upkeep.process.Host.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

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
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
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

/** What real children write into files of their own. */
@EnabledOnOs(OS.LINUX)
@Timeout(120)
final class LogFileTest {
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

    private OutputRule.File rule(long maxSize, int keep, WhenFull whenFull) {
        return new OutputRule.File(Optional.of(directory.resolve("logs/deep/child.log")),
                new ByteSize(maxSize), Optional.empty(), keep, whenFull);
    }

    private Path log() {
        return directory.resolve("logs/deep/child.log");
    }

    private Path older(int number) {
        return directory.resolve("logs/deep/child.log." + number);
    }

    private RecordedEvents run(OutputRule rule, boolean heard, String... command) {
        RecordedEvents events = new RecordedEvents();
        children.add(processes.start(new Launch(new ChildPath("test/child"), 1,
                ProcessSpec.of(command).with(rule), events, heard), events));
        return events;
    }

    private RecordedEvents shell(OutputRule rule, String script) {
        return run(rule, false, "sh", "-c", script);
    }

    private static String text(Path file) {
        try {
            return Files.readString(file, StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            return "";
        }
    }

    /** Returns all that was kept, the oldest first. */
    private String all() {
        StringBuilder text = new StringBuilder();
        IntStream.iterate(OutputRule.File.MOST_KEPT, i -> i - 1)
                .limit(OutputRule.File.MOST_KEPT)
                .mapToObj(this::older)
                .filter(Files::exists)
                .forEach(file -> text.append(text(file)));
        return text.append(text(log())).toString();
    }

    @Test
    @DisplayName("P11 stdout and stderr go into one file, which is made with its directories for its owner alone")
    void bothStreams() throws IOException {
        RecordedEvents events = shell(OutputRule.File.byDefault(), "true");
        assertThat(events.awaitTold("refused").refusal().reason()).contains("no file");

        events = shell(rule(1 << 20, 5, WhenFull.DROP), "echo one; echo two >&2; printf three; exit 3")
                .awaitGone();

        assertThat(events.end().lastWords()).containsExactly("two");
        eventually().until(() -> text(log()).length() == 13);
        assertThat(text(log())).contains("one\n", "two\n", "three");
        assertThat(events.out()).isEmpty();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(log())))
                .isEqualTo("rw-------");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(log().getParent())))
                .isEqualTo("rwx------");
    }

    @Test
    @DisplayName("P11 bytes are not changed, whatever they are, and what was there stays")
    void binary() throws IOException {
        byte[] bytes = new byte[300_000];
        new Random(7).nextBytes(bytes);
        Path source = Files.write(directory.resolve("source"), bytes);
        Files.createDirectories(log().getParent());
        Files.writeString(log(), "before");

        run(rule(10 << 20, 5, WhenFull.DROP), true, "cat", source.toString()).awaitGone();

        eventually().until(() -> Files.size(log()) == 300_006);
        byte[] written = Files.readAllBytes(log());
        assertThat(Arrays.copyOfRange(written, 6, written.length)).isEqualTo(bytes);
    }

    @Test
    @DisplayName("P11 a file is never larger than its largest size, and so many full ones are kept")
    void rotation() throws IOException {
        shell(rule(4096, 3, WhenFull.DROP), "seq 1 10000").awaitGone();

        eventually().until(() -> text(log()).endsWith("10000\n"));
        try (Stream<Path> files = Files.list(log().getParent())) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrder("child.log", "child.log.1", "child.log.2", "child.log.3");
        }
        for (int i = 1; i <= 3; i++) {
            assertThat(older(i)).hasSize(4096);
        }
        assertThat(Files.size(log())).isLessThanOrEqualTo(4096);
        String whole = IntStream.rangeClosed(1, 10000).mapToObj(i -> i + "\n").reduce("", String::concat);
        assertThat(whole).endsWith(all());
    }

    @Test
    @DisplayName("P11 fewer are kept from now on: those beyond go; none is kept: the full one goes")
    void keepsFewer() throws IOException {
        shell(rule(4096, 4, WhenFull.DROP), "seq 1 10000").awaitGone();
        eventually().until(() -> text(log()).endsWith("10000\n"));

        shell(rule(4096, 2, WhenFull.DROP), "seq 1 10000").awaitGone();
        eventually().until(() -> text(log()).endsWith("10000\n"));
        assertThat(older(2)).exists();
        assertThat(older(3)).doesNotExist();

        shell(rule(4096, 0, WhenFull.DROP), "seq 1 10000").awaitGone();
        eventually().until(() -> text(log()).endsWith("10000\n"));
        assertThat(older(1)).doesNotExist();
        assertThat(older(2)).doesNotExist();
    }

    @Test
    @DisplayName("P11 a gap that a kill left in the numbers is closed before an old one is thrown away")
    void gap() throws IOException {
        Files.createDirectories(log().getParent());
        Files.writeString(log(), "x".repeat(4096));
        Files.writeString(older(1), "one");
        Files.writeString(older(3), "three");

        shell(rule(4096, 3, WhenFull.DROP), "echo new").awaitGone();

        eventually().until(() -> text(log()).equals("new\n"));
        assertThat(text(older(1))).hasSize(4096);
        assertThat(text(older(2))).isEqualTo("one");
        assertThat(text(older(3))).isEqualTo("three");
    }

    @Test
    @DisplayName("P11 a file that is too old is begun anew, however small it is")
    void age() {
        OutputRule.File rule = new OutputRule.File(Optional.of(log()), new ByteSize(1 << 20),
                Optional.of(Duration.ofSeconds(2)), 3, WhenFull.DROP);

        shell(rule, "echo old; sleep 3.2; echo new").awaitGone();

        eventually().until(() -> text(log()).equals("new\n"));
        assertThat(text(older(1))).isEqualTo("old\n");
    }

    @Test
    @DisplayName("P13 who hears a stream hears a copy, and the bytes go into the file all the same")
    void heard() {
        RecordedEvents events = run(rule(1 << 20, 5, WhenFull.DROP), true, "sh", "-c",
                "echo '{\"type\":\"heartbeat\"}'; echo plain; echo words >&2").awaitGone();

        events.awaitThat("a message", each -> each.messages().equals(List.of(new ChildMessage.Beat())));
        eventually().until(() -> text(log()).contains("{\"type\":\"heartbeat\"}\nplain\n")
                && text(log()).contains("words\n"));
        assertThat(events.end().lastWords()).containsExactly("words");
        assertThat(events.out()).isEmpty();
    }

    @Test
    @DisplayName("P11 two children and two runs of one may write to the same file")
    void shared() {
        OutputRule.File rule = rule(1 << 14, 1000, WhenFull.DROP);
        List<RecordedEvents> all = IntStream.range(0, 8)
                .mapToObj(i -> shell(rule, "for i in $(seq 1 500); do echo line $i of " + i + "; done"))
                .toList();
        all.forEach(RecordedEvents::awaitGone);

        eventually().until(() -> all().lines().count() == 4000);
        for (int child = 0; child < 8; child++) {
            String mine = " of " + child;
            assertThat(all().lines().filter(line -> line.endsWith(mine)))
                    .containsExactlyElementsOf(IntStream.rangeClosed(1, 500)
                            .mapToObj(i -> "line " + i + mine)
                            .toList());
        }
    }

    @Test
    @DisplayName("P7 a child that closes its output and lives is not dead, and its file is not held open")
    void closesItsOutput() {
        RecordedEvents events = shell(rule(1 << 20, 5, WhenFull.DROP),
                "echo said; exec >&- 2>&-; until [ -e '" + directory.resolve("stop")
                        + "' ]; do sleep 0.05; done");

        eventually().until(() -> text(log()).equals("said\n"));
        eventually().until(() -> !isOpenHere(log()));
        assertThat(events.order()).containsExactly("started");
        assertThat(directory.resolve("stop").toFile().mkdir()).isTrue();
        events.awaitGone();
    }

    static boolean isOpenHere(Path file) {
        try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
            return descriptors.anyMatch(each -> {
                try {
                    return Files.readSymbolicLink(each).startsWith(file);
                } catch (IOException e) {
                    return false;
                }
            });
        } catch (IOException e) {
            return true;
        }
    }

    @Test
    @DisplayName("P12 nothing goes into a file that was deleted or moved away")
    void deletedAndMoved() throws Exception {
        Path go = directory.resolve("go");
        String await = "until [ -e '" + go + "%d' ]; do sleep 0.05; done; ";
        shell(rule(1 << 20, 5, WhenFull.DROP),
                "echo one; " + await.formatted(1) + "echo two; " + await.formatted(2) + "echo three");
        eventually().until(() -> text(log()).equals("one\n"));

        Files.delete(log());
        Files.createFile(Path.of(go + "1"));
        eventually().until(() -> text(log()).equals("two\n"));

        Path moved = Files.move(log(), directory.resolve("moved"));
        // It looks once a second whether the name still leads there.
        Thread.sleep(1100);
        Files.createFile(Path.of(go + "2"));
        eventually().until(() -> text(log()).equals("three\n"));
        assertThat(text(moved)).isEqualTo("two\n");
    }

    @Test
    @DisplayName("P11 a file that somebody cut short is not filled up with holes")
    void truncated() throws Exception {
        Path go = directory.resolve("go");
        shell(rule(1 << 20, 5, WhenFull.DROP),
                "echo one; until [ -e '" + go + "' ]; do sleep 0.05; done; echo two");
        eventually().until(() -> text(log()).equals("one\n"));

        Files.write(log(), new byte[0]);
        Files.createFile(go);

        eventually().until(() -> text(log()).equals("two\n"));
    }

    /** Otherwise each run of a child that has nothing to say would leave a descriptor behind while its disk is away. */
    @Test
    @DisplayName("P11 P12 the pipe of a child that said nothing is not kept for a log that cannot be opened, and nothing is told")
    void nothingToWrite() throws IOException {
        Files.createDirectories(log().getParent());
        Files.createSymbolicLink(log(), directory.resolve("elsewhere"));
        long before = Host.openPipes();

        RecordedEvents events = shell(rule(1 << 20, 5, WhenFull.BLOCK), "exit 4").awaitGone();

        eventually().until(() -> Host.openPipes() == before);
        assertThat(events.notes()).isEmpty();
    }

    @Test
    @DisplayName("P11 a symbolic link and a directory are no logs: said, dropped, and the child lives on")
    void noFile() throws IOException {
        Files.createDirectories(log().getParent());
        Files.createSymbolicLink(log(), directory.resolve("elsewhere"));

        RecordedEvents events = shell(rule(1 << 20, 5, WhenFull.DROP), "echo lost; exit 4").awaitGone();

        assertThat(events.end().status()).isEqualTo(ExitStatus.ofCode(4));
        events.awaitThat("a word of it", each -> each.notes().size() == 1);
        assertThat(events.notes().get(0)).contains("ELOOP").contains(log().toString());
        assertThat(directory.resolve("elsewhere")).doesNotExist();
    }

    @Test
    @DisplayName("P11 many more logs than may be open at once are all written")
    void manyLogs() throws IOException {
        assumeTrue(LogFiles.MOST_OPEN == 512, "the number below is made for this one");
        int many = 600;
        List<RecordedEvents> all = new ArrayList<>();
        for (int i = 0; i < many; i++) {
            RecordedEvents events = new RecordedEvents();
            all.add(events);
            OutputRule rule = new OutputRule.File(Optional.of(directory.resolve("many/" + i + ".log")),
                    new ByteSize(1 << 20), Optional.empty(), 1, WhenFull.DROP);
            children.add(processes.start(new Launch(new ChildPath("test/child-" + i), 1,
                    ProcessSpec.of("sh", "-c", "echo " + i + "; read x; echo never").with(rule), events),
                    events));
        }
        all.forEach(RecordedEvents::awaitGone);
        for (int i = 0; i < many; i++) {
            Path file = directory.resolve("many/" + i + ".log");
            String expected = i + "\nnever\n";
            eventually().until(() -> text(file).equals(expected));
        }
        try (Stream<Path> files = Files.list(directory.resolve("many"))) {
            assertThat(files).hasSize(many);
        }
    }
}
