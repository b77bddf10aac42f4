package dev.upkeep.api.breaker;

import dev.upkeep.api.settings.Defaults;

/** A call was refused by a circuit breaker. Carries no stack trace, and finds its words when asked: refusals must be cheap. */
public class BreakerOpenException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient CircuitBreaker.View view;

    public BreakerOpenException(CircuitBreaker.View view) {
        super(null, null, false, false);
        this.view = view;
    }

    public CircuitBreaker.View view() {
        return view;
    }

    @Override
    public String getMessage() {
        return "breaker '" + view.name() + "' is " + Defaults.wordOf(view.state())
                + (view.reason().isEmpty() ? "" : ": " + view.reason());
    }
}
