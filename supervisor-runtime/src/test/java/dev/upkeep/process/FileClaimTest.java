package dev.upkeep.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class FileClaimTest {
    /** Both ways of claiming keep the same promises, as long as all do it in the same way. */
    enum Way {
        FLOCK {
            @Override
            Optional<FileClaim> take(Path file) throws IOException {
                return FlockClaim.take(file);
            }
        },
        CHANNEL {
            @Override
            Optional<FileClaim> take(Path file) throws IOException {
                return ChannelClaim.take(file);
            }
        };

        abstract Optional<FileClaim> take(Path file) throws IOException;
    }

    @TempDir
    private Path temp;

    @ParameterizedTest
    @EnumSource
    void p17_oneInThisProcessHasItAtATime(Way way) throws Exception {
        Path file = temp.resolve("lock");
        FileClaim first = way.take(file).orElseThrow();

        assertThat(way.take(file)).isEmpty();
        first.write("whoever comes second has not lost the first one his claim");
        assertThat(way.take(file)).isEmpty();

        first.close();
        first.close();
        way.take(file).orElseThrow().close();
    }

    @ParameterizedTest
    @EnumSource
    void itIsMadeForItsOwnerAloneAndItsContentIsReplacedAsAWhole(Way way) throws Exception {
        Path file = temp.resolve("lock");
        try (FileClaim claim = way.take(file).orElseThrow()) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                    .isEqualTo("rw-------");
            claim.write("a long one");
            claim.write("short");
            assertThat(file).hasContent("short");
        }
        try (FileClaim next = way.take(file).orElseThrow()) {
            assertThat(file).as("until someone writes").hasContent("short");
            next.write("");
            assertThat(file).isEmptyFile();
        }
    }

    @ParameterizedTest
    @EnumSource
    void p17_aClaimOutlivesTheNameOfItsFile(Way way) throws Exception {
        Path file = temp.resolve("lock");
        try (FileClaim claim = way.take(file).orElseThrow()) {
            Files.move(file, temp.resolve("moved"));
            claim.write("the same file");
        }
        assertThat(temp.resolve("moved")).hasContent("the same file");
        assertThat(file).doesNotExist();
    }

    @ParameterizedTest
    @EnumSource
    void p17_anotherProcessIsKeptOutUntilOursIsClosed(Way way) throws Exception {
        Path file = temp.resolve("lock");
        try (FileClaim ours = way.take(file).orElseThrow()) {
            assertThat(ours).isNotNull();
            assertThat(takenByAnother(way, file)).isEqualTo("held");
        }
        assertThat(takenByAnother(way, file)).isEqualTo("taken");
    }

    private static String takenByAnother(Way way, Path file) throws Exception {
        Process other = new ProcessBuilder(List.of(ProcessHandle.current().info().command().orElseThrow(),
                "--enable-native-access=ALL-UNNAMED", "-cp", System.getProperty("java.class.path"),
                Other.class.getName(), way.name(), file.toString())).redirectErrorStream(true).start();
        try (var said = other.inputReader()) {
            String line = said.readLine();
            assertThat(other.waitFor(30, TimeUnit.SECONDS)).isTrue();
            return String.valueOf(line);
        } finally {
            other.destroyForcibly();
        }
    }

    static final class Other {
        private Other() {}

        public static void main(String[] args) throws IOException {
            System.out.println(Way.valueOf(args[0]).take(Path.of(args[1])).isPresent() ? "taken" : "held");
        }
    }

    @Test
    void p17_aChildDoesNotHoldOn() throws Exception {
        Path file = temp.resolve("lock");
        Process child;
        try (FileClaim claim = FlockClaim.take(file).orElseThrow()) {
            assertThat(claim).isNotNull();
            child = new ProcessBuilder("cat").start();
        }
        try (FileClaim next = FlockClaim.take(file).orElseThrow()) {
            assertThat(next).isNotNull();
        } finally {
            child.destroy();
        }
    }

    @Test
    void p17_whereNativeAccessIsDeniedTheOtherWayIsTaken() throws Exception {
        Path file = temp.resolve("lock");
        Process other = new ProcessBuilder(List.of(ProcessHandle.current().info().command().orElseThrow(),
                "--illegal-native-access=deny", "-cp", System.getProperty("java.class.path"),
                Best.class.getName(), file.toString())).redirectErrorStream(true).start();
        try (var said = other.inputReader()) {
            assertThat(said.lines().toList()).last().isEqualTo("ChannelClaim");
        } finally {
            other.destroyForcibly();
        }
    }

    static final class Best {
        private Best() {}

        public static void main(String[] args) throws IOException {
            System.out.println(FileClaim.take(Path.of(args[0])).orElseThrow().getClass().getSimpleName());
        }
    }

    @Test
    void aDirectoryInTheWayIsToldWithTheErrno() {
        assertThatThrownBy(() -> FlockClaim.take(temp)).isInstanceOf(IOException.class)
                .hasMessageContainingAll(temp.toString(), "EISDIR");
        assertThatThrownBy(() -> FlockClaim.take(temp.resolve("no/lock"))).isInstanceOf(IOException.class)
                .hasMessageContaining("ENOENT");
    }

    @Test
    void p17_theToolFlockIsKeptOut() throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/flock")), "there is no flock of util-linux here");
        Path file = temp.resolve("lock");
        try (FileClaim ours = FileClaim.take(file).orElseThrow()) {
            assertThat(ours).isInstanceOf(FlockClaim.class);
            assertThat(new ProcessBuilder("flock", "-n", file.toString(), "true").start().waitFor()).isOne();
        }
        assertThat(new ProcessBuilder("flock", "-n", file.toString(), "true").start().waitFor()).isZero();
    }
}
