package dev.upkeep.control;

import dev.upkeep.api.Applied;
import dev.upkeep.api.ChildSpec;
import dev.upkeep.api.Description;
import dev.upkeep.api.Ending;
import dev.upkeep.api.Reply;
import dev.upkeep.api.Supervisor;
import dev.upkeep.api.TreeSpec;
import dev.upkeep.api.breaker.CircuitBreaker;
import dev.upkeep.api.child.Cause;
import dev.upkeep.api.child.ChildPath;
import dev.upkeep.api.child.ChildStatus;
import dev.upkeep.api.event.EventKind;
import dev.upkeep.api.event.TreeListener;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;

/** A tree that stands still, and notes what is asked of it. */
public final class FakeSupervisor implements Supervisor {
    public final List<String> asked = new CopyOnWriteArrayList<>();
    public final CompletableFuture<Ending> ended = new CompletableFuture<>();
    public volatile ChildStatus status;
    /** Every child's. */
    public volatile Optional<CircuitBreaker> breaker = Optional.empty();
    public volatile Map<String, CircuitBreaker.Snapshot> snapshots = Map.of();
    public volatile Function<ChildPath, CompletableFuture<Reply>> answer = path -> CompletableFuture
            .completedFuture(new Reply(Reply.Kind.DONE, "'" + path.shortValue() + "' did as it was told"));

    public FakeSupervisor(ChildStatus status) {
        this.status = status;
    }

    private CompletableFuture<Reply> asked(String verb, ChildPath path) {
        asked.add(verb + " " + path);
        return answer.apply(path);
    }

    @Override
    public ChildStatus status() {
        return status;
    }

    @Override
    public CompletableFuture<Reply> start(ChildPath path) {
        return asked("start", path);
    }

    @Override
    public CompletableFuture<Reply> stop(ChildPath path) {
        return asked("stop", path);
    }

    @Override
    public CompletableFuture<Reply> restart(ChildPath path) {
        return asked("restart", path);
    }

    @Override
    public CompletableFuture<Reply> reset(ChildPath path) {
        return asked("reset", path);
    }

    @Override
    public CompletableFuture<Reply> add(ChildPath supervisor, ChildSpec child) {
        return asked("add", supervisor.child(child.id()));
    }

    @Override
    public CompletableFuture<Reply> remove(ChildPath path) {
        return asked("remove", path);
    }

    @Override
    public CompletableFuture<Reply> scale(ChildPath pool, int size) {
        return asked("scale " + size, pool);
    }

    @Override
    public CompletableFuture<Applied> apply(TreeSpec spec) {
        return CompletableFuture.failedFuture(new UnsupportedOperationException());
    }

    @Override
    public TreeSpec spec() {
        return Supervisor.named("shop").build();
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
    public boolean awaitReady(Duration atMost) {
        return true;
    }

    @Override
    public void listen(TreeListener listener) {}

    @Override
    public Optional<CircuitBreaker> breaker(ChildPath child) {
        return breaker;
    }

    @Override
    public Map<String, CircuitBreaker.Snapshot> breakerSnapshots() {
        return snapshots;
    }

    @Override
    public Optional<CircuitBreaker> breaker(String name) {
        return Optional.empty();
    }

    @Override
    public CompletableFuture<Ending> shutdown() {
        asked.add("shutdown");
        ended.complete(new Ending(Cause.requested(), 0, List.of()));
        return ended;
    }

    @Override
    public CompletableFuture<Ending> ended() {
        return ended;
    }

    @Override
    public void close() {
        shutdown();
    }
}
