package dev.upkeep.tree;

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
import dev.upkeep.api.event.EventKind;
import dev.upkeep.api.event.TreeListener;
import dev.upkeep.api.settings.Durations;
import dev.upkeep.supervise.Event;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** The handle of a tree, on its loop's snapshot and queue. */
public final class RunningTree implements Supervisor {
    private static final Duration MOMENT = Duration.ofSeconds(5);

    private final TreeSpec spec;
    private final TreeLoop loop;
    private final BreakerPort breakers;

    public RunningTree(TreeSpec spec, TreeLoop loop, BreakerPort breakers) {
        this.spec = spec;
        this.loop = loop;
        this.breakers = breakers;
    }

    @Override
    public ChildStatus status() {
        return loop.snapshot();
    }

    @Override
    public CompletableFuture<Reply> start(ChildPath path) {
        return loop.ask(Event.Verb.START, path, "request");
    }

    @Override
    public CompletableFuture<Reply> stop(ChildPath path) {
        return loop.ask(Event.Verb.STOP, path, "request");
    }

    @Override
    public CompletableFuture<Reply> restart(ChildPath path) {
        return loop.ask(Event.Verb.RESTART, path, "request");
    }

    @Override
    public CompletableFuture<Reply> reset(ChildPath path) {
        return loop.ask(Event.Verb.RESET, path, "request");
    }

    @Override
    public CompletableFuture<Reply> add(ChildPath supervisor, ChildSpec child) {
        return CompletableFuture.failedFuture(new UnsupportedOperationException());
    }

    @Override
    public CompletableFuture<Reply> remove(ChildPath path) {
        return loop.ask(Event.Verb.REMOVE, path, "request");
    }

    @Override
    public CompletableFuture<Reply> scale(ChildPath pool, int size) {
        return CompletableFuture.failedFuture(new UnsupportedOperationException());
    }

    @Override
    public CompletableFuture<Applied> apply(TreeSpec spec) {
        return CompletableFuture.failedFuture(new UnsupportedOperationException());
    }

    @Override
    public TreeSpec spec() {
        return spec;
    }

    @Override
    public Optional<Description> describe(ChildPath path) {
        return Optional.empty();
    }

    @Override
    public long count(EventKind kind) {
        return 0;
    }

    @Override
    public boolean awaitReady(Duration atMost) throws InterruptedException {
        return loop.await(ChildStatus::ready, Durations.saturatedNanos(atMost));
    }

    @Override
    public void listen(TreeListener listener) {
        loop.listen(listener);
    }

    @Override
    public Optional<CircuitBreaker> breaker(String name) {
        return spec.breakers().containsKey(name) ? breakers.find(name) : Optional.empty();
    }

    @Override
    public CompletableFuture<Ending> shutdown() {
        loop.offer(new Event.ShutdownAsked("request"));
        return loop.ended().copy();
    }

    @Override
    public CompletableFuture<Ending> ended() {
        return loop.ended().copy();
    }

    @Override
    public void close() {
        CompletableFuture<Ending> ending = shutdown();
        try {
            ending.get(Durations.saturatedNanos(spec.shutdownTimeout().plus(MOMENT)), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            throw new IllegalStateException("the tree '" + spec.name() + "' did not end within its deadline",
                    e);
        }
    }
}
