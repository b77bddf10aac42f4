package dev.upkeep.api;

/**
 * A sibling that comes first (S1). Orders starts and, backwards, stops; restarts nobody.
 *
 * @param id of the sibling
 * @param condition what it must have reached
 */
public record After(String id, Condition condition) {
    /** What a sibling must have reached. */
    public enum Condition {
        /** It is ready; the default. */
        READY,
        /** It has been started. */
        STARTED,
        /** It has ended normally. */
        COMPLETED
    }

    public static After ready(String id) {
        return new After(id, Condition.READY);
    }
}
