package dev.upkeep.supervise;

import dev.upkeep.api.child.ChildPath;

/**
 * One run of a child. Everything that speaks of a run carries this, and what carries an old generation is dropped.
 *
 * @param generation counts the child's runs from 1
 */
public record InstanceId(ChildPath path, long generation) {
    @Override
    public String toString() {
        return path.shortValue() + "#" + generation;
    }
}
