package dev.upkeep.tree;

import dev.upkeep.supervise.Event;

/** Where ports put what happened. Never blocks, never refuses; safe for any thread. */
@FunctionalInterface
public interface EventQueue {
    void offer(Event event);

    /**
     * Offers the last thing a thread has to do. Where nobody decides at the moment the calling thread may do so itself, which
     * saves the wake-up of another; it comes back after a bounded number of events.
     */
    default void offerAndHelp(Event event) {
        offer(event);
    }

    /**
     * As {@link #offerAndHelp}, for a thread that itself carries out what is decided. Others see it a little later: making it
     * known is left to the loop's own thread.
     */
    default void offerAndCarryOut(Event event) {
        offer(event);
    }
}
