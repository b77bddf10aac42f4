package dev.upkeep.bench;

import dev.upkeep.bench.ChildProgram.Stamp;
import java.io.IOException;
import java.util.Arrays;
import java.util.Locale;

/**
 * How long a child is away after kill -9: from just before the signal is sent to the first act of the next instance, on
 * one clock.
 */
record Restarts(long[] nanos) {
    static final int ROUNDS = 50;

    private static final int PAUSE_MILLIS = 40;

    /** Kills the one child of that program again and again. */
    static Restarts of(Subject subject, ChildProgram program) throws IOException, InterruptedException {
        long[] nanos = new long[ROUNDS];
        Stamp last = subject.awaitStarts(1).getLast();
        for (int i = 0; i < ROUNDS; i++) {
            Thread.sleep(PAUSE_MILLIS);
            ProcessHandle child = ProcessHandle.of(last.pid())
                    .orElseThrow(() -> new IOException("a child ended by itself"));
            long killedAt = program.now();
            child.destroyForcibly();
            last = subject.awaitStarts(i + 2).getLast();
            nanos[i] = last.nanos() - killedAt;
        }
        Arrays.sort(nanos);
        return new Restarts(nanos);
    }

    double median() {
        return (nanos[ROUNDS / 2 - 1] + nanos[ROUNDS / 2]) / 2e6;
    }

    @Override
    public String toString() {
        return String.format(Locale.ROOT, "%.2f ms  (%.2f to %.2f)", median(), nanos[0] / 1e6,
                nanos[ROUNDS - 1] / 1e6);
    }
}
