package dev.upkeep.breaker;

/** What the number of a window counts. */
public enum WindowType {
    /** Calls. */
    COUNT_BASED,
    /** Time: a bare number is one of seconds. */
    TIME_BASED
}
