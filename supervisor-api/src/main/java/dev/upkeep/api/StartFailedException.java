package dev.upkeep.api;

import dev.upkeep.api.child.Cause;
import dev.upkeep.api.child.ChildPath;

/** The first start of a tree failed; what had been started was stopped again (S2). */
public final class StartFailedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final ChildPath path;
    private final transient Cause why;

    public StartFailedException(ChildPath path, Cause why) {
        super("child '" + path.shortValue() + "' could not be started: " + why, why.throwable().orElse(null));
        this.path = path;
        this.why = why;
    }

    public ChildPath path() {
        return path;
    }

    public Cause why() {
        return why;
    }
}
