package dev.upkeep.inject;

import dev.upkeep.process.OutputSink;
import dev.upkeep.supervise.InstanceId;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.function.Supplier;

/**
 * Passes what processes write on to this program's own stdout and stderr, line by line, with the child's name before it. Where
 * nobody reads these, lines are dropped and counted.
 */
final class InheritedOutput implements Output {
    // For good: the program may have more trees, and the threads begin with the first line.
    private static final LineWriter OUT = new LineWriter(now(() -> System.out), "upkeep-stdout",
            "the reader of stdout");
    private static final LineWriter ERR = new LineWriter(now(() -> System.err), "upkeep-stderr",
            "the reader of stderr");

    /** Returns the stream as it is at each write: the program may put another in its place. */
    private static OutputStream now(Supplier<PrintStream> stream) {
        return new OutputStream() {
            @Override
            public void write(int b) {
                stream.get().write(b);
            }

            @Override
            public void write(byte[] bytes, int offset, int length) {
                stream.get().write(bytes, offset, length);
            }

            @Override
            public void flush() {
                stream.get().flush();
            }
        };
    }

    @Override
    public OutputSink of(InstanceId instance) {
        byte[] prefix = (instance.path().shortValue() + " | ").getBytes(StandardCharsets.UTF_8);
        return (stderr, buffer, offset, length) -> (stderr ? ERR : OUT)
                .childLine(prefix, buffer, offset, length);
    }

    @Override
    public void settle() {
        OUT.settle();
        ERR.settle();
    }
}
