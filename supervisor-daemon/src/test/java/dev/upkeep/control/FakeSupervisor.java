package dev.upkeep.control;

import dev.upkeep.api.Ending;
import dev.upkeep.api.Reply;
import dev.upkeep.api.Supervisor;
import dev.upkeep.api.breaker.CircuitBreaker;
import dev.upkeep.api.child.Cause;
import dev.upkeep.api.child.ChildPath;
import dev.upkeep.api.child.ChildStatus;
import dev.upkeep.api.event.TreeListener;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;

/** A tree that stands still, and notes what is asked of it. */
public final class FakeSupervisor implements Supervisor {
    public final List<String> asked = new CopyOnWriteArrayList<>();
    public final CompletableFuture<Ending> ended = new CompletableFuture<>();
    public volatile ChildStatus status;
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
    public boolean awaitReady(Duration atMost) {
        return true;
    }

    @Override
    public void listen(TreeListener listener) {}

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
