package dev.upkeep.api.child;

/** The health of a child or a supervisor, from the best to the worst, so that the worst of several is the greatest. */
public enum HealthStatus {
    HEALTHY,
    /** No check has answered yet, or the check itself is at fault. */
    UNKNOWN, DEGRADED, UNHEALTHY;

    /** Returns the worse of the two. */
    public HealthStatus worse(HealthStatus other) {
        return compareTo(other) >= 0 ? this : other;
    }
}
