package dev.upkeep.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
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
                List.of(ProcessHandle.current().info().command().orElseThrow(),
                        "--enable-native-access=ALL-UNNAMED", "-cp",
                        System.getProperty("java.class.path"), Second.class.getName(), state.toString()))
                .redirectErrorStream(true)
                .start();
        try {
            String said = new String(other.getInputStream().readAllBytes(),
                    StandardCharsets.UTF_8);
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
    void p17_theToolFlockIsKeptOutAndKeepsUsOut() throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/flock")), "there is no flock of util-linux here");
        Path state = temp.resolve("state");
        Path file;
        try (StateLock ours = StateLock.take(state, HOLDER)) {
            file = ours.directory().resolve("lock");
            assertThat(new ProcessBuilder("flock", "-n", file.toString(), "true").start().waitFor()).isOne();
        }

        Process tool = new ProcessBuilder("flock", file.toString(), "sh", "-c", "echo held; exec cat")
                .start();
        try {
            assertThat(tool.inputReader().readLine()).isEqualTo("held");
            assertThatThrownBy(() -> StateLock.take(state, HOLDER)).isInstanceOf(StateHeldException.class)
                    .hasMessageContaining("is held by another process");
        } finally {
            tool.getOutputStream().close();
            assertThat(tool.waitFor(30, TimeUnit.SECONDS)).isTrue();
        }
        StateLock.take(state, HOLDER).close();
    }

    @Test
    void p17_aKilledHolderHoldsNothing() throws Exception {
        Path state = temp.resolve("state");
        Process holder = new ProcessBuilder(
                List.of(ProcessHandle.current().info().command().orElseThrow(),
                        "--enable-native-access=ALL-UNNAMED", "-cp",
                        System.getProperty("java.class.path"), Lasting.class.getName(), state.toString()))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try {
            assertThat(holder.inputReader().readLine()).isEqualTo("taken");
            assertThatThrownBy(() -> StateLock.take(state, HOLDER)).isInstanceOf(StateHeldException.class)
                    .hasMessageContaining("pid 77");
        } finally {
            holder.destroyForcibly();
            assertThat(holder.waitFor(30, TimeUnit.SECONDS)).isTrue();
        }
        StateLock.take(state, HOLDER).close();
    }

    /** Another process, which holds the directory until it is killed. */
    static final class Lasting {
        private Lasting() {}

        public static void main(String[] args) throws Exception {
            try (StateLock lock = StateLock.take(Path.of(args[0]), new Holder("other", 77, Instant.EPOCH))) {
                System.out.println(lock == null ? "" : "taken");
                System.in.read();
            }
        }
    }

    @Test
    void p17_aHolderFileThatIsGarbageIsNeitherShownNorInTheWay() throws Exception {
        Path state = temp.resolve("state");
        StateLock.take(state, HOLDER).close();
        for (byte[] garbage : List.of(new byte[]{(byte) 0xff, 0, (byte) 0xc3, 27}, new byte[1 << 20],
                "name=\u001b[2Jshop\npid=1\nsince=2026-03-01T03:00:00Z\n".getBytes(StandardCharsets.UTF_8),
                "name=shop\npid=-1\nsince=2026-03-01T03:00:00Z\n".getBytes(StandardCharsets.UTF_8))) {
            Files.write(state.resolve("lock"), garbage);

            try (StateLock first = StateLock.take(state, HOLDER)) {
                Files.write(first.directory().resolve("lock"), garbage);
                assertThatThrownBy(() -> StateLock.take(state, HOLDER)).isInstanceOf(StateHeldException.class)
                        .hasMessageContaining("is held by another process");
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
