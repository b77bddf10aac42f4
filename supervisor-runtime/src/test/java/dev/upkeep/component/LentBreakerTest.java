package dev.upkeep.component;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import dev.upkeep.api.ComponentContext;
import dev.upkeep.api.ComponentSpec;
import dev.upkeep.api.StopRule;
import dev.upkeep.api.breaker.BreakerOpenException;
import dev.upkeep.api.breaker.BreakerState;
import dev.upkeep.api.breaker.CircuitBreaker;
import dev.upkeep.api.breaker.Classification;
import dev.upkeep.api.breaker.Permit;
import dev.upkeep.api.child.ChildPath;
import dev.upkeep.api.health.CheckContext.Outcomes;
import dev.upkeep.api.time.Timers.Cancellable;
import dev.upkeep.supervise.Event;
import dev.upkeep.supervise.InstanceId;
import dev.upkeep.tree.Vitals;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The calls of a component through a breaker of the tree: what they count, cost, and may not do. */
@Timeout(30)
final class LentBreakerTest {
    private static final Classification IGNORES_STATE = Classification.STANDARD
            .ignoring(IllegalStateException.class::isInstance)
            .failingOn(Integer.valueOf(503)::equals);

    /** Writes down what is asked and reported. Closed, it takes the way without a permit. */
    private static final class Notebook implements CircuitBreaker {
        Classification.Outcome passesOver = Classification.Outcome.FAILURE;
        final List<String> reports = new ArrayList<>();
        BreakerState state = BreakerState.CLOSED;

        @Override
        public <T> T call(Callable<T> call, Classification classification) throws Exception {
            if (state != BreakerState.CLOSED) {
                return CircuitBreaker.super.call(call, classification);
            }
            T result;
            try {
                result = call.call();
            } catch (Throwable t) {
                reports.add("fast " + classification.ofThrowable(t));
                throw t;
            }
            reports.add("fast " + classification.ofResult(result));
            return result;
        }

        @Override
        public Optional<Permit> tryAcquire() {
            return state == BreakerState.OPEN ? Optional.empty() : Optional.of(new Permit() {
                @Override
                public void success() {
                    reports.add("success");
                }

                @Override
                public void failure(@Nullable Throwable why) {
                    reports.add("failure");
                }

                @Override
                public void ignore() {
                    reports.add("ignored");
                }

                /** What was reported is not ignored as well. */
                @Override
                public void close() {}
            });
        }

        @Override
        public Optional<Permit> tryAcquire(Duration lease) {
            reports.add("leased for " + lease);
            return tryAcquire();
        }

        @Override
        public Optional<Permit> tryByHand(Duration lease) {
            reports.add("by hand");
            return tryAcquire();
        }

        @Override
        public Classification.Outcome outcomeOf(@Nullable Throwable thrown) {
            return thrown instanceof IllegalArgumentException ? passesOver : Classification.Outcome.FAILURE;
        }

        @Override
        public Optional<Snapshot> snapshot() {
            return Optional.of(new Snapshot(state, 0, Optional.empty(), ""));
        }

        @Override
        public View view() {
            return new View("db", 1, state, Optional.empty(), "");
        }

        @Override
        public Cancellable onChange(Consumer<View> listener) {
            return () -> {};
        }

        @Override
        public void reset() {
            reports.add("reset");
        }

        @Override
        public void close() {
            reports.add("close");
        }
    }

    private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();
    private final BlockingQueue<ComponentContext> contexts = new LinkedBlockingQueue<>();
    private final Notebook db = new Notebook();
    private final Vitals vitals = new Vitals();
    private final ComponentChildren children = new ComponentChildren(events::add, () -> 0,
            name -> name.equals("db") ? Optional.of(db) : Optional.empty(), new StatesInMemory());
    private final InstanceId instance = new InstanceId(new ChildPath("shop/api"), 1);
    private CircuitBreaker breaker = db;

    @BeforeEach
    void start() throws InterruptedException {
        children.start(instance, ComponentChildrenTest.specOf(ComponentSpec.of(() -> context -> {
            contexts.add(context);
            context.awaitStop(Duration.ofDays(1));
        })), vitals);
        breaker = contexts.take().breaker("db");
    }

    @AfterEach
    void stop() {
        children.stop(instance, StopRule.within(Duration.ofSeconds(5)), false);
    }

    private static Object failing() {
        throw new IllegalArgumentException();
    }

    private static Object ignored() {
        throw new IllegalStateException();
    }

    private void callAllWays() throws Exception {
        breaker.call(() -> 1, IGNORES_STATE);
        breaker.call(() -> 503, IGNORES_STATE);
        assertThatThrownBy(() -> breaker.call(LentBreakerTest::failing, IGNORES_STATE))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> breaker.call(LentBreakerTest::ignored, IGNORES_STATE))
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    @DisplayName("the calls of a component are its outcomes: successes and failures, not what is ignored")
    void callsAreOutcomes() throws Exception {
        callAllWays();

        assertThat(db.reports).containsExactly("fast SUCCESS", "fast FAILURE", "fast FAILURE",
                "fast IGNORED");
        assertThat(vitals.outcomes()).isEqualTo(new Outcomes(1, 2));
    }

    @Test
    @DisplayName("the calls that are trials are its outcomes just so, each once")
    void trialsAreOutcomes() throws Exception {
        db.state = BreakerState.HALF_OPEN;

        callAllWays();
        breaker.callAsync(() -> CompletableFuture.completedFuture(1));
        breaker.acquire().success();

        assertThat(db.reports)
                .containsExactly("success", "failure", "failure", "ignored", "success", "success");
        assertThat(vitals.outcomes()).isEqualTo(new Outcomes(3, 2));
    }

    @Test
    @DisplayName("C5 what the breaker's own settings pass over, or call a success, is the same for the instance")
    void theBreakersVerdictIsTheInstances() throws Exception {
        for (BreakerState state : List.of(BreakerState.CLOSED, BreakerState.HALF_OPEN)) {
            db.state = state;
            db.passesOver = Classification.Outcome.IGNORED;
            callAllWays();
            db.passesOver = Classification.Outcome.SUCCESS;
            callAllWays();
        }

        assertThat(vitals.outcomes()).as("each time a success, and a failure by its result")
                .isEqualTo(new Outcomes(4 + 2, 4));
    }

    @Test
    void aCallThatCompletesLaterIsAnOutcomeThen() {
        CompletableFuture<Integer> later = new CompletableFuture<>();
        breaker.callAsync(() -> later);
        breaker.callAsync(() -> CompletableFuture.failedFuture(new IllegalArgumentException()));
        assertThat(vitals.outcomes()).isEqualTo(new Outcomes(0, 1));

        later.complete(1);

        assertThat(vitals.outcomes()).isEqualTo(new Outcomes(1, 1));
    }

    @Test
    void aRefusalIsNoOutcome() {
        db.state = BreakerState.OPEN;

        assertThatThrownBy(() -> breaker.call(() -> 1)).isInstanceOf(BreakerOpenException.class);
        assertThat(breaker.callAsync(() -> CompletableFuture.completedFuture(1)).toCompletableFuture())
                .isCompletedExceptionally();
        assertThat(vitals.outcomes()).isEqualTo(new Outcomes(0, 0));
    }

    @Test
    @DisplayName("S5 a call that is under way when its instance is abandoned counts nowhere")
    void s5_aCallUnderWayCountsNowhere() throws Exception {
        assertThat(breaker.call(() -> {
            children.revoke(instance);
            return 1;
        })).isEqualTo(1);

        assertThat(db.reports).containsExactly("fast IGNORED");
        assertThatThrownBy(() -> breaker.call(() -> 1)).isInstanceOf(BreakerOpenException.class);
        assertThat(breaker.callAsync(() -> CompletableFuture.completedFuture(1)).toCompletableFuture())
                .isCompletedExceptionally();
        assertThat(breaker.tryAcquire(Duration.ofSeconds(1))).isEmpty();
        assertThat(db.reports).hasSize(1);
        assertThat(vitals.outcomes()).isEqualTo(new Outcomes(0, 0));
    }

    @Test
    @DisplayName("S5 a trial that is under way when its instance is abandoned is given back at once")
    void s5_aTrialUnderWayIsGivenBackAtOnce() throws Exception {
        db.state = BreakerState.HALF_OPEN;

        breaker.call(() -> {
            children.revoke(instance);
            assertThat(db.reports).containsExactly("ignored");
            return 1;
        });

        assertThat(db.reports).containsExactly("ignored");
        assertThat(vitals.outcomes()).isEqualTo(new Outcomes(0, 0));
    }

    @Test
    @DisplayName("S5 what completes after its instance was abandoned counts nowhere")
    void s5_whatCompletesLaterCountsNowhere() {
        CompletableFuture<Integer> later = new CompletableFuture<>();
        breaker.callAsync(() -> later);

        children.revoke(instance);
        later.complete(1);

        assertThat(db.reports).containsExactly("ignored");
        assertThat(vitals.outcomes()).isEqualTo(new Outcomes(0, 0));
    }

    @Test
    void aLeaseReachesTheBreakerAndAComponentIsNoPerson() {
        breaker.tryAcquire(Duration.ofSeconds(3)).orElseThrow().ignore();
        breaker.tryByHand(Duration.ofSeconds(4)).orElseThrow().ignore();

        assertThat(db.reports).containsExactly("leased for PT3S", "ignored", "leased for PT4S", "ignored");
    }

    @Test
    void aComponentMayResetABreakerAndNeitherForceNorRestoreNorCloseIt() {
        CircuitBreaker.Snapshot snapshot = breaker.snapshot().orElseThrow();

        breaker.reset();
        breaker.close();
        assertThatThrownBy(() -> breaker.force(BreakerState.FORCED_OPEN, ""))
                .isInstanceOf(UnsupportedOperationException.class)
                .hasMessageContaining("'db'");
        assertThatThrownBy(() -> breaker.restore(snapshot)).isInstanceOf(UnsupportedOperationException.class);

        assertThat(db.reports).containsExactly("reset");
    }

    @Test
    @DisplayName("C9 a component's call through a closed breaker allocates no more than the breaker's own")
    void aCallAllocatesNothing() throws Exception {
        CircuitBreaker quiet = new CircuitBreaker() {
            private final View view = new View("quiet", 1, BreakerState.CLOSED, Optional.empty(), "");

            @Override
            public <T> T call(Callable<T> call, Classification classification) throws Exception {
                T result = call.call();
                classification.ofResult(result);
                return result;
            }

            @Override
            public Optional<Permit> tryAcquire() {
                return Optional.empty();
            }

            @Override
            public View view() {
                return view;
            }

            @Override
            public Cancellable onChange(Consumer<View> listener) {
                return () -> {};
            }

            @Override
            public void reset() {}

            @Override
            public void close() {}
        };
        RunningComponent component = new RunningComponent(children, instance,
                ComponentChildrenTest.specOf(ComponentSpec.of(() -> context -> {})), vitals);
        CircuitBreaker lent = new BorrowedBreakers(component).lend(quiet);
        Callable<String> call = () -> "done";
        for (int i = 0; i < 100; i++) {
            lent.call(call, i % 2 == 0 ? IGNORES_STATE : Classification.STANDARD);
        }
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

        long before = threads.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < 10_000; i++) {
            lent.call(call, i % 2 == 0 ? IGNORES_STATE : Classification.STANDARD);
        }
        long bytes = threads.getCurrentThreadAllocatedBytes() - before;

        assertThat(bytes / 10_000).isZero();
    }
}
