package dev.upkeep.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StateLockTest {
    private static final Holder HOLDER = new Holder("shop", 4711, Instant.parse("2026-03-01T03:00:00Z"));

    @TempDir
    private Path temp;

    @Test
    void p17ASecondSupervisorIsToldWhoHoldsTheDirectory() throws Exception {
        Path state = temp.resolve("state");
        try (StateLock first = StateLock.take(state, HOLDER)) {
            assertThatThrownBy(() -> StateLock.take(state, new Holder("shop", 2, Instant.EPOCH)))
                    .isInstanceOf(StateHeldException.class)
                    .hasMessageContainingAll(first.directory().toString(), "'shop'", "pid 4711",
                            "2026-03-01T03:00:00Z");
        }
    }

    @Test
    void p17ASupervisorInAnotherProcessIsRefusedEvenAfterARefusalInOurs() throws Exception {
        Path state = temp.resolve("state");
        try (StateLock first = StateLock.take(state, HOLDER)) {
            assertThatThrownBy(() -> StateLock.take(state, HOLDER)).isInstanceOf(StateHeldException.class);

            assertThat(takeInAnotherProcess(first.directory())).contains("StateHeldException", "pid 4711");
        }
        assertThat(takeInAnotherProcess(state)).isEqualTo("taken");
    }

    private static String takeInAnotherProcess(Path state) throws Exception {
        Process other = new ProcessBuilder(
                List.of(ProcessHandle.current().info().command().orElseThrow(), "-cp",
                        System.getProperty("java.class.path"), Second.class.getName(), state.toString()))
                .redirectErrorStream(true)
                .start();
        try {
            String said = new String(other.getInputStream().readAllBytes(),
                    java.nio.charset.StandardCharsets.UTF_8);
            assertThat(other.waitFor(30, TimeUnit.SECONDS)).isTrue();
            return said;
        } finally {
            other.destroyForcibly();
        }
    }

    /** The other process. */
    static final class Second {
        private Second() {}

        public static void main(String[] args) throws IOException {
            try (StateLock lock = StateLock.take(Path.of(args[0]), new Holder("other", 1, Instant.EPOCH))) {
                System.out.print(lock == null ? "" : "taken");
            } catch (StateHeldException e) {
                System.out.print(e);
            }
        }
    }

    @Test
    void aDirectoryIsFreeAgainWhenItsHolderIsGone() throws Exception {
        Path state = temp.resolve("state");
        StateLock.take(state, HOLDER).close();

        try (StateLock second = StateLock.take(state, HOLDER)) {
            assertThat(second.directory()).isEqualTo(state.toRealPath());
        }
    }

    @Test
    void theDirectoryIsMadeForItsOwnerAlone() throws Exception {
        try (StateLock lock = StateLock.take(temp.resolve("a/b"), HOLDER)) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(lock.directory())))
                    .isEqualTo("rwx------");
            assertThat(PosixFilePermissions
                    .toString(Files.getPosixFilePermissions(lock.directory().resolve("lock"))))
                    .isEqualTo("rw-------");
        }
    }

    @Test
    void aDirectoryThatOthersCanWriteIsRefused() throws Exception {
        Path open = Files.createDirectory(temp.resolve("open"));
        Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxrwxrwx"));

        assertThatThrownBy(() -> StateLock.take(open, HOLDER)).isInstanceOf(IOException.class)
                .hasMessageContaining("chmod 700");
    }

    @Test
    void aFileInTheWayIsNamed() throws Exception {
        Path file = Files.createFile(temp.resolve("file"));

        assertThatThrownBy(() -> StateLock.take(file, HOLDER)).isInstanceOf(IOException.class)
                .hasMessageContaining(file.toString());
    }
}
