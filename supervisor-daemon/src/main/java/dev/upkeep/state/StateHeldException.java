package dev.upkeep.state;

import java.io.Serial;
import java.nio.file.Path;
import java.util.Optional;

/** Says that another supervisor has the state directory, and which one (P17). */
public final class StateHeldException extends Exception {
    @Serial
    private static final long serialVersionUID = 1;

    private final transient Optional<Holder> holder;

    StateHeldException(Path directory, Optional<Holder> holder) {
        super("state directory " + directory + " is held by "
                + holder.map(h -> "supervisor '" + h.name() + "' (pid " + h.pid() + ") since " + h.since())
                        .orElse("another process")
                + "; one supervisor per state directory");
        this.holder = holder;
    }

    /** Returns who holds it, if it could be read. */
    public Optional<Holder> holder() {
        return holder;
    }
}
