package dev.upkeep.component;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.upkeep.api.child.ChildPath;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** S9: the files in which the state of components is kept by default. */
final class FileStateStoreTest {
    private static final ChildPath CHILD = new ChildPath("shop/web/api-1");

    @TempDir
    private Path home;

    private Path directory = Path.of("");
    private FileStateStore store = new FileStateStore(directory);

    @BeforeEach
    void makeStore() {
        directory = home.resolve("state/shop/components");
        store = new FileStateStore(directory);
    }

    private List<String> files() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(f -> f.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void nothingIsMadeBeforeSomethingIsSaved() throws Exception {
        assertThat(store.load(CHILD)).isEmpty();
        store.delete(CHILD);

        assertThat(home).isEmptyDirectory();
    }

    @Test
    void whatWasSavedLastIsThereForAnotherProgramAndOnlyForThisUser() throws Exception {
        store.save(CHILD, "one".getBytes(UTF_8));
        store.save(CHILD, "two".getBytes(UTF_8));

        assertThat(new FileStateStore(directory).load(CHILD).orElseThrow()).asString(UTF_8).isEqualTo("two");
        assertThat(files()).containsExactly("shop%web%api-1.state");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory)))
                .isEqualTo("rwx------");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(store.fileOf(CHILD))))
                .isEqualTo("rw-------");
    }

    @Test
    void emptyStateIsState() throws Exception {
        store.save(CHILD, new byte[0]);

        assertThat(store.load(CHILD).orElseThrow()).isEmpty();
    }

    @Test
    void whatIsDeletedIsGone() throws Exception {
        store.save(CHILD, new byte[]{1});
        store.delete(CHILD);
        store.delete(CHILD);

        assertThat(store.load(CHILD)).isEmpty();
        assertThat(files()).isEmpty();
    }

    @Test
    void noTwoPathsShareAFileHoweverLongOrOddTheyAre() throws Exception {
        String longest = "x".repeat(100);
        List<String> paths = List.of("shop", "shop/a", "shop/a/b", "shop/a.b", "shop/a-b", "shop/a+b",
                "shop/a@b",
                "shop/" + longest + "/" + longest + "/" + longest + "/a",
                "shop/" + longest + "/" + longest + "/" + longest + "/b",
                "shop/" + longest + "/" + longest);
        for (String path : paths) {
            store.save(new ChildPath(path), path.getBytes(UTF_8));
        }

        for (String path : paths) {
            assertThat(store.load(new ChildPath(path)).orElseThrow()).asString(UTF_8).isEqualTo(path);
        }
        assertThat(files()).hasSize(paths.size());
    }

    @Test
    void aStateThatIsTooLongIsRefusedWithItsSizeAndWhatIsAllowed() throws Exception {
        store.save(CHILD, new byte[]{1});

        assertThatThrownBy(() -> store.save(CHILD, new byte[FileStateStore.MOST_BYTES + 1]))
                .isInstanceOf(IOException.class)
                .hasMessageContainingAll("shop/web/api-1", "16777217", "16777216");
        assertThat(store.load(CHILD).orElseThrow()).containsExactly(1);
    }

    @Test
    void aFileThatSomebodyMadeTooLongIsNotReadIntoMemory() throws Exception {
        store.save(CHILD, new byte[]{1});
        try (RandomAccessFile file = new RandomAccessFile(store.fileOf(CHILD).toFile(), "rw")) {
            file.setLength(1L << 40);
        }

        assertThatThrownBy(() -> store.load(CHILD)).isInstanceOf(IOException.class)
                .hasMessageContainingAll("shop/web/api-1", "1099511627776", "16777216");
    }

    @Test
    void aCrashBetweenWriteAndRenameLeavesTheStateBeforeIt() throws Exception {
        store.save(CHILD, new byte[]{1});
        Path halfWritten = directory.resolve("shop%web%api-1.state.4711.tmp");
        Files.write(halfWritten, new byte[]{2});

        assertThat(new FileStateStore(directory).load(CHILD).orElseThrow()).containsExactly(1);
        new FileStateStore(directory).save(CHILD, new byte[]{3});
        assertThat(halfWritten).as("may be another program's").exists();

        Files.setLastModifiedTime(halfWritten, FileTime.from(Instant.now().minus(Duration.ofHours(2))));
        new FileStateStore(directory).save(CHILD, new byte[]{4});
        assertThat(files()).containsExactly("shop%web%api-1.state");
        assertThat(store.load(CHILD).orElseThrow()).containsExactly(4);
    }

    @Test
    void whereTheDirectoryCannotBeMadeTheSaveFailsAndNamesIt() throws Exception {
        Files.createDirectories(directory.getParent());
        Files.createFile(directory);

        assertThatThrownBy(() -> store.save(CHILD, new byte[]{1})).isInstanceOf(IOException.class)
                .hasMessageContaining(directory.toString());
    }

    /** A disk that is full or read-only; the test may run as root, whom permissions do not stop. */
    @Test
    void aSaveThatFailsLeavesNoHalfFileAndNothingBehind() throws Exception {
        Path file = store.fileOf(CHILD);
        Files.createDirectories(file.resolve("in the way"));

        assertThatThrownBy(() -> store.save(CHILD, new byte[]{1})).isInstanceOf(IOException.class);
        assertThat(files()).containsExactly(file.getFileName().toString());
        assertThatThrownBy(() -> store.load(CHILD)).isInstanceOf(IOException.class);
    }

    @Test
    void anInterruptedSaveLeavesTheStateBeforeIt() throws Exception {
        store.save(CHILD, new byte[]{1});

        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> store.save(CHILD, new byte[]{2})).isInstanceOf(IOException.class);

        assertThat(Thread.interrupted()).isTrue();
        assertThat(store.load(CHILD).orElseThrow()).containsExactly(1);
        assertThat(files()).hasSize(1);
    }

    @Test
    void manyChildrenSaveAtOnceAndAReaderNeverSeesHalfAState() throws Exception {
        List<Callable<Void>> work = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            ChildPath child = new ChildPath("shop/worker-" + i % 4);
            byte filler = (byte) (i + 1);
            work.add(() -> {
                for (int round = 0; round < 20; round++) {
                    byte[] state = new byte[10_000];
                    Arrays.fill(state, filler);
                    store.save(child, state);
                    byte[] read = store.load(child).orElseThrow();
                    assertThat(read).hasSize(10_000).containsOnly(read[0]);
                }
                return null;
            });
        }
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Future<Void> done : threads.invokeAll(work)) {
                done.get();
            }
        }
        assertThat(files()).hasSize(4);
    }
}
