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
        UNCHANGED,
        /** A start found it running; as good as done. */
        ALREADY_RUNNING, NOT_FOUND, ALREADY_PRESENT,
        /** It is on its way to its next start, which has to be stopped before it can be removed. */
        RESTARTING,
        /** It lives, and has to be stopped before it can be removed; or it would not stop. */
        STILL_RUNNING, START_FAILED,
        /** What was asked makes no sense here; nothing was changed. */
        INVALID,
        /** Something else was asked of the same child before this was done. */
        SUPERSEDED, LIMIT;

        /** Returns whether the child is now as it was asked to be. */
        public boolean isSuccess() {
            return this == DONE || this == UNCHANGED || this == ALREADY_RUNNING;
        }
    }
}
