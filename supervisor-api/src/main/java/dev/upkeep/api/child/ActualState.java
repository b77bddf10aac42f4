package dev.upkeep.api.child;

/** What a child is doing. */
public enum ActualState {
    /** Wants to start; another child has to come first. */
    WAITING,
    /** Wants to start; the gate that bounds simultaneous starts has not let it through yet. */
    QUEUED,
    /** Started, and not ready for the first time yet. */
    STARTING,
    /** Runs; it may have lost its readiness since. */
    RUNNING,
    /** Told to stop, and not gone yet. */
    STOPPING,
    /** Ended; its next start has a time. */
    BACKOFF,
    /** Not started any more, until a trial or a person says so. */
    SUSPENDED,
    /** Does not run, because it was asked not to. */
    STOPPED,
    /** Ended normally and is left alone. */
    COMPLETED,
    /** Would not stop and cannot be killed. */
    ABANDONED;

    /** Returns whether an instance of the child is alive in this state. */
    public boolean isLive() {
        return this == STARTING || this == RUNNING || this == STOPPING || this == ABANDONED;
    }
}
