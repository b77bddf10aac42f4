package dev.upkeep.api;

/** What follows when a component would not stop and cannot be killed (S5). */
public enum WhenAbandoned {
    /** No new instance starts beside it: the default. */
    HOLD,
    /** A new instance starts beside it by the rules of restart. The old one is listed until its thread ends. */
    REPLACE
}
