package dev.upkeep.api;

import dev.upkeep.api.breaker.CircuitBreaker;
import dev.upkeep.api.child.ChildPath;
import dev.upkeep.api.child.ChildStatus;
import dev.upkeep.api.event.TreeListener;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * The handle of a running tree. Safe for any thread. Queries read a snapshot and never wait; verbs return at once and
 * complete when what was asked has happened.
 */
public interface Supervisor extends AutoCloseable {
    /** Begins a tree whose root has that name. */
    static SupervisorBuilder named(String name) {
        return new SupervisorBuilder(name);
    }

    /** Returns the whole tree as it is now. */
    ChildStatus status();

    /** Returns one child as it is now. */
    default Optional<ChildStatus> status(ChildPath path) {
        return status().find(path);
    }

    /** Starts a child that does not run; in back-off it starts now. Completes when it is ready, or its start failed. */
    CompletableFuture<Reply> start(ChildPath path);

    /** Stops a child and keeps it stopped. Completes when it is gone. */
    CompletableFuture<Reply> stop(ChildPath path);

    /** Stops a child if it runs, and starts it. Completes when it is ready, or its start failed. */
    CompletableFuture<Reply> restart(ChildPath path);

    /** Forgets a child's failures and closes its breaker; a suspended child starts. */
    CompletableFuture<Reply> reset(ChildPath path);

    /**
     * Waits until every child that is wanted running is ready.
     *
     * @return whether that came to be within the time
     */
    boolean awaitReady(Duration atMost) throws InterruptedException;

    /** Hears every event from now on. */
    void listen(TreeListener listener);

    /** Returns the shared breaker of that name. */
    Optional<CircuitBreaker> breaker(String name);

    /** Stops everything in reverse order. A second call forces it. Completes when all is gone or the deadline has passed. */
    CompletableFuture<Ending> shutdown();

    /** Completes when the tree has ended, for whatever reason. */
    CompletableFuture<Ending> ended();

    /** Shuts down and waits for it, at most the shutdown timeout and a moment. */
    @Override
    void close();
}
