package dev.upkeep.breaker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.upkeep.api.breaker.BreakerState;
import dev.upkeep.api.breaker.CircuitBreaker;
import dev.upkeep.api.breaker.Permit;
import dev.upkeep.api.settings.Defaults;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

final class FailureRateTest {
    private final VirtualContext context = new VirtualContext();

    @Test
    @DisplayName("C4 49.5 % does not trip 50 %, and 50 % does")
    void tripsAtExactlyHalf() {
        CircuitBreaker breaker = breaker("1000", 20, 0.5, 1);
        succeed(breaker, 101);
        fail(breaker, 99);
        assertThat(breaker.view().state()).isEqualTo(BreakerState.CLOSED);

        fail(breaker, 1);
        assertThat(breaker.view().state()).isEqualTo(BreakerState.CLOSED);
        fail(breaker, 1);

        assertThat(breaker.view().state()).isEqualTo(BreakerState.OPEN);
        assertThat(breaker.view().reason()).isEqualTo("101 of 202 calls failed");
    }

    @Test
    @DisplayName("C4 below minimumCalls it does not judge, and opens on the call that makes them up")
    void waitsForTheMinimum() {
        CircuitBreaker breaker = breaker("100", 20, 0.5, 1);

        fail(breaker, 19);
        assertThat(breaker.view().state()).isEqualTo(BreakerState.CLOSED);
        fail(breaker, 1);

        assertThat(breaker.view().state()).isEqualTo(BreakerState.OPEN);
    }

    @Test
    @DisplayName("C4 it judges at failures and slow calls only")
    void aFastSuccessIsNotJudged() {
        CircuitBreaker breaker = breaker("100", 20, 0.5, 1);

        fail(breaker, 19);
        succeed(breaker, 1);

        assertThat(breaker.view().state()).isEqualTo(BreakerState.CLOSED);
    }

    @Test
    @DisplayName("C4 a count window of 100 covers the last 100 to 110 calls")
    void theCountWindowForgets() {
        for (int successes = 1; successes <= 40; successes++) {
            CircuitBreaker breaker = breaker("100", 1, 1, 1);
            succeed(breaker, successes);
            int failures = 0;
            while (breaker.view().state() == BreakerState.CLOSED && failures < 200) {
                fail(breaker, 1);
                failures++;
            }

            // With a rate of 1 it opens as soon as the last success is forgotten.
            assertThat(failures).isBetween(100, 109);
            assertThat(breaker.view().reason()).matches("10[0-9] of 10[0-9] calls failed");
        }
    }

    @Test
    void aWindowSmallerThanTheMinimumJudgesOnceItIsFull() {
        CircuitBreaker breaker = breaker("5", 20, 0.5, 1);

        fail(breaker, 4);
        assertThat(breaker.view().state()).isEqualTo(BreakerState.CLOSED);
        fail(breaker, 1);

        assertThat(breaker.view().state()).isEqualTo(BreakerState.OPEN);
    }

    @Test
    @DisplayName("C4 a time window of 60 s forgets after at most 66 s")
    void theTimeWindowForgets() {
        CircuitBreaker breaker = breaker("60s", 20, 0.5, 1);
        fail(breaker, 19);

        context.advance(Duration.ofSeconds(66));
        fail(breaker, 1);
        assertThat(breaker.view().state()).isEqualTo(BreakerState.CLOSED);
        fail(breaker, 18);
        context.advance(Duration.ofSeconds(60));
        fail(breaker, 1);

        assertThat(breaker.view().state()).isEqualTo(BreakerState.OPEN);
        assertThat(breaker.view().reason()).isEqualTo("20 of 20 calls failed");
    }

    @Test
    @DisplayName("C4 slow calls trip it although they succeed")
    void slowCallsTrip() {
        CircuitBreaker breaker = breaker("100", 20, 0.5, 0.8);
        succeed(breaker, 4);
        for (int i = 0; i < 15; i++) {
            slow(breaker);
        }
        assertThat(breaker.view().state()).isEqualTo(BreakerState.CLOSED);

        slow(breaker);

        assertThat(breaker.view().state()).isEqualTo(BreakerState.OPEN);
        assertThat(breaker.view().reason()).isEqualTo("16 of 20 calls were slow");
    }

    @Test
    void slowTrialsOpenItAgain() {
        CircuitBreaker breaker = breaker("100", 1, 0.5, 1);
        fail(breaker, 1);
        context.advance(Duration.ofSeconds(30));

        slow(breaker);
        slow(breaker);
        slow(breaker);

        assertThat(breaker.view().state()).isEqualTo(BreakerState.OPEN);
        assertThat(breaker.view().reason()).isEqualTo("its trials were slow");
    }

    @Test
    @DisplayName("C1 a start takes long to be a success, and is not slow for that: neither counted nor as a trial")
    void startsAreNeverSlow() {
        CircuitBreaker breaker = breaker("100", 1, 0.5, 0.1);
        Duration lease = Duration.ofSeconds(70);

        Permit start = breaker.tryAcquire(lease).orElseThrow();
        context.advance(Duration.ofSeconds(31));
        start.success();
        assertThat(breaker.view().state()).isEqualTo(BreakerState.CLOSED);

        for (boolean byHand : new boolean[]{false, true}) {
            fail(breaker, 1);
            assertThat(breaker.view().state()).isEqualTo(BreakerState.OPEN);
            context.advance(byHand ? Duration.ZERO : Duration.ofSeconds(30));
            Permit first = (byHand ? breaker.tryByHand(lease) : breaker.tryAcquire(lease)).orElseThrow();
            Permit second = breaker.tryAcquire(lease).orElseThrow();
            Permit third = breaker.tryAcquire(lease).orElseThrow();
            context.advance(Duration.ofSeconds(31));
            first.success();
            second.success();
            third.success();
            assertThat(breaker.view().state()).isEqualTo(BreakerState.CLOSED);
        }
    }

    @Test
    void oneFastTrialAmongThreeIsEnoughWhenAllCallsHaveToBeSlow() {
        CircuitBreaker breaker = breaker("100", 1, 0.5, 1);
        fail(breaker, 1);
        context.advance(Duration.ofSeconds(30));

        slow(breaker);
        slow(breaker);
        succeed(breaker, 1);

        assertThat(breaker.view().state()).isEqualTo(BreakerState.CLOSED);
    }

    @Test
    void theDefaultsAreThoseOfTheRules() {
        assertThat(Defaults.of(FailureRateFactory.Settings.class))
                .isEqualTo(new FailureRateFactory.Settings("100", Optional.empty(), 20,
                        0.5, 1.0, Duration.ofSeconds(5), Duration.ofSeconds(30), Duration.ofMinutes(10), 0.2,
                        Optional.empty(),
                        Duration.ofSeconds(60), List.of(), List.of(), InitialState.CLOSED));
    }

    @Test
    void aWindowIsANumberOfCallsOrADuration() {
        assertThat(WindowSize.parse(" 100 ", Optional.empty())).isEqualTo(new WindowSize.Calls(100));
        assertThat(WindowSize.parse("1m30s", Optional.empty()))
                .isEqualTo(new WindowSize.Time(Duration.ofSeconds(90)));
        for (String wrong : new String[]{"", "0", "-1", "ten", "9ms", "12345678", "1.5"}) {
            assertThatThrownBy(() -> breaker(wrong, 20, 0.5, 1)).isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("but is '" + wrong + "'");
        }
        assertThatThrownBy(() -> breaker("100", 20, 0, 1)).hasMessageContaining("failureRate");
        assertThatThrownBy(() -> breaker("100", 0, 1, 1)).hasMessageContaining("minimumCalls");
    }

    private CircuitBreaker breaker(String window, int minimumCalls, double failureRate, double slowCallRate) {
        return new FailureRateFactory().create(
                new FailureRateFactory.Settings(window, Optional.empty(), minimumCalls,
                        failureRate,
                        slowCallRate, Duration.ofSeconds(5), Duration.ofSeconds(30), Duration.ofMinutes(10),
                        0,
                        Optional.empty(), Duration.ofSeconds(60), List.of(), List.of(), InitialState.CLOSED),
                context);
    }

    private void slow(CircuitBreaker breaker) {
        Permit permit = breaker.tryAcquire().orElseThrow();
        context.advance(Duration.ofSeconds(5));
        permit.success();
    }

    private static void succeed(CircuitBreaker breaker, int times) {
        for (int i = 0; i < times; i++) {
            breaker.tryAcquire().orElseThrow().success();
        }
    }

    private static void fail(CircuitBreaker breaker, int times) {
        for (int i = 0; i < times; i++) {
            breaker.tryAcquire().orElseThrow().failure(new IOException("refused"));
        }
    }
}
