package dev.upkeep.tree;

import dev.upkeep.api.ChildSpec;
import dev.upkeep.api.breaker.BreakerState;
import dev.upkeep.api.breaker.ChildDownException;
import dev.upkeep.api.breaker.ChildDownException.Down;
import dev.upkeep.api.breaker.CircuitBreaker;
import dev.upkeep.api.breaker.Classification;
import dev.upkeep.api.breaker.Permit;
import dev.upkeep.api.child.ActualState;
import dev.upkeep.api.child.ChildPath;
import dev.upkeep.api.child.ChildStatus;
import dev.upkeep.api.time.Timers.Cancellable;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The breaker of a child for those who call the child: refuses at once while the child does not run (C7).
 *
 * <p>A child that runs is called, ready or not: whether it answers is what the breaker itself finds out, and a check that
 * flaps must not cut off the calls. One that has not been ready for the first time does not run yet.
 *
 * <p>What was found out about the child holds until the tree publishes something new. So a call costs one volatile read more
 * than the breaker, and what it has to look at again it looks at on its own thread: the tree knows nothing of its callers.
 */
final class ChildBreaker implements CircuitBreaker {
    /**
     * @param edition of the tree when it was looked at
     * @param status of the child then; null if it was not there
     * @param down how it is down; null if it runs
     */
    private record Seen(long edition, CircuitBreaker breaker, @Nullable ChildStatus status,
            @Nullable Down down) {}

    private final TreeLoop loop;
    private final BreakerPort breakers;
    private final ChildPath path;
    private final ChildSeeker seeker;
    /** Plain: what is seen of it is whole, and one that is old is looked at again. */
    private Seen seen;

    private ChildBreaker(TreeLoop loop, BreakerPort breakers, ChildPath path, CircuitBreaker breaker) {
        this.loop = loop;
        this.breakers = breakers;
        this.path = path;
        this.seeker = new ChildSeeker(path);
        this.seen = new Seen(-1, breaker, null, null);
    }

    /** Returns the breaker of a child; nothing if there is no such child, or it has no breaker. */
    static Optional<CircuitBreaker> of(TreeLoop loop, BreakerPort breakers, ChildPath path) {
        return breakerOf(loop, breakers, path)
                .map(breaker -> new ChildBreaker(loop, breakers, path, breaker));
    }

    private static Optional<CircuitBreaker> breakerOf(TreeLoop loop, BreakerPort breakers, ChildPath path) {
        return loop.specOf(path)
                .flatMap(ChildSpec::breaker)
                .flatMap(use -> breakers.find(use.shared().orElseGet(path::value)));
    }

    private Seen look() {
        Seen last = seen;
        long edition = loop.edition();
        return last.edition == edition ? last : lookAgain(last, edition);
    }

    private Seen lookAgain(Seen last, long edition) {
        ChildStatus status = loop.specOf(path).isEmpty() ? null : seeker.find(loop.snapshot());
        CircuitBreaker breaker = breakerOf(loop, breakers, path).orElse(last.breaker);
        Seen now = new Seen(edition, breaker, status, downOf(last, status));
        seen = now;
        return now;
    }

    @SuppressWarnings("ReferenceEquality") // an unchanged child is the same object
    private @Nullable Down downOf(Seen last, @Nullable ChildStatus status) {
        if (status == null) {
            return new Down(path, ActualState.STOPPED, Optional.empty(), "it is not there any more",
                    Optional.empty());
        }
        if (status.actual() == ActualState.RUNNING) {
            return null;
        }
        return status == last.status ? last.down : down(status);
    }

    private static Down down(ChildStatus status) {
        // Its last end is not why it stops, or would not.
        boolean ends = status.actual() == ActualState.STOPPING || status.actual() == ActualState.ABANDONED;
        Optional<ChildStatus.LastExit> exit = ends ? Optional.empty() : status.lastExit();
        String why = status.waitingFor().isEmpty()
                ? exit.map(last -> last.cause().toString()).orElse("")
                : "it waits for " + status.waitingFor();
        return new Down(status.path(), status.actual(), exit.map(ChildStatus.LastExit::at), why,
                status.next().flatMap(ChildStatus.Next::at));
    }

    private static ChildDownException refusal(CircuitBreaker breaker, Down down) {
        return new ChildDownException(breaker.view(), down);
    }

    @Override
    public Optional<Permit> tryAcquire() {
        Seen now = look();
        return now.down == null ? now.breaker.tryAcquire() : Optional.empty();
    }

    @Override
    public Optional<Permit> tryAcquire(Duration lease) {
        Seen now = look();
        return now.down == null ? now.breaker.tryAcquire(lease) : Optional.empty();
    }

    /** What a person wants tried is a matter of the breaker alone. */
    @Override
    public Optional<Permit> tryByHand(Duration lease) {
        return look().breaker.tryByHand(lease);
    }

    @Override
    public Permit acquire() {
        Seen now = look();
        if (now.down != null) {
            throw refusal(now.breaker, now.down);
        }
        return now.breaker.acquire();
    }

    @Override
    public <T> T call(Callable<T> call) throws Exception {
        Seen now = look();
        if (now.down != null) {
            throw refusal(now.breaker, now.down);
        }
        return now.breaker.call(call);
    }

    @Override
    public <T> T call(Callable<T> call, Classification classification) throws Exception {
        Seen now = look();
        if (now.down != null) {
            throw refusal(now.breaker, now.down);
        }
        return now.breaker.call(call, classification);
    }

    @Override
    public <T> CompletionStage<T> callAsync(
            Supplier<? extends CompletionStage<T>> call,
            Classification classification) {
        Seen now = look();
        return now.down == null
                ? now.breaker.callAsync(call, classification)
                : CompletableFuture.failedFuture(refusal(now.breaker, now.down));
    }

    @Override
    public Classification.Outcome outcomeOf(@Nullable Throwable thrown) {
        return look().breaker.outcomeOf(thrown);
    }

    @Override
    public View view() {
        return look().breaker.view();
    }

    @Override
    public Cancellable onChange(Consumer<View> listener) {
        return look().breaker.onChange(listener);
    }

    @Override
    public void reset() {
        look().breaker.reset();
    }

    @Override
    public void force(BreakerState state, String why) {
        look().breaker.force(state, why);
    }

    @Override
    public Optional<Snapshot> snapshot() {
        return look().breaker.snapshot();
    }

    @Override
    public void restore(Snapshot snapshot) {
        look().breaker.restore(snapshot);
    }

    /** Does nothing: the breaker belongs to the tree. */
    @Override
    public void close() {}
}
