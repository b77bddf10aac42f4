package dev.upkeep.api.event;

/**
 * Hears every event of a tree, in order, on a virtual thread of its own. It may be slow: it then loses events, which
 * are counted, and slows nobody. What it throws is reported once, and it stays.
 */
@FunctionalInterface
public interface TreeListener {
    void on(TreeEvent event);

    /** Hears that so many events could not be kept for it since the last call. */
    default void lost(long events) {}
}
