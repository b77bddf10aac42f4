package dev.upkeep.bench.breaker;

import dev.failsafe.Failsafe;
import dev.failsafe.FailsafeExecutor;
import dev.upkeep.api.breaker.BreakerContext;
import dev.upkeep.api.breaker.CircuitBreaker;
import dev.upkeep.api.settings.Defaults;
import dev.upkeep.api.time.Ticker;
import dev.upkeep.api.time.Timers;
import dev.upkeep.breaker.ConsecutiveFactory;
import dev.upkeep.breaker.FailureRateFactory;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig.SlidingWindowSynchronizationStrategy;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig.SlidingWindowType;
import java.time.Duration;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The breakers that are compared: 50 % of the last 100 calls, or of the last 60 s, from 20 calls on; slow is 5 s. Failsafe has
 * no slow calls, and no least number of calls in a window of calls.
 */
final class Peers {
    private static final int CALLS = 100;
    private static final int MINIMUM = 20;
    private static final Duration TIME = Duration.ofSeconds(60);
    private static final Duration SLOW = Duration.ofSeconds(5);
    /** Longer than any run. */
    private static final Duration OPEN = Duration.ofHours(1);

    private Peers() {}

    static CircuitBreaker upkeep(String window, int minimumCalls, Duration slow) {
        FailureRateFactory.Settings all = Defaults.of(FailureRateFactory.Settings.class);
        return new FailureRateFactory().create(new FailureRateFactory.Settings(window, Optional.empty(),
                minimumCalls, 0.5, 1, slow, OPEN, OPEN, 0, Optional.of(1), all.trialTimeout(), all.ignore(),
                all.failOn(), all.initialState()), new Context());
    }

    static CircuitBreaker upkeepCount() {
        return upkeep(Integer.toString(CALLS), MINIMUM, SLOW);
    }

    static CircuitBreaker upkeepTime() {
        return upkeep(TIME.toSeconds() + "s", MINIMUM, SLOW);
    }

    /** Resilience4j's defaults, in our words. */
    static CircuitBreaker upkeepAsResilience4j() {
        return upkeep("100", 100, Duration.ofSeconds(60));
    }

    static CircuitBreaker upkeepConsecutive() {
        return new ConsecutiveFactory().create(Defaults.of(ConsecutiveFactory.Settings.class), new Context());
    }

    static io.github.resilience4j.circuitbreaker.CircuitBreaker resilience4j(
            SlidingWindowType type,
            SlidingWindowSynchronizationStrategy strategy) {
        int size = type == SlidingWindowType.COUNT_BASED ? CALLS : Math.toIntExact(TIME.toSeconds());
        return io.github.resilience4j.circuitbreaker.CircuitBreaker.of("peer", CircuitBreakerConfig.custom()
                .slidingWindow(size, MINIMUM, type, strategy)
                .failureRateThreshold(50)
                .slowCallRateThreshold(100)
                .slowCallDurationThreshold(SLOW)
                .waitDurationInOpenState(OPEN)
                .writableStackTraceEnabled(false)
                .build());
    }

    static dev.failsafe.CircuitBreaker<Object> failsafeBreaker() {
        return dev.failsafe.CircuitBreaker.builder()
                .withFailureThreshold(CALLS / 2, CALLS)
                .withDelay(OPEN)
                .build();
    }

    static FailsafeExecutor<Object> failsafeCount() {
        return Failsafe.with(failsafeBreaker());
    }

    static FailsafeExecutor<Object> failsafeTime() {
        return Failsafe.with(dev.failsafe.CircuitBreaker.builder()
                .withFailureRateThreshold(50, MINIMUM, TIME)
                .withDelay(OPEN)
                .build());
    }

    /** Fails through it until it refuses. */
    static CircuitBreaker opened(CircuitBreaker breaker) throws Exception {
        Callable<Object> failing = () -> {
            throw new IllegalStateException("to open it");
        };
        for (int i = 0; i < CALLS; i++) {
            try {
                breaker.call(failing);
            } catch (IllegalStateException | dev.upkeep.api.breaker.BreakerOpenException e) {
                // That is what it is for.
                continue;
            }
        }
        return breaker;
    }

    /** What the runtime gives a breaker. */
    private record Context() implements BreakerContext {
        private static final ScheduledExecutorService TIMERS = Executors
                .newSingleThreadScheduledExecutor(task -> {
                    Thread thread = new Thread(task, "timers");
                    thread.setDaemon(true);
                    return thread;
                });

        @Override
        public String name() {
            return "ours";
        }

        @Override
        public int defaultTrials() {
            return 1;
        }

        @Override
        public Ticker ticker() {
            return Ticker.system();
        }

        @Override
        public Timers timers() {
            return (delay, task) -> {
                Future<?> timer = TIMERS.schedule(task, delay.toNanos(), TimeUnit.NANOSECONDS);
                return () -> timer.cancel(false);
            };
        }

        @Override
        public RandomGenerator random() {
            return new Random(1);
        }

        @Override
        public Executor listeners() {
            return Runnable::run;
        }

        @Override
        public Logger log() {
            return LoggerFactory.getLogger(Context.class);
        }
    }
}
