package dev.upkeep.api;

/**
 * What a verb did (A1).
 *
 * @param kind the outcome
 * @param text a sentence for a person, naming the child
 */
public record Reply(Kind kind, String text) {
    /** The outcomes of verbs. */
    public enum Kind {
        /** Done as asked. */
        DONE,
        /** There was nothing to do: it was so already. */
        UNCHANGED, NOT_FOUND, ALREADY_PRESENT, STILL_RUNNING, START_FAILED,
        /** Something else was asked of the same child before this was done. */
        SUPERSEDED, LIMIT;

        /** Returns whether the child is now as it was asked to be. */
        public boolean isSuccess() {
            return this == DONE || this == UNCHANGED;
        }
    }
}
