package dev.upkeep.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/** A supervisor that runs, and what it has printed so far. Closing it leaves nothing behind, whatever the test found. */
final class Running implements AutoCloseable {
    private static final int STATE = 0;
    private static final int SESSION = 3;

    private static final Pattern STARTED = Pattern.compile("started as pid (\\d+)");
    private static final int LONGEST_END_SECONDS = 20;

    private final Process process;
    private final Path out;

    Running(Process process, Path out) {
        this.process = process;
        this.out = out;
    }

    long pid() {
        return process.pid();
    }

    String printed() {
        try {
            // A reading may end within a character; a test that looks for words does not care.
            return new String(Files.readAllBytes(out), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Waits until a line that the pattern is found in has been printed. */
    void await(Duration atMost, String pattern) {
        Pattern wanted = Pattern.compile(pattern, Pattern.MULTILINE);
        Awaitility.await("'" + pattern + "' in what is printed")
                .atMost(atMost)
                .pollInterval(Duration.ofMillis(50))
                .failFast("the supervisor ended: " + pattern, () -> !process.isAlive() && !found(wanted))
                .until(() -> found(wanted));
    }

    void await(String pattern) {
        await(Duration.ofSeconds(20), pattern);
    }

    private boolean found(Pattern wanted) {
        return wanted.matcher(printed()).find();
    }

    void signal(String name) throws IOException, InterruptedException {
        assertThat(new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start().waitFor())
                .isZero();
    }

    int awaitEnd() throws InterruptedException {
        assertThat(process.waitFor(LONGEST_END_SECONDS, TimeUnit.SECONDS))
                .as(() -> "it ends; so far: " + printed())
                .isTrue();
        return process.exitValue();
    }

    /** Returns the processes that are alive in the session of any child that was ever started. */
    List<String> leftRunning() throws IOException {
        Set<String> sessions = STARTED.matcher(printed())
                .results()
                .map(m -> m.group(1))
                .collect(Collectors.toSet());
        try (Stream<Path> processes = Files.list(Path.of("/proc"))) {
            return processes.filter(p -> p.getFileName().toString().matches("\\d+"))
                    .map(Running::stat)
                    .filter(stat -> sessions.contains(field(stat, SESSION)))
                    // Dead already: a grandchild waits for PID 1 to take note, and some take a second.
                    .filter(stat -> !field(stat, STATE).equals("Z"))
                    .toList();
        }
    }

    private static String stat(Path process) {
        try {
            return Files.readString(process.resolve("stat"), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            return ""; // It is gone.
        }
    }

    /** Returns a field, counted from the one after the name: the name may hold blanks and parentheses. */
    private static String field(String stat, int index) {
        int name = stat.lastIndexOf(')');
        return name < 0 ? "" : stat.substring(name + 2).split(" ", -1)[index];
    }

    @Override
    public void close() throws InterruptedException {
        process.destroy();
        if (!process.waitFor(LONGEST_END_SECONDS, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            STARTED.matcher(printed())
                    .results()
                    .map(m -> ProcessHandle.of(Long.parseLong(m.group(1))))
                    .forEach(child -> child.ifPresent(ProcessHandle::destroyForcibly));
        }
    }
}
