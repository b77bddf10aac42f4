package dev.upkeep.api.breaker;

/** A call was refused by a circuit breaker. Carries no stack trace: refusals must be cheap. */
public final class BreakerOpenException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient CircuitBreaker.View view;

    public BreakerOpenException(CircuitBreaker.View view) {
        super("breaker '" + view.name() + "' is " + view.state() + ": " + view.reason(), null, false, false);
        this.view = view;
    }

    public CircuitBreaker.View view() {
        return view;
    }
}
