package dev.upkeep.tree;

import dev.upkeep.supervise.Event;

/** Where ports put what happened. Never blocks, never refuses; safe for any thread. */
@FunctionalInterface
public interface EventQueue {
    void offer(Event event);
}
