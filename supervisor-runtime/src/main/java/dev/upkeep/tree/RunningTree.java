package dev.upkeep.tree;

import dev.upkeep.api.Applied;
import dev.upkeep.api.ChildSpec;
import dev.upkeep.api.Description;
import dev.upkeep.api.Ending;
import dev.upkeep.api.PoolSpec;
import dev.upkeep.api.Reply;
import dev.upkeep.api.SpecDiff;
import dev.upkeep.api.Supervisor;
import dev.upkeep.api.SupervisorSpec;
import dev.upkeep.api.TreeSpec;
import dev.upkeep.api.breaker.CircuitBreaker;
import dev.upkeep.api.child.ChildPath;
import dev.upkeep.api.child.ChildStatus;
import dev.upkeep.api.event.EventKind;
import dev.upkeep.api.event.TreeListener;
import dev.upkeep.api.settings.Durations;
import dev.upkeep.supervise.Event;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** The handle of a tree, on its loop's snapshot and queue. */
public final class RunningTree implements Supervisor {
    private static final Duration MOMENT = Duration.ofSeconds(5);
    private static final String WHO = "request";
    /** What the core says when the spec that a difference was taken from is not the one applied last. */
    private static final String STALE = "another spec was applied meanwhile";

    private final TreeLoop loop;
    private final BreakerPort breakers;
    private final Groundwork groundwork;

    public RunningTree(TreeLoop loop, BreakerPort breakers, Groundwork groundwork) {
        this.loop = loop;
        this.breakers = breakers;
        this.groundwork = groundwork;
    }

    @Override
    public ChildStatus status() {
        return loop.snapshot();
    }

    @Override
    public CompletableFuture<Reply> start(ChildPath path) {
        return loop.ask(Event.Verb.START, path, WHO);
    }

    @Override
    public CompletableFuture<Reply> stop(ChildPath path) {
        return loop.ask(Event.Verb.STOP, path, WHO);
    }

    @Override
    public CompletableFuture<Reply> restart(ChildPath path) {
        return loop.ask(Event.Verb.RESTART, path, WHO);
    }

    @Override
    public CompletableFuture<Reply> reset(ChildPath path) {
        return loop.ask(Event.Verb.RESET, path, WHO);
    }

    @Override
    public CompletableFuture<Reply> add(ChildPath supervisor, ChildSpec child) {
        List<ChildSpec> added = List.of(child);
        groundwork.lay(supervisor, added, spec().breakers().keySet());
        return loop.request(number -> new Event.Add(number, supervisor, added, WHO))
                .whenComplete((reply, e) -> takeBack(reply, supervisor, added));
    }

    @Override
    public CompletableFuture<Reply> remove(ChildPath path) {
        return loop.ask(Event.Verb.REMOVE, path, WHO);
    }

    @Override
    public CompletableFuture<Reply> scale(ChildPath pool, int size) {
        Optional<ChildPath> supervisor = pool.parent();
        Optional<PoolSpec> found = supervisor.flatMap(this::rulesOf)
                .flatMap(rules -> Optional.ofNullable(rules.pools().get(pool.id())));
        if (supervisor.isEmpty() || found.isEmpty()) {
            return CompletableFuture.completedFuture(new Reply(Reply.Kind.NOT_FOUND,
                    "there is no pool '" + pool.shortValue() + "'"));
        }
        List<ChildSpec> members = found.get().members(size);
        groundwork.lay(supervisor.get(), members, spec().breakers().keySet());
        return loop.request(number -> new Event.Scale(number, pool, members, WHO))
                .whenComplete((reply, e) -> takeBack(reply, supervisor.get(), members));
    }

    private void takeBack(Reply reply, ChildPath supervisor, List<ChildSpec> children) {
        // What came into the tree is forgotten with it.
        if (!reply.kind().isSuccess() && reply.kind() != Reply.Kind.START_FAILED) {
            groundwork.takeBack(supervisor,
                    children.stream()
                            .filter(child -> loop.specOf(supervisor.child(child.id())).isEmpty())
                            .toList());
        }
    }

    private Optional<SupervisorSpec> rulesOf(ChildPath path) {
        return loop.specOf(path)
                .map(ChildSpec::work)
                .filter(SupervisorSpec.class::isInstance)
                .map(SupervisorSpec.class::cast);
    }

    @Override
    public CompletableFuture<Applied> apply(TreeSpec spec) {
        TreeSpec basis = spec();
        SpecDiff diff = SpecDiff.between(basis, spec);
        groundwork.lay(spec);
        return apply(basis, spec, diff);
    }

    private CompletableFuture<Applied> apply(TreeSpec basis, TreeSpec spec, SpecDiff diff) {
        return loop.request(number -> new Event.Apply(number, basis, spec, diff, WHO))
                .thenCompose(reply -> afterApply(spec, diff, reply));
    }

    private CompletableFuture<Applied> afterApply(TreeSpec spec, SpecDiff diff, Reply reply) {
        if (reply.kind() == Reply.Kind.SUPERSEDED && reply.text().equals(STALE)) {
            // What is different is another thing now. Each such answer means that somebody else's apply was done.
            TreeSpec now = spec();
            return apply(now, spec, SpecDiff.between(now, spec));
        }
        if (!reply.kind().isSuccess() && reply.kind() != Reply.Kind.START_FAILED) {
            groundwork.takeBack(spec);
        }
        return CompletableFuture.completedFuture(new Applied(reply, diff));
    }

    @Override
    public TreeSpec spec() {
        return loop.spec();
    }

    @Override
    public Optional<Description> describe(ChildPath path) {
        return loop.specOf(path).flatMap(spec -> status(path).map(status -> new Description(spec, status)));
    }

    @Override
    public long count(EventKind kind) {
        return loop.count(kind);
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
        return spec().breakers().containsKey(name) ? breakers.find(name) : Optional.empty();
    }

    @Override
    public Optional<CircuitBreaker> breaker(ChildPath child) {
        return ChildBreaker.of(loop, breakers, child);
    }

    @Override
    public Map<String, CircuitBreaker.Snapshot> breakerSnapshots() {
        return breakers.snapshots();
    }

    @Override
    public CompletableFuture<Ending> shutdown() {
        loop.offer(new Event.ShutdownAsked(WHO));
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
            ending.get(Durations.saturatedNanos(spec().shutdownTimeout().plus(MOMENT)), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            throw new IllegalStateException(
                    "the tree '" + spec().name() + "' did not end within its deadline", e);
        }
    }
}
