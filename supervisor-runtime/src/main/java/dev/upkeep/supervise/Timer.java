package dev.upkeep.supervise;

import dev.upkeep.api.child.ChildPath;

/**
 * A moment the core wants to be told of. It is never cancelled: one that is no longer meant has an old serial, and is
 * dropped when it comes.
 *
 * @param path the child it is for; the root's for the tree's own
 * @param serial grows with every timer of a tree
 */
public record Timer(Kind kind, ChildPath path, long serial) {
    /** What it is for. */
    public enum Kind {
        /** A back-off has passed; for a supervisor: that of a group restart. */
        BACKOFF,
        /** A start has taken too long. */
        START_TIMEOUT,
        /** A start may no longer hold its slot in the gate. */
        GATE_SLOT,
        /** A stop has taken too long. */
        STOP_TIMEOUT,
        /** A killed instance is still there. */
        KILL_AGAIN,
        /** A guarded start has been ready long enough to count as a success. */
        STABLE,
        /** A suspended child may try again. */
        TRIAL,
        /** The whole tree should have stopped. */
        SHUTDOWN
    }
}
