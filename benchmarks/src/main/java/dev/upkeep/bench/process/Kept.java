package dev.upkeep.bench.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A supervisor under measurement with the children it keeps, in a directory of its own. */
final class Kept implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(180);
    private static final int STOP_SECONDS = 60;

    private final Keeper keeper;
    private final Path directory;
    private final Stamps stamps;
    private final List<Process> roots = new ArrayList<>();
    private final Thread hook = new Thread(this::end);

    private Kept(Keeper keeper, Path directory) {
        this.keeper = keeper;
        this.directory = directory;
        this.stamps = stampsIn(directory);
        Runtime.getRuntime().addShutdownHook(hook);
    }

    /** Starts it; what it says goes to a file. */
    static Kept start(Keeper keeper, Path directory, int children, List<String> command, boolean logged)
            throws IOException {
        Kept kept = new Kept(keeper, directory);
        Path log = directory.resolve("said");
        for (List<String> words : keeper.prepare(directory, children, command, logged)) {
            kept.roots.add(new ProcessBuilder(words).directory(directory.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                    .start());
        }
        return kept;
    }

    static Stamps stampsIn(Path directory) {
        return new Stamps(directory.resolve("stamps"));
    }

    Keeper keeper() {
        return keeper;
    }

    /** Waits for that many starts in all; returns those from one on. */
    List<Stamp> awaitStarts(int count, int from) throws IOException, InterruptedException {
        try {
            return stamps.await(count, from, PATIENCE);
        } catch (IOException e) {
            try (var lines = Files.lines(directory.resolve("said"))) {
                throw new IOException(keeper.name() + ": " + e.getMessage() + "\n"
                        + String.join("\n", lines.limit(20).toList()), e);
            }
        }
    }

    void ask() throws IOException, InterruptedException {
        keeper.ask(directory);
    }

    /** Returns the processes that the supervisor consists of: all below what was run but the children. */
    List<Long> supervisors() {
        Set<Long> children = stamps.pids();
        return roots.stream()
                .flatMap(root -> Stream.concat(Stream.of(root.toHandle()), root.descendants()))
                .map(ProcessHandle::pid)
                .filter(pid -> !children.contains(pid))
                .toList();
    }

    @Override
    public void close() {
        end();
        Runtime.getRuntime().removeShutdownHook(hook);
    }

    private void end() {
        try {
            List<ProcessHandle> below = roots.stream().flatMap(Process::descendants).toList();
            if (keeper.stopsOnTerm()) {
                roots.forEach(Process::destroy);
                for (Process root : roots) {
                    root.waitFor(STOP_SECONDS, TimeUnit.SECONDS);
                }
            }
            // From the top, so that nobody is left to start anything again.
            roots.forEach(Process::destroyForcibly);
            below.forEach(ProcessHandle::destroyForcibly);
            for (Process root : roots) {
                root.waitFor(STOP_SECONDS, TimeUnit.SECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
