package dev.upkeep.api.health;

/**
 * One way of asking one instance of one child whether it is well.
 *
 * <p>The runtime calls {@link #probe} on a virtual thread, never twice at once, and interrupts it once the
 * configured timeout (default 5 s) has passed. A probe may block. It must take time from its {@link CheckContext}.
 */
@FunctionalInterface
public interface HealthCheck extends AutoCloseable {
    /**
     * Asks once.
     *
     * @return what was seen; an unreachable child is {@link Health.Unhealthy}, not an exception
     * @throws Exception for a fault of the check itself: logged and discarded, never held against the child
     */
    Health probe() throws Exception;

    /** Ends the check with its instance. Called once, after the last probe. */
    @Override
    default void close() throws Exception {}
}
