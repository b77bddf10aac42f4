package dev.upkeep.bench.breaker;

import dev.failsafe.CircuitBreakerOpenException;
import dev.failsafe.FailsafeExecutor;
import dev.failsafe.function.CheckedSupplier;
import dev.upkeep.api.breaker.BreakerOpenException;
import dev.upkeep.api.breaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CallNotPermittedException;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig.SlidingWindowSynchronizationStrategy;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig.SlidingWindowType;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * A call that an open breaker refuses, with the exception caught. Neither ours nor Resilience4j's has a stack trace; Failsafe's
 * has one.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class Open {
    private static final Callable<Integer> CALL = () -> 42;

    @State(Scope.Benchmark)
    public static class Upkeep {
        final CircuitBreaker breaker = Peers.upkeepCount();

        @Setup
        public void open() throws Exception {
            Peers.opened(breaker);
        }
    }

    @State(Scope.Benchmark)
    public static class Resilience4j {
        final io.github.resilience4j.circuitbreaker.CircuitBreaker breaker = Peers.resilience4j(
                SlidingWindowType.COUNT_BASED, SlidingWindowSynchronizationStrategy.SYNCHRONIZED);
        final Callable<Integer> call = io.github.resilience4j.circuitbreaker.CircuitBreaker
                .decorateCallable(breaker, CALL);

        @Setup
        public void open() {
            breaker.transitionToOpenState();
        }
    }

    @State(Scope.Benchmark)
    public static class Failsafe {
        final dev.failsafe.CircuitBreaker<Object> breaker = Peers.failsafeBreaker();
        final FailsafeExecutor<Object> executor = dev.failsafe.Failsafe.with(breaker);
        final CheckedSupplier<Object> call = CALL::call;

        @Setup
        public void open() {
            breaker.open();
        }
    }

    @Benchmark
    public Object refusedUpkeep(Upkeep peer) throws Exception {
        try {
            return peer.breaker.call(CALL);
        } catch (BreakerOpenException e) {
            return e;
        }
    }

    @Benchmark
    public Object refusedUpkeepPermit(Upkeep peer) {
        return peer.breaker.tryAcquire();
    }

    @Benchmark
    public Object refusedResilience4j(Resilience4j peer) throws Exception {
        try {
            return peer.call.call();
        } catch (CallNotPermittedException e) {
            return e;
        }
    }

    @Benchmark
    public Object refusedFailsafe(Failsafe peer) {
        try {
            return peer.executor.get(peer.call);
        } catch (CircuitBreakerOpenException e) {
            return e;
        }
    }
}
