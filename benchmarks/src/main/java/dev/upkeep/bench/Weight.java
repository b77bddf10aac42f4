package dev.upkeep.bench;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiConsumer;

/** What one process weighs, as Linux tells it in {@code /proc}. */
record Weight(Path proc) {
    static Weight of(long pid) {
        return new Weight(Path.of("/proc", Long.toString(pid)));
    }

    int threads() throws IOException {
        return (int) number("status", "Threads");
    }

    /** Returns MiB; {@code Pss} shares what is mapped by several processes between them, {@code Rss} does not. */
    double mebibytes(String which) throws IOException {
        return number("smaps_rollup", which) / 1024.0;
    }

    /**
     * Returns the processor time of each live thread, in nanoseconds: finer than the ticks of {@code /proc/PID/stat}, but
     * what a thread has used is gone when it ends.
     */
    Map<String, Long> processorNanos() throws IOException {
        Map<String, Long> used = new TreeMap<>();
        forEachTask("schedstat",
                (task, text) -> used.put(task.toString(), Long.parseLong(text.split(" ", 2)[0])));
        return used;
    }

    /** Returns what the threads that live now have used since then. */
    long processorNanosSince(Map<String, Long> then) throws IOException {
        return processorNanos().entrySet()
                .stream()
                .mapToLong(now -> now.getValue() - then.getOrDefault(now.getKey(), 0L))
                .sum();
    }

    /** Returns how many threads have each name. */
    Map<String, Integer> threadNames() throws IOException {
        Map<String, Integer> names = new TreeMap<>();
        forEachTask("comm", (task, text) -> names.merge(text.strip(), 1, Integer::sum));
        return names;
    }

    private void forEachTask(String file, BiConsumer<Path, String> action) throws IOException {
        try (DirectoryStream<Path> tasks = Files.newDirectoryStream(proc.resolve("task"))) {
            for (Path task : tasks) {
                String text;
                try {
                    text = Files.readString(task.resolve(file));
                } catch (IOException e) {
                    // A thread that has just ended: ENOENT before it was opened, ESRCH after.
                    continue;
                }
                action.accept(task, text);
            }
        }
    }

    private long number(String file, String key) throws IOException {
        return Files.readAllLines(proc.resolve(file))
                .stream()
                .filter(line -> line.startsWith(key + ":"))
                .map(line -> line.replaceAll("\\D", ""))
                .mapToLong(Long::parseLong)
                .findFirst()
                .orElseThrow(() -> new IOException(proc.resolve(file) + " has no " + key));
    }
}
