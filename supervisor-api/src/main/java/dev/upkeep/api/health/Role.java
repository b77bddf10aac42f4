package dev.upkeep.api.health;

/** What the answers of a check are used for, as in Kubernetes. */
public enum Role {
    /** Holds the other two back until it first passes. */
    STARTUP,
    /** Says whether the child may be used. Never restarts it. */
    READINESS,
    /** Restarts the child. */
    LIVENESS
}
