package dev.upkeep.state;

import dev.upkeep.api.Applied;
import dev.upkeep.api.ChildSpec;
import dev.upkeep.api.Description;
import dev.upkeep.api.Ending;
import dev.upkeep.api.Reply;
import dev.upkeep.api.Supervisor;
import dev.upkeep.api.TreeSpec;
import dev.upkeep.api.breaker.CircuitBreaker;
import dev.upkeep.api.child.ChildPath;
import dev.upkeep.api.child.ChildStatus;
import dev.upkeep.api.child.DesiredState;
import dev.upkeep.api.event.EventKind;
import dev.upkeep.api.event.TreeListener;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A tree that remembers which children it was asked to stop and to start. An answer comes after it was written down; if
 * that fails, the child is stopped all the same, and the log says that it will not stay so.
 */
public final class RememberingTree implements Supervisor {
    private static final Logger log = LoggerFactory.getLogger(RememberingTree.class);

    private final Supervisor tree;
    private final RequestedStops stops;
    /** A platform thread: where no carrier of virtual ones is left, an operator is answered all the same. */
    private final ThreadPoolExecutor writer;

    public RememberingTree(Supervisor tree, RequestedStops stops) {
        this(tree, stops, Thread.ofPlatform().daemon().name("requested-stops").factory());
    }

    RememberingTree(Supervisor tree, RequestedStops stops, ThreadFactory threads) {
        this.tree = tree;
        this.stops = stops;
        this.writer = new ThreadPoolExecutor(1, 1, 1, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), threads);
        writer.allowCoreThreadTimeOut(true);
    }

    private CompletableFuture<Reply> noting(CompletableFuture<Reply> reply, ChildPath path) {
        // Not on the thread that answers: it may be the loop's, and this waits for the disk.
        return reply.thenApplyAsync(answer -> {
            note(path);
            return answer;
        }, this::write);
    }

    private void write(Runnable task) {
        try {
            writer.execute(task);
        } catch (OutOfMemoryError e) {
            // No thread is to be had, as at the process limit: once late is better than never answered and forgotten.
            task.run();
        }
    }

    /** Writes down what is wanted now, not what was asked: of two requests the later one may be noted first. */
    private void note(ChildPath path) {
        Optional<ChildStatus> child = tree.status(path);
        if (child.isEmpty()) {
            return;
        }
        try {
            stops.note(path, child.get().desired() == DesiredState.STOPPED);
        } catch (IOException e) {
            log.atWarn()
                    .addKeyValue("child", path)
                    .addKeyValue("why", e)
                    .log(
                            "what was asked could not be written down, and will be forgotten with this supervisor");
        }
    }

    @Override
    public CompletableFuture<Reply> start(ChildPath path) {
        return noting(tree.start(path), path);
    }

    @Override
    public CompletableFuture<Reply> stop(ChildPath path) {
        return noting(tree.stop(path), path);
    }

    @Override
    public CompletableFuture<Reply> restart(ChildPath path) {
        return noting(tree.restart(path), path);
    }

    @Override
    public CompletableFuture<Reply> reset(ChildPath path) {
        return noting(tree.reset(path), path);
    }

    @Override
    public ChildStatus status() {
        return tree.status();
    }

    @Override
    public CompletableFuture<Reply> add(ChildPath supervisor, ChildSpec child) {
        return tree.add(supervisor, child);
    }

    @Override
    public CompletableFuture<Reply> remove(ChildPath path) {
        return noting(tree.remove(path), path);
    }

    @Override
    public CompletableFuture<Reply> scale(ChildPath pool, int size) {
        return tree.scale(pool, size);
    }

    @Override
    public CompletableFuture<Applied> apply(TreeSpec spec) {
        return tree.apply(spec);
    }

    @Override
    public TreeSpec spec() {
        return tree.spec();
    }

    @Override
    public Optional<Description> describe(ChildPath path) {
        return tree.describe(path);
    }

    @Override
    public long count(EventKind kind) {
        return tree.count(kind);
    }

    @Override
    public boolean awaitReady(Duration atMost) throws InterruptedException {
        return tree.awaitReady(atMost);
    }

    @Override
    public void listen(TreeListener listener) {
        tree.listen(listener);
    }

    @Override
    public Optional<CircuitBreaker> breaker(ChildPath child) {
        return tree.breaker(child);
    }

    @Override
    public Map<String, CircuitBreaker.Snapshot> breakerSnapshots() {
        return tree.breakerSnapshots();
    }

    @Override
    public Optional<CircuitBreaker> breaker(String name) {
        return tree.breaker(name);
    }

    @Override
    public CompletableFuture<Ending> shutdown() {
        return tree.shutdown();
    }

    @Override
    public CompletableFuture<Ending> ended() {
        return tree.ended();
    }

    @Override
    public void close() {
        tree.close();
    }
}
