package dev.upkeep.breaker;

import static dev.upkeep.breaker.Made.fail;
import static dev.upkeep.breaker.Made.succeed;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.upkeep.api.breaker.BreakerState;
import dev.upkeep.api.breaker.CircuitBreaker;
import dev.upkeep.api.settings.Defaults;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

final class CountTest {
    private static final Duration WITHIN = Duration.ofSeconds(60);

    private final VirtualContext context = new VirtualContext();

    @Test
    @DisplayName("C4 failures: 5 allows four restarts and opens on the fifth failure, whatever succeeds in between")
    void opensOnTheFifthFailure() {
        CircuitBreaker breaker = breaker(5);
        for (int i = 0; i < 4; i++) {
            fail(breaker, 1);
            succeed(breaker, 1);
        }
        assertThat(breaker.view().state()).isEqualTo(BreakerState.CLOSED);

        fail(breaker, 1);

        assertThat(breaker.view().state()).isEqualTo(BreakerState.OPEN);
        assertThat(breaker.view().reason()).isEqualTo("5 failures within 1m");
    }

    @Test
    @DisplayName("C4 the time slides with each failure, both ends included")
    void theTimeSlides() {
        CircuitBreaker breaker = breaker(3);
        fail(breaker, 1);
        context.advance(Duration.ofSeconds(40));
        fail(breaker, 1);
        context.advance(Duration.ofSeconds(20).plusNanos(1));
        fail(breaker, 1);
        assertThat(breaker.view().state()).isEqualTo(BreakerState.CLOSED);

        context.advance(Duration.ofSeconds(40).minusNanos(1));
        fail(breaker, 1);

        assertThat(breaker.view().state()).isEqualTo(BreakerState.OPEN);
    }

    @Test
    void oneFailureIsEnoughWhereOneIsAskedFor() {
        CircuitBreaker breaker = breaker(1);

        fail(breaker, 1);

        assertThat(breaker.view().reason()).isEqualTo("a failure");
    }

    @Test
    @DisplayName("C4 it agrees with a list of all failures, whatever their times")
    void agreesWithAListOfAllFailures() {
        Random random = new Random(11);
        for (int round = 0; round < 300; round++) {
            int failures = 1 + random.nextInt(6);
            CircuitBreaker breaker = breaker(failures);
            Deque<Long> times = new ArrayDeque<>();
            boolean expected = false;
            for (int i = 0; i < 40 && !expected; i++) {
                context.advance(Duration.ofSeconds(random.nextInt(40)));
                long now = context.ticker().nanos();
                times.add(now);
                times.removeIf(time -> now - time > WITHIN.toNanos());
                expected = times.size() >= failures;
                fail(breaker, 1);

                assertThat(breaker.view().state())
                        .isEqualTo(expected ? BreakerState.OPEN : BreakerState.CLOSED);
            }
        }
    }

    @Test
    @DisplayName("C8 with the same time and another number it keeps its failures")
    void keepsItsFailuresWhenTheNumberChanges() {
        assertThat(failuresUntilOpenAfterFour(3)).isEqualTo(1);
        assertThat(failuresUntilOpenAfterFour(5)).isEqualTo(1);
        assertThat(failuresUntilOpenAfterFour(7)).isEqualTo(3);
    }

    private int failuresUntilOpenAfterFour(int wanted) {
        CircuitBreaker breaker = breaker(5);
        for (int i = 0; i < 7; i++) {
            context.advance(WITHIN.dividedBy(4).plusNanos(1));
            fail(breaker, 1);
        }
        assertThat(breaker.view().state()).isEqualTo(BreakerState.CLOSED);
        assertThat(new CountFactory().change(breaker, Made.count(wanted, WITHIN))).isTrue();
        int more = 0;
        while (breaker.view().state() == BreakerState.CLOSED && more < 10) {
            fail(breaker, 1);
            more++;
        }
        return more;
    }

    @Test
    void withAnotherTimeItBeginsAnew() {
        CircuitBreaker breaker = breaker(2);
        fail(breaker, 1);

        new CountFactory().change(breaker, Made.count(2, WITHIN.plusNanos(1)));
        fail(breaker, 1);

        assertThat(breaker.view().state()).isEqualTo(BreakerState.CLOSED);
    }

    @Test
    void theDefaultsAreThoseOfTheRules() {
        assertThat(Defaults.of(CountFactory.Settings.class))
                .isEqualTo(new CountFactory.Settings(5, WITHIN, Duration.ofSeconds(30),
                        Duration.ofMinutes(10), 0.2, Optional.empty(), Duration.ofSeconds(60), List.of(),
                        List.of(), InitialState.CLOSED));
    }

    @Test
    void settingsOutOfRangeAreRefusedNamingTheValue() {
        assertThatThrownBy(() -> Made.count(0, WITHIN))
                .hasMessage("failures must be from 1 to 10000, but is 0");
        assertThatThrownBy(() -> Made.count(10_001, WITHIN)).hasMessageContaining("10001");
        assertThatThrownBy(() -> Made.count(5, Duration.ZERO))
                .hasMessage("within must be at least 1ms, but is 0s");
    }

    private CircuitBreaker breaker(int failures) {
        return Made.of(Made.count(failures, WITHIN), context);
    }
}
