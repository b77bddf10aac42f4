package dev.upkeep.api;

import dev.upkeep.api.breaker.CircuitBreaker;
import dev.upkeep.api.child.ChildPath;
import dev.upkeep.api.child.ChildStatus;
import dev.upkeep.api.event.EventKind;
import dev.upkeep.api.event.TreeListener;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.stream.Collectors;

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
     * Adds a child to a supervisor of the tree. It belongs to what is wanted from now on: it comes back when its supervisor is
     * restarted (A4). Completes when it is ready; if its start fails the answer is {@code START_FAILED} and nothing is kept
     * (S2).
     *
     * @throws IllegalArgumentException if the spec names a plugin or a breaker that is not there
     */
    CompletableFuture<Reply> add(ChildPath supervisor, ChildSpec child);

    /** Adds a child, built like those of a {@link SupervisorBuilder}; see {@link #add(ChildPath, ChildSpec)}. */
    default CompletableFuture<Reply> add(ChildPath supervisor, String id, Consumer<ChildBuilder> child) {
        ChildBuilder builder = new ChildBuilder(id);
        child.accept(builder);
        return add(supervisor, builder.build());
    }

    /**
     * Takes a child out of the tree for good, with its saved state. It must have been stopped: a live one is
     * {@code STILL_RUNNING}, one on its way to its next start {@code RESTARTING}.
     */
    CompletableFuture<Reply> remove(ChildPath path);

    /**
     * Sets the size of a pool: members are added and start, or those with the highest indices stop, all at once, and are
     * gone. Completes when all are ready or gone. All or nothing where it is refused; a member whose start fails later is
     * treated like any child's failure.
     *
     * @param pool the supervisor's path and the pool's name, as in {@code shop/web/worker}
     * @throws IllegalArgumentException if the size is below 0 or above {@link PoolSpec#MOST}
     */
    CompletableFuture<Reply> scale(ChildPath pool, int size);

    /**
     * Makes the tree what a new spec says, compared with the spec applied last (A5): unchanged children keep their instance,
     * changed ones are restarted only if they read the change at start. An invalid spec changes nothing. Children that were
     * added while the tree ran stay.
     *
     * @throws IllegalArgumentException if the spec has another name, or names a plugin that is not there
     */
    CompletableFuture<Applied> apply(TreeSpec spec);

    /** Returns the spec applied last: at first the one the tree was started with. */
    TreeSpec spec();

    /** Returns every child of the tree as it is now, in start order, each supervisor before its children. */
    default List<ChildStatus> list() {
        return status().walk().collect(Collectors.toList());
    }

    /** Returns what a child is meant to be, and what it is. */
    Optional<Description> describe(ChildPath path);

    /** Returns how many events of a kind there were since the tree began: exact, whatever listeners lost (E3). */
    long count(EventKind kind);

    /**
     * Waits until every child that is wanted running is ready, as {@link #status()} shows it: one that is flapping is not.
     *
     * @return whether that came to be within the time
     */
    boolean awaitReady(Duration atMost) throws InterruptedException;

    /** Hears every event from now on. */
    void listen(TreeListener listener);

    /** Returns the shared breaker of that name. */
    Optional<CircuitBreaker> breaker(String name);

    /**
     * Returns the breaker of a child, its own or the shared one it was configured with, for calls to that child: while the
     * child does not run they are refused at once with {@link dev.upkeep.api.breaker.ChildDownException} (C7), and no permit
     * is given. Empty if there is no such child, or it has no breaker. What is known of the child is a moment old at most.
     */
    Optional<CircuitBreaker> breaker(ChildPath child);

    /** Returns what of the breakers has to survive this program, by name: for {@link Surroundings#breakers} of the next (C8). */
    Map<String, CircuitBreaker.Snapshot> breakerSnapshots();

    /** Stops everything in reverse order. A second call forces it. Completes when all is gone or the deadline has passed. */
    CompletableFuture<Ending> shutdown();

    /** Completes when the tree has ended, for whatever reason. */
    CompletableFuture<Ending> ended();

    /** Shuts down and waits for it, at most the shutdown timeout and a moment. */
    @Override
    void close();
}
