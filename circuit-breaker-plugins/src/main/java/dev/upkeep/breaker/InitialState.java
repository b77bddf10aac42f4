package dev.upkeep.breaker;

import dev.upkeep.api.breaker.BreakerState;

/** The state in which a new breaker begins. One that is restored takes the state of its snapshot instead. */
public enum InitialState {
    CLOSED(BreakerState.CLOSED),
    /** Refuses everything until a person says otherwise. */
    FORCED_OPEN(BreakerState.FORCED_OPEN),
    /** Lets everything through and counts nothing. */
    DISABLED(BreakerState.DISABLED),
    /** Lets everything through, counts, and never opens. */
    METRICS_ONLY(BreakerState.METRICS_ONLY);

    private final BreakerState state;

    InitialState(BreakerState state) {
        this.state = state;
    }

    BreakerState state() {
        return state;
    }
}
