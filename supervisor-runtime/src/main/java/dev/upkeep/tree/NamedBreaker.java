package dev.upkeep.tree;

import dev.upkeep.api.breaker.BreakerState;
import dev.upkeep.api.breaker.CircuitBreaker;
import dev.upkeep.api.breaker.Classification;
import dev.upkeep.api.breaker.Permit;
import dev.upkeep.api.time.Timers.Cancellable;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A breaker of the tree as those have it who call through it: it stays the same when another spec puts another breaker in
 * its place. Costs a call one volatile read. What the breaker itself throws is the caller's; its listeners are the name's.
 */
final class NamedBreaker implements CircuitBreaker {
    private final List<ViewFeed> listeners = new CopyOnWriteArrayList<>();
    private final Executor executor;
    private volatile Guarded now;

    /** @param executor calls what listens; it may be kept waiting */
    NamedBreaker(Guarded first, Executor executor) {
        now = first;
        this.executor = executor;
    }

    /** Returns the breaker that has the name now. */
    Guarded now() {
        return now;
    }

    void become(Guarded next) {
        now = next;
    }

    /** Tells the listeners. Called in order; never blocks. */
    void tell(View view) {
        listeners.forEach(listener -> listener.offer(view));
    }

    private CircuitBreaker breaker() {
        return now.breaker();
    }

    @Override
    public Optional<Permit> tryAcquire() {
        return breaker().tryAcquire();
    }

    @Override
    public Optional<Permit> tryAcquire(Duration lease) {
        return breaker().tryAcquire(lease);
    }

    @Override
    public Optional<Permit> tryByHand(Duration lease) {
        return breaker().tryByHand(lease);
    }

    @Override
    public Permit acquire() {
        return breaker().acquire();
    }

    @Override
    public <T> T call(Callable<T> call) throws Exception {
        return breaker().call(call);
    }

    @Override
    public <T> T call(Callable<T> call, Classification classification) throws Exception {
        return breaker().call(call, classification);
    }

    @Override
    public <T> CompletionStage<T> callAsync(Supplier<? extends CompletionStage<T>> call) {
        return breaker().callAsync(call);
    }

    @Override
    public <T> CompletionStage<T> callAsync(
            Supplier<? extends CompletionStage<T>> call,
            Classification classification) {
        return breaker().callAsync(call, classification);
    }

    @Override
    public Classification.Outcome outcomeOf(@Nullable Throwable thrown) {
        return breaker().outcomeOf(thrown);
    }

    @Override
    public View view() {
        Guarded current = now;
        return current.numbered(current.breaker().view());
    }

    @Override
    public Cancellable onChange(Consumer<View> listener) {
        ViewFeed feed = new ViewFeed(listener, executor);
        listeners.add(feed);
        return () -> {
            listeners.remove(feed);
            feed.close();
        };
    }

    @Override
    public void reset() {
        breaker().reset();
    }

    @Override
    public void force(BreakerState state, String why) {
        breaker().force(state, why);
    }

    @Override
    public Optional<Snapshot> snapshot() {
        return breaker().snapshot();
    }

    @Override
    public void restore(Snapshot snapshot) {
        breaker().restore(snapshot);
    }

    /** Does nothing: the breaker belongs to the tree. */
    @Override
    public void close() {}
}
