package dev.upkeep.breaker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.upkeep.api.breaker.BreakerState;
import dev.upkeep.api.breaker.CircuitBreaker;
import dev.upkeep.api.breaker.Permit;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.RepeatedTest;

final class ManyThreadsTest {
    private static final int THREADS = 8;

    private final VirtualContext context = new VirtualContext();

    @RepeatedTest(30)
    @DisplayName("C4 of many failures at once, exactly failure number 800 opens it, once")
    void opensOnTheLastOfManyFailures() throws Exception {
        CircuitBreaker breaker = consecutive(THREADS * 100, 1);
        ConcurrentLinkedQueue<Long> changes = new ConcurrentLinkedQueue<>();
        breaker.onChange(view -> changes.add(view.epoch()));
        Permit oneMore = breaker.tryAcquire().orElseThrow();

        List<Boolean> wasClosed = together(() -> {
            boolean closed = true;
            for (int i = 0; i < 100; i++) {
                Permit permit = breaker.tryAcquire().orElseThrow();
                closed &= breaker.view().state() == BreakerState.CLOSED;
                permit.failure(new IOException());
            }
            return closed;
        });
        oneMore.failure(new IOException());

        assertThat(wasClosed).containsOnly(true);
        assertThat(breaker.view().state()).isEqualTo(BreakerState.OPEN);
        assertThat(changes).containsExactly(1L);
    }

    @RepeatedTest(30)
    @DisplayName("C4 one failure fewer does not open it")
    void oneFailureTooFewLeavesItClosed() throws Exception {
        CircuitBreaker breaker = consecutive(THREADS * 100 + 1, 1);

        together(() -> {
            for (int i = 0; i < 100; i++) {
                breaker.tryAcquire().orElseThrow().failure(new IOException());
            }
            return true;
        });

        assertThat(breaker.view().state()).isEqualTo(BreakerState.CLOSED);
    }

    @RepeatedTest(30)
    @DisplayName("C4 a count window loses no call of many threads")
    void theCountWindowIsExact() throws Exception {
        CircuitBreaker breaker = new FailureRateFactory().create(new FailureRateFactory.Settings("10000",
                Optional.empty(), THREADS * 100 + 1, 0.5, 1, Duration.ofSeconds(5), Duration.ofSeconds(30),
                Duration.ofMinutes(10), 0,
                Optional.empty(), Duration.ofSeconds(60), List.of(), List.of(), InitialState.CLOSED),
                context);

        together(() -> {
            for (int i = 0; i < 50; i++) {
                breaker.tryAcquire().orElseThrow().success();
                breaker.tryAcquire().orElseThrow().failure(new IOException());
            }
            return true;
        });
        assertThat(breaker.view().state()).isEqualTo(BreakerState.CLOSED);
        breaker.tryAcquire().orElseThrow().failure(new IOException());

        assertThat(breaker.view().reason()).isEqualTo("401 of 801 calls failed");
    }

    @RepeatedTest(30)
    @DisplayName("C4 a window of time loses no call of many threads, with the timer for time stamps or without")
    void theTimeWindowIsExact() throws Exception {
        int calls = 2 * Stopwatch.WORTH_A_TIMER;
        CircuitBreaker breaker = Made.of(Made.rate("60s", THREADS * calls + 1, 0.001), context);

        together(() -> {
            for (int i = 0; i < calls; i++) {
                breaker.call(() -> "done");
            }
            return true;
        });
        Made.fail(breaker, 16);
        assertThat(breaker.view().state()).isEqualTo(BreakerState.CLOSED);
        Made.fail(breaker, 1);

        assertThat(breaker.view().reason())
                .isEqualTo("17 of " + (THREADS * calls + 17) + " calls failed");
    }

    @RepeatedTest(30)
    @DisplayName("C4 of many failures at once within the time, exactly failure number 800 opens it, once")
    void theSlidingCountIsExact() throws Exception {
        CircuitBreaker breaker = Made.of(Made.count(THREADS * 100, Duration.ofSeconds(60)), context);
        ConcurrentLinkedQueue<Long> changes = new ConcurrentLinkedQueue<>();
        breaker.onChange(view -> changes.add(view.epoch()));

        together(() -> {
            for (int i = 0; i < 99; i++) {
                Made.fail(breaker, 1);
            }
            return true;
        });
        Made.fail(breaker, THREADS - 1);
        assertThat(breaker.view().state()).isEqualTo(BreakerState.CLOSED);
        Permit late = Made.permit(breaker);
        Made.fail(breaker, 1);
        late.failure(null);

        assertThat(breaker.view().state()).isEqualTo(BreakerState.OPEN);
        assertThat(changes).containsExactly(1L);
    }

    @RepeatedTest(30)
    @DisplayName("C4 however many fail at once, it is open when the last has been counted")
    void noBurstGoesUnseen() throws Exception {
        for (int failures = 1; failures <= THREADS; failures++) {
            CircuitBreaker breaker = Made.of(Made.count(failures, Duration.ofSeconds(60)), context);
            ConcurrentLinkedQueue<Permit> permits = new ConcurrentLinkedQueue<>();
            for (int i = 0; i < THREADS; i++) {
                permits.add(Made.permit(breaker));
            }

            together(() -> {
                permits.remove().failure(null);
                return true;
            });

            assertThat(breaker.view().state()).as(failures + " failures").isEqualTo(BreakerState.OPEN);
            breaker.close();
        }
    }

    @RepeatedTest(10)
    @DisplayName("C9 whoever changes it, each epoch has one change, and they are heard in order")
    void oneChangeForEachEpoch() throws Exception {
        List<CircuitBreaker.View> heard = Collections.synchronizedList(new ArrayList<>());
        try (var threads = Executors.newFixedThreadPool(THREADS)) {
            context.listeners = threads;
            CircuitBreaker breaker = consecutive(1, 1);
            breaker.onChange(heard::add);
            AtomicInteger who = new AtomicInteger();
            together(() -> {
                int me = who.getAndIncrement();
                for (int i = 0; i < 500; i++) {
                    switch (me % 4) {
                        case 0 -> breaker.tryAcquire().ifPresent(permit -> permit.failure(null));
                        case 1 -> breaker.tryByHand(Duration.ofSeconds(60)).ifPresent(Permit::success);
                        case 2 -> breaker.force(i % 2 == 0
                                ? BreakerState.FORCED_OPEN
                                : BreakerState.METRICS_ONLY, "word " + i);
                        default -> breaker.restore(breaker.snapshot().orElseThrow());
                    }
                }
                return true;
            });
            breaker.close();
        }

        assertThat(heard).extracting(CircuitBreaker.View::epoch)
                .isEqualTo(LongStream.rangeClosed(1, heard.size()).boxed().toList());
        assertThat(heard.getLast().reason()).isEqualTo("its owner has ended");
        assertThat(context.pendingTimers()).isZero();
    }

    @RepeatedTest(30)
    @DisplayName("C6 never more than the trials are out at once, whoever gives permits back")
    void trialsAreNeverExceeded() throws Exception {
        CircuitBreaker breaker = consecutive(1, 3);
        breaker.tryAcquire().orElseThrow().failure(new IOException());
        context.advance(Duration.ofSeconds(30));

        List<Integer> got = together(() -> {
            int permits = 0;
            for (int i = 0; i < 200; i++) {
                breaker.tryAcquire().ifPresent(Permit::ignore);
            }
            permits += breaker.tryAcquire().isPresent() ? 1 : 0;
            permits += breaker.tryAcquire().isPresent() ? 1 : 0;
            return permits;
        });

        while (breaker.tryAcquire().isPresent()) {
            got = new ArrayList<>(got);
            got.add(1);
        }
        assertThat(got.stream().mapToInt(n -> n).sum()).isEqualTo(3);
        assertThat(breaker.view().state()).isEqualTo(BreakerState.HALF_OPEN);
    }

    @RepeatedTest(5)
    @DisplayName("C9 listeners hear all changes in order, though many threads call them")
    void changesAreHeardInOrderWhateverTheExecutorDoes() {
        List<Long> heard = Collections.synchronizedList(new ArrayList<>());
        try (var threads = Executors.newFixedThreadPool(THREADS)) {
            context.listeners = threads;
            CircuitBreaker breaker = consecutive(1, 1);
            breaker.onChange(view -> heard.add(view.epoch()));
            for (int i = 0; i < 2_000; i++) {
                breaker.tryAcquire().orElseThrow().failure(new IOException());
                breaker.reset();
            }
        }

        assertThat(heard).isEqualTo(LongStream.rangeClosed(1, 4_000).boxed().toList());
    }

    private CircuitBreaker consecutive(int failures, int trials) {
        return new ConsecutiveFactory()
                .create(new ConsecutiveFactory.Settings(failures, Duration.ofSeconds(30),
                        Duration.ofMinutes(10), 0, Optional.of(trials), Duration.ofSeconds(60), List.of(),
                        List.of(), InitialState.CLOSED), context);
    }

    private static <T> List<T> together(Callable<T> work) throws Exception {
        CyclicBarrier start = new CyclicBarrier(THREADS);
        try (var threads = Executors.newFixedThreadPool(THREADS)) {
            List<Future<T>> running = new ArrayList<>();
            for (int i = 0; i < THREADS; i++) {
                running.add(threads.submit(() -> {
                    start.await();
                    return work.call();
                }));
            }
            List<T> results = new ArrayList<>();
            for (Future<T> one : running) {
                results.add(one.get());
            }
            return results;
        }
    }
}
