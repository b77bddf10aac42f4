package dev.upkeep.api;

import org.jspecify.annotations.Nullable;

/** Thrown out of a component to say that a restart is of no use: it stays suspended until a person starts it (R10). */
public final class FatalSignal extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public FatalSignal(String message) {
        this(message, null);
    }

    public FatalSignal(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
