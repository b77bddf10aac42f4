package dev.upkeep.api.breaker;

/** The states of a circuit breaker. */
public enum BreakerState {
    /** Lets everything through and counts. */
    CLOSED,
    /** Refuses everything. */
    OPEN,
    /** Lets a few trials through. */
    HALF_OPEN,
    /** Refuses everything until a person says otherwise. */
    FORCED_OPEN,
    /** Lets everything through and counts nothing. */
    DISABLED,
    /** Lets everything through and counts. */
    METRICS_ONLY
}
