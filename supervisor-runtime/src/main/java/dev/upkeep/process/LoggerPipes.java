package dev.upkeep.process;

import dev.upkeep.api.ChildSpec;
import dev.upkeep.api.OutputRule;
import dev.upkeep.api.ProcessSpec;
import dev.upkeep.api.SupervisorSpec;
import dev.upkeep.api.child.ChildPath;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The loggers of a tree, and the pipe to each. Safe for any thread. */
public final class LoggerPipes implements AutoCloseable {
    // Guarded by this.
    private final Map<ChildPath, LoggerPipe> pipes = new HashMap<>();

    /** Notes who is a logger among these and the children below them, so that it has its pipe when it is started. */
    public void expect(ChildPath supervisor, List<ChildSpec> children) {
        for (ChildSpec child : children) {
            if (child.work() instanceof ProcessSpec process
                    && process.output() instanceof OutputRule.Logger(String sibling)) {
                to(supervisor.child(sibling));
            } else if (child.work() instanceof SupervisorSpec below) {
                expect(supervisor.child(child.id()), below.children());
            }
        }
    }

    /** Returns the pipe to a logger. */
    synchronized LoggerPipe to(ChildPath logger) {
        return pipes.computeIfAbsent(logger, _ -> new LoggerPipe());
    }

    /** Returns the pipe from which a child reads, if it is a logger. */
    synchronized @Nullable LoggerPipe of(ChildPath child) {
        return pipes.get(child);
    }

    /** The child is gone for good, and with it what it did not read. */
    synchronized void forget(ChildPath child) {
        // One that comes again may have been expected already: it gets another.
        LoggerPipe pipe = pipes.replace(child, new LoggerPipe());
        if (pipe != null) {
            pipe.close();
        }
    }

    @Override
    public synchronized void close() {
        pipes.values().forEach(LoggerPipe::close);
        pipes.clear();
    }
}
