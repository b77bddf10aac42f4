package dev.upkeep.control;

/** A request that is none, or one that this server does not take. */
final class RefusedException extends Exception {
    private static final long serialVersionUID = 1L;

    private final int status;

    /** @param text for a person; is sent back, so it holds nothing of what came */
    RefusedException(int status, String text) {
        super(text, null, false, false);
        this.status = status;
    }

    Answer answer() {
        return Answer.error(status, "bad-request", String.valueOf(getMessage()));
    }
}
