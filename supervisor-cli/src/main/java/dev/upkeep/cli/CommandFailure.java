package dev.upkeep.cli;

import java.io.Serial;

/** Ends a command with a sentence for the person who typed it and an exit status. */
final class CommandFailure extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1;

    private final int status;

    CommandFailure(int status, String sentence) {
        super(sentence, null, false, false);
        this.status = status;
    }

    int status() {
        return status;
    }
}
