package dev.upkeep.bench;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * The child that is measured. Its first act is to append its clock and its pid to a file; then it idles.
 *
 * @param pulse the compiled program; without it a shell does the same, much more slowly, on the wall clock
 */
record ChildProgram(Optional<Path> pulse) {
    /** What one instance wrote first. */
    record Stamp(long nanos, long pid) {
        static Stamp parse(String line) {
            String[] words = line.split(" ", 2);
            return new Stamp(Long.parseLong(words[0]), Long.parseLong(words[1]));
        }
    }

    static ChildProgram at(Path pulse) {
        return new ChildProgram(Optional.of(pulse).filter(Files::isExecutable));
    }

    List<String> command(Path stamps) {
        return pulse.map(p -> List.of(p.toString(), "stamp", stamps.toString()))
                .orElseGet(() -> List.of("sh", "-c",
                        "echo $(date +%s%N) $$ >> '" + stamps + "'; exec sleep 600"));
    }

    /** Returns the time on the clock that the child reads. On Linux {@code nanoTime} is its monotonic clock, unchanged. */
    long now() {
        if (pulse.isPresent()) {
            return System.nanoTime();
        }
        Instant now = Instant.now();
        return now.getEpochSecond() * 1_000_000_000L + now.getNano();
    }

    String description() {
        return pulse.isPresent()
                ? "a C program, CLOCK_MONOTONIC"
                : "no gcc here: sh and date, wall clock, some ms slower by themselves";
    }
}
