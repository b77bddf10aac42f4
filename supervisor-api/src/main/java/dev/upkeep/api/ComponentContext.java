package dev.upkeep.api;

import dev.upkeep.api.breaker.CircuitBreaker;
import dev.upkeep.api.child.ChildPath;
import java.time.Duration;

/**
 * What a running component knows of its place in the tree. Bound to one instance: once that has ended or was
 * abandoned, every report made through it is void. Safe for any thread.
 */
public interface ComponentContext {
    ChildPath path();

    /** Returns the number of this run; it only grows. */
    long generation();

    /** Says that the component is alive; what a {@code heartbeat} check waits for. Cheap: one volatile write. */
    void heartbeat();

    /**
     * Keeps the state for the next instance at any time (S9). Blocks until the store has it.
     *
     * @throws java.io.IOException if the store could not keep it, or this instance was abandoned
     */
    void save(byte[] state) throws java.io.IOException;

    /** Counts one piece of work, for {@code error-rate} checks. Calls through {@link #breaker()} are counted by themselves. */
    void record(boolean ok);

    /** Returns whether the component has been asked to stop. */
    boolean shouldStop();

    /**
     * Waits until the component is asked to stop, at most that long.
     *
     * @return whether it has been asked
     * @throws InterruptedException if the stop timeout has passed, too
     */
    boolean awaitStop(Duration atMost) throws InterruptedException;

    /**
     * Returns the breaker this child was configured with, its own or a shared one. What comes of a call through it counts as
     * with {@link #record}.
     *
     * @throws IllegalStateException if it has none
     */
    CircuitBreaker breaker();

    /**
     * Returns the breaker this child was configured with, or the shared one of that name.
     *
     * @throws IllegalArgumentException if there is none of that name
     */
    CircuitBreaker breaker(String name);
}
