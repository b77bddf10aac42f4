package dev.upkeep.inject;

import dev.upkeep.process.OutputSink;
import dev.upkeep.supervise.InstanceId;

/** Where the lines that processes write go. */
@FunctionalInterface
public interface Output {
    /** Returns what takes the lines of one instance. Called on the tree's loop. */
    OutputSink of(InstanceId instance);
}
