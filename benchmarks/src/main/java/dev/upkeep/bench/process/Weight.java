package dev.upkeep.bench.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What a supervisor weighs with all the processes that it consists of, as Linux tells it in {@code /proc}. */
record Weight(double pss, double rss, int processes, int threads) {
    static Weight of(List<Long> pids) throws IOException {
        double pss = 0;
        double rss = 0;
        int threads = 0;
        for (long pid : pids) {
            Path proc = Path.of("/proc", Long.toString(pid));
            pss += number(proc.resolve("smaps_rollup"), "Pss") / 1024.0;
            rss += number(proc.resolve("smaps_rollup"), "Rss") / 1024.0;
            threads += (int) number(proc.resolve("status"), "Threads");
        }
        return new Weight(pss, rss, pids.size(), threads);
    }

    /** Returns the processor time of all their threads, ended ones too, in milliseconds; the clock ticks each ten of them. */
    static long processorMillis(List<Long> pids) throws IOException {
        long ticks = 0;
        for (long pid : pids) {
            String stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
            String[] words = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
            ticks += Long.parseLong(words[11]) + Long.parseLong(words[12]);
        }
        return ticks * 10;
    }

    private static long number(Path file, String key) throws IOException {
        return Files.readAllLines(file)
                .stream()
                .filter(line -> line.startsWith(key + ":"))
                .map(line -> line.replaceAll("\\D", ""))
                .mapToLong(Long::parseLong)
                .findFirst()
                .orElseThrow(() -> new IOException(file + " has no " + key));
    }
}
