package dev.upkeep.api.health;

/**
 * A check that waits for silence: it is asked when its deadline has come and not at an interval, and its first
 * unhealthy answer counts.
 */
public interface DeadlineCheck extends HealthCheck {
    /**
     * Returns when to ask next, on the context's ticker. Called after each probe, on any thread; must not block.
     * A deadline in the past is taken as now, but no more often than every 10 ms.
     */
    long deadlineNanos();
}
