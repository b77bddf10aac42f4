package dev.upkeep.api;

/** Thrown out of a component, bare or as a cause, to say that it has completed: a normal end (R2). */
public final class CompletedSignal extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public CompletedSignal(String message) {
        super(message, null, false, false);
    }
}
