package dev.upkeep.inject;

import dev.upkeep.process.OutputSink;
import dev.upkeep.supervise.InstanceId;
import java.io.PrintStream;

/** Passes what processes write on to this program's own stdout and stderr, line by line, with the child's name before it. */
final class InheritedOutput implements Output {
    @Override
    public OutputSink of(InstanceId instance) {
        byte[] prefix = (instance.path().shortValue() + " | ")
                .getBytes(java.nio.charset.StandardCharsets.UTF_8);
        return (stderr, buffer, offset, length) -> {
            PrintStream out = stderr ? System.err : System.out;
            synchronized (out) {
                out.write(prefix, 0, prefix.length);
                out.write(buffer, offset, length);
                out.write('\n');
                out.flush();
            }
        };
    }
}
