package dev.upkeep.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Under a /proc that the test writes. */
final class ProcessTreeTest {
    private final FakeContext context = new FakeContext().withPid(10);

    @TempDir
    Path proc;

    @BeforeEach
    void aHostWithProcesses() {
        process("self", "1");
        process("10", "777", "11 12 ");
    }

    /** Writes a process with one task for each given list of children. */
    private void process(String pid, String began, String... childrenOfTasks) {
        try {
            Path directory = Files.createDirectories(proc.resolve(pid));
            Files.writeString(directory.resolve("stat"), pid + " (a) b) S 1" + " 0".repeat(17) + " " + began
                    + " 5 6");
            int task = 100;
            for (String children : childrenOfTasks) {
                Path tasks = Files.createDirectories(directory.resolve("task/" + task++));
                Files.writeString(tasks.resolve("children"), children);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void end(String pid) throws IOException {
        try (Stream<Path> files = Files.walk(proc.resolve(pid))) {
            for (Path file : files.sorted((a, b) -> b.compareTo(a)).toList()) {
                Files.delete(file);
            }
        }
    }

    private List<String> seen(ProcessTree tree) throws IOException {
        List<String> seen = new ArrayList<>();
        tree.forEach(directory -> {
            Files.readString(directory.resolve("stat"));
            seen.add(directory.getFileName().toString());
        });
        return seen;
    }

    @Test
    void findsTheChildrenOfAllThreadsOfAllDescendants() throws Exception {
        process("11", "800", "", "13 ", "14 15 ");
        process("12", "800", "");
        process("13", "900", "16 ");
        process("14", "900", "");
        process("15", "900", "");
        process("16", "901", "");
        process("17", "901", "");

        List<String> seen = seen(ProcessTree.of(context, "memory", proc));
        assertThat(seen).containsExactlyInAnyOrder("10", "11", "12", "13", "14", "15", "16");
        assertThat(seen.getFirst()).isEqualTo("10");
    }

    @Test
    void whoVanishesMeanwhileIsLeftOut() throws Exception {
        process("12", "800", "");

        assertThat(seen(ProcessTree.of(context, "memory", proc))).containsExactly("10", "12");
    }

    @Test
    void numbersThatGoRoundInACircleEndAllTheSame() throws Exception {
        process("11", "800", "10 11 12 ");
        process("12", "800", "11 ");

        assertThat(seen(ProcessTree.of(context, "memory", proc))).containsExactlyInAnyOrder("10", "11", "12");
    }

    @Test
    void whoHasEndedAndIsNotReapedIsLeftOutIfItCannotBeLookedAt() throws Exception {
        process("11", "800", "");
        process("12", "800", "");
        Path stat = proc.resolve("11/stat");
        Files.writeString(stat, Files.readString(stat).replace(" S ", " Z "));
        List<String> seen = new ArrayList<>();

        // As the descriptors of a zombie are root's alone.
        ProcessTree.of(context, "open-files", proc).forEach(directory -> {
            if (directory.endsWith("11")) {
                throw new AccessDeniedException(directory + "/fd");
            }
            seen.add(directory.getFileName().toString());
        });

        assertThat(seen).containsExactly("10", "12");
    }

    @Test
    void whatGoesWrongWithALivingProcessIsNotPassedOver() {
        process("12", "800", "");
        ProcessTree tree = ProcessTree.of(context, "memory", proc);

        assertThatThrownBy(() -> tree.forEach(directory -> {
            if (directory.endsWith("12")) {
                throw new IOException("permission denied");
            }
        })).isInstanceOf(IOException.class).hasMessage("permission denied");
    }

    @Test
    void aNumberThatIsSomebodyElsesByNowIsNotTakenForTheChild() throws Exception {
        ProcessTree tree = ProcessTree.of(context, "memory", proc);
        end("10");
        process("10", "778", "");

        assertThatThrownBy(() -> seen(tree)).isInstanceOf(IOException.class)
                .hasMessage("process 10 has ended");
    }

    @Test
    void aProcessThatEndedIsNamed() throws Exception {
        ProcessTree tree = ProcessTree.of(context, "memory", proc);
        end("10");

        assertThatThrownBy(() -> seen(tree)).isInstanceOf(IOException.class)
                .hasMessage("process 10 has ended")
                .hasCauseInstanceOf(NoSuchFileException.class);
        ProcessTree late = ProcessTree.of(context, "memory", proc);
        assertThatThrownBy(() -> seen(late)).hasMessage("process 10 has ended");
    }

    @Test
    void aKernelThatDoesNotTellChildrenIsNamed() throws Exception {
        Files.delete(proc.resolve("10/task/100/children"));
        ProcessTree tree = ProcessTree.of(context, "memory", proc);

        assertThatThrownBy(() -> seen(tree)).isInstanceOf(IOException.class)
                .hasMessageContaining("this kernel does not tell children");
    }

    @Test
    void aComponentOrAHostWithoutProcIsRefusedWhenTheCheckIsMade() {
        assertThatThrownBy(() -> ProcessTree.of(new FakeContext(), "cpu", proc))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("'cpu' is for processes, but shop/api is none");
        assertThatThrownBy(() -> ProcessTree.of(context, "cpu", proc.resolve("none")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("as Linux has it, and this host has none");
    }
}
