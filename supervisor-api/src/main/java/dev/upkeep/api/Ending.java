package dev.upkeep.api;

import dev.upkeep.api.child.Cause;
import dev.upkeep.api.child.ChildPath;
import java.util.List;

/**
 * How a tree ended.
 *
 * @param cause requested, completed (its significant children did), or gave-up with its chain
 * @param exitCode what a program that is nothing but the tree should exit with
 * @param leftRunning what did not stop before the deadline
 */
public record Ending(Cause cause, int exitCode, List<ChildPath> leftRunning) {
    public Ending {
        leftRunning = List.copyOf(leftRunning);
    }
}
