package dev.upkeep.api.breaker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.upkeep.api.child.ActualState;
import dev.upkeep.api.child.ChildPath;
import dev.upkeep.api.time.Timers.Cancellable;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The forms of a call that every breaker has, whoever wrote it: sync, async and by permit (C2, C5). */
class CallFormsTest {
    private final List<String> reports = new ArrayList<>();
    private boolean open;

    /** A breaker that has nothing but what it must. */
    private final CircuitBreaker breaker = new CircuitBreaker() {
        @Override
        public Optional<Permit> tryAcquire() {
            return open ? Optional.empty() : Optional.of(new Noted());
        }

        @Override
        public View view() {
            return new View("db", 7, open ? BreakerState.OPEN : BreakerState.CLOSED, Optional.empty(),
                    open ? "5 failures in a row" : "");
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

    private final class Noted implements Permit {
        private boolean reported;

        private void note(String what) {
            if (!reported) {
                reported = true;
                reports.add(what);
            }
        }

        @Override
        public void success() {
            note("success");
        }

        @Override
        public void failure(@Nullable Throwable why) {
            note("failure " + (why == null ? "by result" : why.getMessage()));
        }

        @Override
        public void ignore() {
            note("ignored");
        }
    }

    private static final Classification HTTP = Classification.STANDARD
            .ignoring(IllegalArgumentException.class::isInstance)
            .failingOn(Integer.valueOf(503)::equals);

    @Test
    void aCallThatReturnsIsASuccessAndOneThatThrowsAFailure() throws Exception {
        assertThat(breaker.<Integer>call(() -> 200)).isEqualTo(200);
        assertThatThrownBy(() -> breaker.call(() -> {
            throw new AssertionError("no");
        })).isInstanceOf(AssertionError.class).hasMessage("no");

        assertThat(reports).containsExactly("success", "failure no");
    }

    @Test
    void c5_aResultCanBeAFailureAndAThrowableCanSayNothing() throws Exception {
        assertThat(breaker.<Integer>call(() -> 503, HTTP)).isEqualTo(503);
        assertThat(breaker.<Integer>call(() -> 200, HTTP)).isEqualTo(200);
        assertThatThrownBy(() -> breaker.call(() -> {
            throw new IllegalArgumentException("mine");
        }, HTTP)).hasMessage("mine");
        assertThatThrownBy(() -> breaker.call(() -> {
            throw new IllegalStateException("theirs");
        }, HTTP)).hasMessage("theirs");

        assertThat(reports).containsExactly("failure by result", "success", "ignored", "failure theirs");
    }

    @Test
    void c5_aClassificationThatThrowsGivesThePermitBackUncounted() {
        Classification broken = new Classification() {
            @Override
            public Outcome ofResult(@Nullable Object result) {
                throw new IllegalStateException("classified badly");
            }
        };

        assertThatThrownBy(() -> breaker.call(() -> 1, broken)).hasMessage("classified badly");
        assertThat(breaker.callAsync(() -> CompletableFuture.completedFuture(1), broken)
                .toCompletableFuture()).isCompletedExceptionally();

        assertThat(reports).containsExactly("ignored", "ignored");
    }

    @Test
    void aRefusalIsTheViewWithoutAStackTrace() {
        open = true;

        assertThatThrownBy(() -> breaker.call(() -> 1)).isInstanceOf(BreakerOpenException.class)
                .hasMessage("breaker 'db' is open: 5 failures in a row")
                .satisfies(e -> assertThat(e.getStackTrace()).isEmpty());
        assertThatThrownBy(breaker::acquire).isInstanceOf(BreakerOpenException.class);
        assertThat(breaker.tryByHand(Duration.ofSeconds(1))).isEmpty();
    }

    @Test
    void aPermitInATryIsGivenBackUnlessItWasReportedOn() {
        try (Permit permit = breaker.acquire()) {
            permit.success();
        }
        try (Permit permit = breaker.tryAcquire(Duration.ofSeconds(90)).orElseThrow()) {
            assertThat(permit).isNotNull();
        }

        assertThat(reports).containsExactly("success", "ignored");
    }

    @Test
    void anAsyncCallIsCountedWhenItsStageCompletes() {
        CompletableFuture<Integer> later = new CompletableFuture<>();
        CompletionStage<Integer> answer = breaker.callAsync(() -> later, HTTP);
        assertThat(reports).isEmpty();

        later.complete(503);

        assertThat(answer.toCompletableFuture()).isCompletedWithValue(503);
        assertThat(reports).containsExactly("failure by result");
    }

    @Test
    void anAsyncCallIsClassifiedByTheExceptionItself() {
        CompletionStage<Integer> answer = breaker.callAsync(
                () -> CompletableFuture.supplyAsync(() -> {
                    throw new IllegalArgumentException("mine");
                }, Runnable::run).thenApply(x -> (Integer) x),
                HTTP);

        assertThat(answer.toCompletableFuture()).isCompletedExceptionally();
        assertThat(reports).containsExactly("ignored");
    }

    @Test
    void anAsyncCallNeverThrowsWhateverIsWrongWithIt() {
        CompletableFuture<Integer> threw = breaker.<Integer>callAsync(() -> {
            throw new IllegalStateException("at once");
        }).toCompletableFuture();
        @SuppressWarnings("NullAway") // what the test is about
        CompletableFuture<Integer> nothing = breaker.<Integer>callAsync(() -> null).toCompletableFuture();
        open = true;
        CompletableFuture<Integer> refused = breaker
                .callAsync(() -> CompletableFuture.completedFuture(1))
                .toCompletableFuture();

        assertThatThrownBy(threw::join).hasRootCauseMessage("at once");
        assertThatThrownBy(nothing::join).hasRootCauseMessage("the call returned no stage");
        assertThatThrownBy(refused::join).hasRootCauseInstanceOf(BreakerOpenException.class);
        assertThat(reports).containsExactly("failure at once", "failure the call returned no stage");
    }

    @Test
    void c8_aSnapshotGrowsOlderAndRefusesWhatCannotBe() {
        CircuitBreaker.Snapshot open = new CircuitBreaker.Snapshot(BreakerState.OPEN, 2,
                Optional.of(Duration.ofSeconds(30)), "why");

        assertThat(open.after(Duration.ofSeconds(10)).untilTrial()).contains(Duration.ofSeconds(20));
        assertThat(open.after(Duration.ofDays(10)).untilTrial()).contains(Duration.ZERO);
        assertThat(open.after(Duration.ofDays(-10))).isEqualTo(open);
        assertThatThrownBy(
                () -> new CircuitBreaker.Snapshot(BreakerState.HALF_OPEN, 0, Optional.empty(), ""))
                .hasMessageContaining("half-open");
        assertThatThrownBy(() -> new CircuitBreaker.Snapshot(BreakerState.OPEN, -1, Optional.empty(), ""))
                .hasMessageContaining("step")
                .hasMessageContaining("-1");
    }

    @Test
    void c7_aChildThatIsDownSaysSinceWhenWhyAndWhenToTryAgain() {
        ChildDownException down = new ChildDownException(breaker.view(),
                new ChildDownException.Down(new ChildPath("shop/db"), ActualState.BACKOFF,
                        Optional.of(Instant.EPOCH), "crashed(exit 1)",
                        Optional.of(Instant.EPOCH.plusSeconds(4))));

        assertThat(down).hasMessage("'db' is backoff since 1970-01-01T00:00:00Z: crashed(exit 1);"
                + " next try at 1970-01-01T00:00:04Z").hasNoCause();
        assertThat(down.getStackTrace()).isEmpty();
    }
}
