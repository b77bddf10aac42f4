package dev.upkeep.supervise;

import dev.upkeep.api.child.ChildPath;
import org.jspecify.annotations.Nullable;

/**
 * One run of a child. Everything that speaks of a run carries this, and what carries an old generation is dropped. The
 * core makes one object per run and names the run by it in every action, so that a port may keep what it knows of the run
 * there instead of in a map of its own.
 */
public final class InstanceId {
    private final ChildPath path;
    private final long generation;
    private @Nullable Object handle;
    /** What its start was agreed upon with a breaker; nothing before one was asked. */
    @Nullable
    Guard guard;

    /** @param generation counts the child's runs from 1 */
    public InstanceId(ChildPath path, long generation) {
        this.path = path;
        this.generation = generation;
    }

    public ChildPath path() {
        return path;
    }

    public long generation() {
        return generation;
    }

    /** Returns what the port that runs it keeps here. For that port alone, on the loop. */
    public @Nullable Object handle() {
        return handle;
    }

    public void handle(@Nullable Object value) {
        handle = value;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof InstanceId id && id.generation == generation && id.path.equals(path);
    }

    @Override
    public int hashCode() {
        return path.hashCode() * 31 + Long.hashCode(generation);
    }

    @Override
    public String toString() {
        return path.shortValue() + "#" + generation;
    }
}
