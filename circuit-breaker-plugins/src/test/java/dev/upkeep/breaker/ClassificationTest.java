package dev.upkeep.breaker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.upkeep.api.breaker.BreakerOpenException;
import dev.upkeep.api.breaker.BreakerState;
import dev.upkeep.api.breaker.CircuitBreaker;
import dev.upkeep.api.breaker.Classification;
import dev.upkeep.api.breaker.Permit;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** C5: failure, success, ignored. */
final class ClassificationTest {
    private static final String IO = "java.io.IOException";
    private static final String FILE = "java.io.FileNotFoundException";

    private final VirtualContext context = new VirtualContext();

    @Test
    @DisplayName("C5 ignored exceptions count nowhere, by their class or one above it, for permits and calls alike")
    void ignoredByName() {
        assertThat(stateAfter(List.of(IO), List.of(), new FileNotFoundException()))
                .isEqualTo(BreakerState.CLOSED);
        assertThat(stateAfter(List.of(FILE), List.of(), new IOException())).isEqualTo(BreakerState.OPEN);
    }

    @Test
    @DisplayName("C5 where some are named as failures, all others are successes")
    void failuresByName() {
        assertThat(stateAfter(List.of(), List.of(IO), new FileNotFoundException()))
                .isEqualTo(BreakerState.OPEN);
        assertThat(stateAfter(List.of(), List.of(IO), new IllegalStateException()))
                .isEqualTo(BreakerState.CLOSED);
    }

    @Test
    @DisplayName("C5 ignore goes before failOn")
    void ignoreWins() {
        assertThat(stateAfter(List.of(FILE), List.of(IO), new FileNotFoundException()))
                .isEqualTo(BreakerState.CLOSED);
        assertThat(stateAfter(List.of(FILE), List.of(IO), new IOException())).isEqualTo(BreakerState.OPEN);
    }

    @Test
    void aFailureWithoutAThrowableIsOneWhateverTheNames() {
        CircuitBreaker breaker = Made.of(Made.judging(List.of(IO), List.of(FILE)), context);

        Made.permit(breaker).failure(null);

        assertThat(breaker.view().state()).isEqualTo(BreakerState.OPEN);
    }

    @Test
    @DisplayName("C5 an ignored trial is free again, and one that threw what is no failure has succeeded")
    void trialsAreJudgedByNameToo() {
        CircuitBreaker ignoring = halfOpen(Made.judging(List.of(IO), List.of()));
        Permit trial = Made.permit(ignoring);
        assertThat(ignoring.tryAcquire()).isEmpty();
        trial.failure(new IOException());
        assertThat(ignoring.view().state()).isEqualTo(BreakerState.HALF_OPEN);
        Made.permit(ignoring).success();
        assertThat(ignoring.view().state()).isEqualTo(BreakerState.CLOSED);

        CircuitBreaker naming = halfOpen(Made.judging(List.of(), List.of(IO)));
        Made.permit(naming).failure(new IllegalStateException());
        assertThat(naming.view().state()).isEqualTo(BreakerState.CLOSED);
    }

    @Test
    @DisplayName("C5 a predicate on results and on throwables decides first")
    void predicatesDecideFirst() throws Exception {
        CircuitBreaker breaker = Made.of(Made.consecutive(1, 1), context);
        Classification web = Classification.STANDARD.ignoring(IOException.class::isInstance)
                .failingOn(status -> Integer.valueOf(503).equals(status));

        assertThat(breaker.<Integer>call(() -> 200, web)).isEqualTo(200);
        assertThatThrownBy(() -> breaker.call(() -> {
            throw new IOException("not ours");
        }, web)).hasMessage("not ours");
        assertThat(breaker.view().state()).isEqualTo(BreakerState.CLOSED);
        assertThat(breaker.<Integer>call(() -> 503, web)).isEqualTo(503);

        assertThat(breaker.view().state()).isEqualTo(BreakerState.OPEN);
    }

    @Test
    void aClassificationThatThrowsGivesTheTrialBackUncounted() {
        Classification broken = Classification.STANDARD.failingOn(result -> {
            throw new IllegalArgumentException("broken");
        });
        CircuitBreaker breaker = Made.of(Made.consecutive(1, 1), context);
        assertThatThrownBy(() -> breaker.call(() -> 7, broken)).hasMessage("broken");
        assertThat(breaker.view().state()).isEqualTo(BreakerState.CLOSED);
        Made.fail(breaker, 1);
        context.advance(Made.OPEN_FOR);

        assertThatThrownBy(() -> breaker.call(() -> 7, broken)).hasMessage("broken");

        assertThat(breaker.view().state()).isEqualTo(BreakerState.HALF_OPEN);
        assertThat(breaker.tryAcquire()).isPresent();
    }

    @Test
    @DisplayName("C2 an asynchronous call counts when it completes, by the exception itself")
    void asynchronousCalls() {
        CircuitBreaker breaker = Made.of(Made.judging(List.of(IO), List.of()), context);
        CompletableFuture<String> ignored = new CompletableFuture<>();
        CompletableFuture<String> failed = new CompletableFuture<>();
        breaker.callAsync(() -> ignored.thenApply(String::strip));
        breaker.callAsync(() -> failed);

        ignored.completeExceptionally(new IOException());
        assertThat(breaker.view().state()).isEqualTo(BreakerState.CLOSED);
        failed.completeExceptionally(new IllegalStateException());

        assertThat(breaker.view().state()).isEqualTo(BreakerState.OPEN);
        assertThatThrownBy(() -> breaker.callAsync(() -> new CompletableFuture<String>())
                .toCompletableFuture()
                .join()).isInstanceOf(CompletionException.class)
                .hasCauseInstanceOf(BreakerOpenException.class);
    }

    @Test
    void whatIsNoNameOfAClassIsRefused() {
        for (String wrong : List.of("", "java.io.", "not a name", "5xx", "a..b")) {
            assertThatThrownBy(() -> Made.judging(List.of(wrong), List.of()))
                    .hasMessage("ignore must hold names of exception classes, as java.io.IOException,"
                            + " but holds '" + wrong + "'");
            assertThatThrownBy(() -> Made.judging(List.of(), List.of(wrong)))
                    .hasMessageStartingWith("failOn");
        }
    }

    private BreakerState stateAfter(List<String> ignore, List<String> failOn, Exception thrown) {
        CircuitBreaker called = Made.of(Made.judging(ignore, failOn), context);
        assertThatThrownBy(() -> called.call(() -> {
            throw thrown;
        })).isSameAs(thrown);
        CircuitBreaker asked = Made.of(Made.judging(ignore, failOn), context);
        Made.permit(asked).failure(thrown);

        assertThat(asked.view().state()).isEqualTo(called.view().state());
        return called.view().state();
    }

    private CircuitBreaker halfOpen(ConsecutiveFactory.Settings settings) {
        CircuitBreaker breaker = Made.of(settings, context);
        Made.permit(breaker).failure(null);
        context.advance(Duration.ofSeconds(30));
        assertThat(breaker.view().state()).isEqualTo(BreakerState.HALF_OPEN);
        return breaker;
    }
}
