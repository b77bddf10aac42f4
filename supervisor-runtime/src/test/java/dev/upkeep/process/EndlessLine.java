package dev.upkeep.process;

import dev.upkeep.api.OutputRule;
import dev.upkeep.api.OutputRule.WhenFull;
import dev.upkeep.api.ProcessSpec;
import dev.upkeep.api.child.ChildPath;
import dev.upkeep.api.settings.ByteSize;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The program of a test, in a small JVM of its own: takes a line without end from stdout and stderr, to a sink or into a
 * file; prints how many bytes came to the sink, and how many KiB of memory it has taken at most before and after.
 *
 * <p>The arguments: how many bytes each stream has; the file, if it is to be one.
 */
final class EndlessLine {
    private EndlessLine() {}

    public static void main(String[] args) throws IOException {
        PrintStream out = System.out;
        System.setOut(System.err);
        AtomicLong sunk = new AtomicLong();
        OutputRule rule = args.length == 1
                ? OutputRule.PREFIXED
                : new OutputRule.File(Optional.of(Path.of(args[1])), new ByteSize(4L << 20), Optional.empty(),
                        2,
                        WhenFull.DROP);
        try (Processes processes = PosixProcesses.open()) {
            run(processes, rule, 1 << 20, new AtomicLong());
            long before = mostMemory();
            run(processes, rule, Long.parseLong(args[0]), sunk);
            out.println(sunk.get() + " " + before + " " + mostMemory());
        }
    }

    private static void run(Processes processes, OutputRule rule, long bytes, AtomicLong sunk) {
        RecordedEvents events = new RecordedEvents() {
            @Override
            public boolean hearsLines() {
                return true;
            }
        };
        String endless = "head -c " + bytes + " /dev/zero | tr '\\000' x";
        processes.start(new Launch(new ChildPath("endless/child"), 1,
                ProcessSpec.of("sh", "-c", endless + " >&2 & " + endless + "; wait").with(rule),
                (stderr, buffer, offset, length) -> sunk.addAndGet(length), true), events);
        while (!events.order().contains("gone")) {
            Thread.onSpinWait();
        }
    }

    private static long mostMemory() throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
            if (line.startsWith("VmHWM:")) {
                return Long.parseLong(line.replaceAll("\\D", ""));
            }
        }
        throw new IOException("no VmHWM");
    }
}
