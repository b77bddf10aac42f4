package dev.upkeep.api.breaker;

import dev.upkeep.api.child.ActualState;
import dev.upkeep.api.child.ChildPath;
import dev.upkeep.api.settings.Defaults;
import java.time.Instant;
import java.util.Optional;

/** A call through a child's breaker was refused because the child does not run (C7). Carries no stack trace. */
public final class ChildDownException extends BreakerOpenException {
    private static final long serialVersionUID = 1L;

    private final transient Down down;

    /**
     * How the child is down.
     *
     * @param state what it does instead of running
     * @param since when its last instance ended; empty before the first
     * @param why of that end, or what it waits for
     * @param next when to try again; empty if that depends on something else
     */
    public record Down(ChildPath path, ActualState state, Optional<Instant> since, String why,
            Optional<Instant> next) {}

    public ChildDownException(CircuitBreaker.View view, Down down) {
        super(view);
        this.down = down;
    }

    public Down down() {
        return down;
    }

    @Override
    public String getMessage() {
        return "'" + down.path().shortValue() + "' is " + Defaults.wordOf(down.state())
                + down.since().map(at -> " since " + at).orElse("")
                + (down.why().isEmpty() ? "" : ": " + down.why())
                + down.next().map(at -> "; next try at " + at).orElse("");
    }
}
