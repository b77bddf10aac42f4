package dev.upkeep.bench.process;

/**
 * What one process wrote as its first act.
 *
 * @param nanos on CLOCK_MONOTONIC
 */
record Stamp(long nanos, long pid) {
    static Stamp parse(String line) {
        String[] words = line.split(" ", 2);
        return new Stamp(Long.parseLong(words[0]), Long.parseLong(words[1]));
    }
}
