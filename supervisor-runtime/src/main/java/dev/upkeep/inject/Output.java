package dev.upkeep.inject;

import dev.upkeep.process.OutputSink;
import dev.upkeep.supervise.InstanceId;

/** Where the lines that processes write go. */
@FunctionalInterface
public interface Output {
    /** Returns what takes the lines of one instance. Called on the tree's loop. */
    OutputSink of(InstanceId instance);

    /** Shows what is still to be shown, waiting 2 s at most: a tree whose processes wrote to it has ended. */
    default void settle() {}
}
