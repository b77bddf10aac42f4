package dev.upkeep.bench.breaker;

import dev.failsafe.FailsafeExecutor;
import dev.failsafe.function.CheckedSupplier;
import dev.upkeep.api.breaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig.SlidingWindowSynchronizationStrategy;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig.SlidingWindowType;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/**
 * A call that succeeds at once, through a closed breaker that all threads share. Resilience4j's is decorated once, beforehand,
 * as is best for it; {@code Executed} is the form that is given the call each time, as ours is.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class Closed {
    @State(Scope.Benchmark)
    public static class Work {
        int answer = 42;
        final Callable<Integer> call = () -> answer;
    }

    /** The least that a breaker has to do: one volatile read, two time stamps, one striped add. */
    @State(Scope.Benchmark)
    public static class Floor {
        final AtomicReference<String> state = new AtomicReference<>("closed");
        final LongAdder calls = new LongAdder();
        long slowest = Long.MAX_VALUE;
    }

    @State(Scope.Benchmark)
    public static class UpkeepCount {
        final CircuitBreaker breaker = Peers.upkeepCount();
    }

    @State(Scope.Benchmark)
    public static class UpkeepTime {
        final CircuitBreaker breaker = Peers.upkeepTime();
    }

    @State(Scope.Benchmark)
    public static class UpkeepDefaults {
        final CircuitBreaker breaker = Peers.upkeepAsResilience4j();
    }

    @State(Scope.Benchmark)
    public static class UpkeepConsecutive {
        final CircuitBreaker breaker = Peers.upkeepConsecutive();
    }

    /** Decorates a call with Resilience4j's breaker. */
    private static Callable<Integer> decorated(
            io.github.resilience4j.circuitbreaker.CircuitBreaker breaker,
            Work work) {
        return io.github.resilience4j.circuitbreaker.CircuitBreaker.decorateCallable(breaker, work.call);
    }

    @State(Scope.Benchmark)
    public static class Resilience4jCount {
        final io.github.resilience4j.circuitbreaker.CircuitBreaker breaker = Peers.resilience4j(
                SlidingWindowType.COUNT_BASED, SlidingWindowSynchronizationStrategy.SYNCHRONIZED);
        final Callable<Integer> call = decorated(breaker, new Work());
    }

    @State(Scope.Benchmark)
    public static class Resilience4jLockFree {
        final Callable<Integer> call = decorated(Peers.resilience4j(SlidingWindowType.COUNT_BASED,
                SlidingWindowSynchronizationStrategy.LOCK_FREE), new Work());
    }

    @State(Scope.Benchmark)
    public static class Resilience4jTime {
        final Callable<Integer> call = decorated(Peers.resilience4j(SlidingWindowType.TIME_BASED,
                SlidingWindowSynchronizationStrategy.SYNCHRONIZED), new Work());
    }

    @State(Scope.Benchmark)
    public static class Resilience4jDefaults {
        final Callable<Integer> call = decorated(
                io.github.resilience4j.circuitbreaker.CircuitBreaker.ofDefaults("peer"), new Work());
    }

    @State(Scope.Benchmark)
    public static class FailsafeCount {
        final FailsafeExecutor<Object> executor = Peers.failsafeCount();
        final CheckedSupplier<Object> call = new Work().call::call;
    }

    @State(Scope.Benchmark)
    public static class FailsafeTime {
        final FailsafeExecutor<Object> executor = Peers.failsafeTime();
        final CheckedSupplier<Object> call = new Work().call::call;
    }

    @Benchmark
    public Object bare(Work work) throws Exception {
        return work.call.call();
    }

    @Benchmark
    @SuppressWarnings("ReferenceEquality") // as breakers compare their state
    public Object floor(Floor floor, Work work) throws Exception {
        if (floor.state.get() != "closed") {
            throw new IllegalStateException("not closed");
        }
        long start = System.nanoTime();
        Object result = work.call.call();
        long took = System.nanoTime() - start;
        if (took >= floor.slowest) {
            throw new IllegalStateException("slow");
        }
        floor.calls.increment();
        return result;
    }

    @Benchmark
    public Object countUpkeep(UpkeepCount peer, Work work) throws Exception {
        return peer.breaker.call(work.call);
    }

    @Benchmark
    public Object countResilience4j(Resilience4jCount peer) throws Exception {
        return peer.call.call();
    }

    @Benchmark
    public Object countResilience4jExecuted(Resilience4jCount peer, Work work) throws Exception {
        return peer.breaker.executeCallable(work.call);
    }

    @Benchmark
    public Object countResilience4jLockFree(Resilience4jLockFree peer) throws Exception {
        return peer.call.call();
    }

    @Benchmark
    public Object countFailsafe(FailsafeCount peer) {
        return peer.executor.get(peer.call);
    }

    @Benchmark
    public Object defaultsUpkeep(UpkeepDefaults peer, Work work) throws Exception {
        return peer.breaker.call(work.call);
    }

    @Benchmark
    public Object defaultsResilience4j(Resilience4jDefaults peer) throws Exception {
        return peer.call.call();
    }

    @Benchmark
    public Object timeUpkeep(UpkeepTime peer, Work work) throws Exception {
        return peer.breaker.call(work.call);
    }

    @Benchmark
    public Object timeResilience4j(Resilience4jTime peer) throws Exception {
        return peer.call.call();
    }

    @Benchmark
    public Object timeFailsafe(FailsafeTime peer) {
        return peer.executor.get(peer.call);
    }

    @Benchmark
    public Object consecutiveUpkeep(UpkeepConsecutive peer, Work work) throws Exception {
        return peer.breaker.call(work.call);
    }
}
