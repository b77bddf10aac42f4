package dev.upkeep.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A program under measurement that keeps children running, in a directory of its own. */
final class Subject implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Process process;
    private final Stamps stamps;
    private final Path log;

    private Subject(Process process, Stamps stamps, Path log) {
        this.process = process;
        this.stamps = stamps;
        this.log = log;
    }

    /** Starts it; what it says goes to a file. */
    static Subject start(List<String> command, Path directory) throws IOException {
        Path log = directory.resolve("log");
        Process process = new ProcessBuilder(command).directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        Subject subject = new Subject(process, stampsIn(directory), log);
        Runtime.getRuntime().addShutdownHook(new Thread(subject::close));
        return subject;
    }

    /** Writes a configuration of {@code replicas} children and starts {@code upkeep run} on it, with a state of its own. */
    static Subject upkeep(String upkeep, ChildProgram program, int replicas, Path directory)
            throws IOException {
        Path yaml = directory.resolve("upkeep.yaml");
        Files.writeString(yaml, """
                name: bench
                intensity: {max: 100000, within: 60s}
                children:
                  child:
                    command: %s
                    replicas: %d
                    backoff: {type: immediate}
                """.formatted(quoted(program.command(stampsIn(directory).file())), replicas));
        return start(
                List.of(upkeep, "run", yaml.toString(), "--state", directory.resolve("state").toString()),
                directory);
    }

    private static Stamps stampsIn(Path directory) {
        return new Stamps(directory.resolve("stamps"));
    }

    private static List<String> quoted(List<String> words) {
        List<String> quoted = new ArrayList<>();
        // A dollar is doubled for the configuration.
        words.forEach(word -> quoted.add('"' + word.replace("$", "$$") + '"'));
        return quoted;
    }

    List<ChildProgram.Stamp> awaitStarts(int count) throws IOException, InterruptedException {
        try {
            return stamps.await(count, PATIENCE);
        } catch (IOException e) {
            try (var lines = Files.lines(log)) {
                throw new IOException(e.getMessage() + "\n" + String.join("\n", lines.limit(20).toList()), e);
            }
        }
    }

    /** Returns the process that started the children: what was started here may be a script in front of it. */
    long supervisorOf(long child) throws IOException {
        return ProcessHandle.of(child)
                .flatMap(ProcessHandle::parent)
                .map(ProcessHandle::pid)
                .orElseThrow(() -> new IOException("child " + child + " has ended"));
    }

    /** Ends it, and kills whatever of its children is left. */
    @Override
    public void close() {
        try {
            List<ProcessHandle> below = process.descendants().toList();
            process.destroy();
            below.stream().filter(p -> isJava(p)).forEach(ProcessHandle::destroy);
            if (!process.waitFor(30, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
            below.forEach(ProcessHandle::destroyForcibly);
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }

    private static boolean isJava(ProcessHandle process) {
        return process.info().command().filter(c -> c.endsWith("/java")).isPresent();
    }
}
