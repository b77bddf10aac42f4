package dev.upkeep.supervise;

import dev.upkeep.api.child.ChildPath;
import org.jspecify.annotations.Nullable;

/**
 * A moment the core wants to be told of, once. Made by the core alone. One that comes after it was cancelled does nothing.
 */
public final class Timer {
    /** What a timer is for. */
    public enum Kind {
        /** A back-off has passed; for a supervisor: that of a group restart. */
        BACKOFF,
        /** A start has taken too long. */
        START_TIMEOUT,
        /** A start may no longer hold its slot in the gate. */
        GATE_SLOT,
        /** The rate of starts allows the next one; the root's. */
        GATE_RATE,
        /** A stop has taken too long. */
        STOP_TIMEOUT,
        /** A killed instance is still there. */
        KILL_AGAIN,
        /** A guarded start has been ready long enough to count as a success. */
        STABLE,
        /** A suspended child may try again. */
        TRIAL,
        /** A restart through a shared breaker has lasted long enough to let others follow, or takes too long. */
        PROOF,
        /** A flapping child has not fallen for long enough. */
        FLAPPING,
        /** The whole tree should have stopped; the root's. */
        SHUTDOWN
    }

    private final Kind kind;
    private final long at;
    private int slot = -1;
    final Child child;
    /** The next one that is meant of the same child. */
    @Nullable
    Timer next;

    Timer(Kind kind, Child child, long at) {
        this.kind = kind;
        this.child = child;
        this.at = at;
    }

    public Kind kind() {
        return kind;
    }

    /** Returns the child it is for; the root for the tree's own. */
    public ChildPath path() {
        return child.path;
    }

    /** Returns when it is due, on the monotonic clock; {@link Long#MAX_VALUE} for never. */
    public long at() {
        return at;
    }

    /** Returns where a queue keeps it; below zero if none does. For that queue alone. */
    public int slot() {
        return slot;
    }

    public void slot(int value) {
        slot = value;
    }

    @Override
    public String toString() {
        return kind + " of " + child.path.shortValue() + " at " + at;
    }
}
