package dev.upkeep.process;

import static dev.upkeep.process.Host.eventually;
import static dev.upkeep.process.Host.stat;
import static org.assertj.core.api.Assertions.assertThat;

import dev.upkeep.api.OutputRule;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of the output of children whose supervisor is killed. */
@EnabledOnOs(OS.LINUX)
@Timeout(600)
final class SupervisorKilledTest {
    private static final int KILLS = Integer.getInteger("upkeep.output.kills", 20);
    private static final int ALL_KEPT = OutputRule.File.MOST_KEPT;

    /** Fast: full blocks, as a pipe that is full all the time. */
    private static final String FLOOD = "exec seq 1 999999999";
    /** Slow: a write for each line. */
    private static final String TRICKLE = "i=1; while :; do echo $i; i=$((i+1)); done";
    /** Both streams, each with numbers of its own: those of stderr are written in letters, with a dash behind each. */
    private static final String BOTH = "(seq 1 999999999 | tr '0-9\\n' 'a-j-' >&2) & exec seq 1 999999999";

    @TempDir
    Path directory;

    private final List<Long> writers = new ArrayList<>();

    @AfterEach
    void killWriters() {
        writers.forEach(pid -> Kernel.kill(-pid, 9));
    }

    private List<Long> pids(Process supervisor, int count) throws IOException {
        List<Long> pids = new ArrayList<>();
        BufferedReader lines = supervisor.inputReader(StandardCharsets.UTF_8);
        for (int i = 0; i < count; i++) {
            String line = lines.readLine();
            assertThat(line).as("a pid").isNotNull();
            pids.add(Long.parseLong(line));
        }
        writers.addAll(pids);
        return pids;
    }

    private static void kill(Process supervisor) throws InterruptedException {
        // SIGKILL, on Linux.
        supervisor.destroyForcibly();
        assertThat(supervisor.waitFor(20, TimeUnit.SECONDS)).isTrue();
    }

    /** Returns what is in the pipe of a writer, which is killed. */
    private static String rest(long pid, int descriptor) throws IOException {
        try (InputStream pipe = Files.newInputStream(Path.of("/proc/" + pid + "/fd/" + descriptor))) {
            Kernel.kill(-pid, 9);
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            pipe.transferTo(bytes);
            return bytes.toString(StandardCharsets.ISO_8859_1);
        }
    }

    private static String written(Path log) throws IOException {
        StringBuilder all = new StringBuilder();
        for (int i = ALL_KEPT; i > 0; i--) {
            all.append(text(Path.of(log + "." + i)));
        }
        return all.append(text(log)).toString();
    }

    /** Returns nothing for a file that is not there: while the supervisor lives, it may just have been renamed. */
    private static String text(Path file) throws IOException {
        try {
            return Files.readString(file, StandardCharsets.ISO_8859_1);
        } catch (NoSuchFileException e) {
            return "";
        }
    }

    /** Holds that the text is the numbers from the first on, each once and in order; the last may be cut off. */
    private static long counted(String text, long first) {
        long expected = first;
        int end;
        for (int at = 0; (end = text.indexOf('\n', at)) >= 0; at = end + 1) {
            String line = text.substring(at, end);
            if (!line.equals(Long.toString(expected))) {
                throw new AssertionError("line '" + line + "' instead of " + expected + " after "
                        + text.substring(Math.max(0, at - 40), at));
            }
            expected++;
        }
        return expected;
    }

    @Test
    @DisplayName("P14 a writer whose supervisor was killed lives, waits when its pipe is full, and nothing of what it wrote is lost")
    void writerLives() throws Exception {
        Process supervisor = KilledSupervisor.start(directory, 1 << 20, 100, false,
                "i=1; while [ $i -le 30000 ]; do echo $i; i=$((i+1)); done; exec sleep 600");
        long pid = pids(supervisor, 1).get(0);
        eventually().until(() -> !written(directory.resolve("0.log")).isEmpty());
        kill(supervisor);
        // It waits for room: in pipe_write, which is an interruptible sleep.
        eventually().until(() -> {
            String before = Files.readString(Path.of("/proc/" + pid + "/io"));
            TimeUnit.MILLISECONDS.sleep(200);
            return stat(pid).startsWith("S")
                    && before.equals(Files.readString(Path.of("/proc/" + pid + "/io")));
        });
        StringBuilder all = new StringBuilder(written(directory.resolve("0.log")));

        // As the next supervisor does.
        try (InputStream pipe = Files.newInputStream(Path.of("/proc/" + pid + "/fd/1"))) {
            byte[] buffer = new byte[1 << 16];
            while (!all.toString().endsWith("\n30000\n")) {
                int n = pipe.read(buffer);
                all.append(new String(buffer, 0, n, StandardCharsets.ISO_8859_1));
            }
        }

        assertThat(counted(all.toString(), 1)).isEqualTo(30001);
        assertThat(stat(pid)).isNotEmpty();
    }

    @Test
    @DisplayName("P13 a kill of the supervisor at any moment, rotation included, loses and doubles no byte")
    void killedAgainAndAgain() throws Exception {
        Random random = new Random(5);
        for (int kill = 0; kill < KILLS; kill++) {
            Path logs = directory.resolve("kill-" + kill);
            // Every other time somebody hears the streams, and every other time files are as small as can be.
            boolean heard = kill % 2 == 1;
            Process supervisor = KilledSupervisor.start(logs, kill % 4 < 2 ? 4096 : 256 * 1024, ALL_KEPT,
                    heard, TRICKLE, FLOOD, TRICKLE, TRICKLE);
            List<Long> pids = pids(supervisor, 4);
            TimeUnit.MILLISECONDS.sleep(random.nextInt(250));
            kill(supervisor);
            for (int i = 0; i < pids.size(); i++) {
                String all = written(logs.resolve(i + ".log")) + rest(pids.get(i), 1);
                long first = firstNumber(all);
                // The flood may have filled more files than are kept.
                assertThat(first == 1 || Files.exists(logs.resolve(i + ".log." + ALL_KEPT))).isTrue();
                counted(all, first);
            }
            deleteAll(logs);
        }
    }

    private static long firstNumber(String text) {
        int end = text.indexOf('\n');
        return end < 0 ? 1 : Long.parseLong(text.substring(0, end));
    }

    @Test
    @DisplayName("P13 neither stream of a child is lost or doubled when both go into one file")
    void bothStreams() throws Exception {
        for (int kill = 0; kill < Math.max(3, KILLS / 5); kill++) {
            Path logs = directory.resolve("both-" + kill);
            Process supervisor = KilledSupervisor.start(logs, 1 << 20, ALL_KEPT, kill % 2 == 1, BOTH);
            long pid = pids(supervisor, 1).get(0);
            eventually().until(() -> written(logs.resolve("0.log")).chars().anyMatch(c -> c == '-'));
            kill(supervisor);
            String out;
            String err;
            try (InputStream pipe = Files.newInputStream(Path.of("/proc/" + pid + "/fd/2"))) {
                out = rest(pid, 1);
                err = new String(pipe.readAllBytes(), StandardCharsets.ISO_8859_1);
            }
            StringBuilder digits = new StringBuilder();
            StringBuilder letters = new StringBuilder();
            written(logs.resolve("0.log")).chars()
                    .forEach(c -> (c == '\n' || c < 'a' && c != '-' ? digits : letters).append((char) c));
            assertThat(counted(digits.append(out).toString(), 1)).isGreaterThan(1);
            assertThat(counted(inDigits(letters.append(err)), 1)).isGreaterThan(1);
            deleteAll(logs);
        }
    }

    private static String inDigits(CharSequence letters) {
        return letters.chars()
                .map(c -> c == '-' ? '\n' : c - 'a' + '0')
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }

    private static void deleteAll(Path logs) throws IOException {
        if (!Files.exists(logs)) {
            // It was killed before it had written anything.
            return;
        }
        try (var files = Files.list(logs)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
    }
}
