package dev.upkeep.breaker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.upkeep.api.breaker.BreakerState;
import dev.upkeep.api.breaker.CircuitBreaker;
import dev.upkeep.api.breaker.Permit;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** While calls come quickly, a timer stands in for the second time stamp; what is counted must be the same. */
final class StopwatchTest {
    private static final Duration SLOW = Duration.ofSeconds(5);
    private static final int QUICK = Stopwatch.WORTH_A_TIMER;

    private final VirtualContext context = new VirtualContext();

    @Test
    void aTimerRunsWhileCallsComeQuicklyAndNoLonger() {
        CircuitBreaker breaker = breaker("100");
        Made.succeed(breaker, QUICK - 1);
        assertThat(context.pendingTimers()).isZero();

        Made.succeed(breaker, 1);
        assertThat(context.pendingTimers()).isEqualTo(1);
        for (int i = 0; i < 100; i++) {
            context.advance(SLOW.dividedBy(5));
            Made.succeed(breaker, 1);
            assertThat(context.pendingTimers()).isEqualTo(1);
        }
        context.advance(SLOW);

        assertThat(context.pendingTimers()).isZero();
    }

    @Test
    void callsThatComeSlowlyAreWorthNoTimer() {
        CircuitBreaker breaker = breaker("100");

        for (int i = 0; i < 10 * QUICK; i++) {
            context.advance(Duration.ofMillis(2));
            Made.succeed(breaker, 1);
        }

        assertThat(context.pendingTimers()).isZero();
    }

    @Test
    @DisplayName("C4 with the timer a call is slow from slowCall on, and not a nanosecond before, wherever it began")
    void theTimerTellsSlowCallsExactly() {
        for (String window : List.of("1", "60s")) {
            for (int i = 0; i < 200; i++) {
                CircuitBreaker breaker = breaker(window);
                Made.succeed(breaker, QUICK);
                context.advance(Duration.ofNanos(i * 6_123_457L));
                Made.succeed(breaker, 1);
                Permit fast = Made.permit(breaker);
                Permit slow = Made.permit(breaker);

                // Some calls come all the time, or the timer would rest.
                for (int part = 0; part < 10; part++) {
                    context.advance(SLOW.dividedBy(10).minusNanos(part == 9 ? 1 : 0));
                    Made.succeed(breaker, window.equals("1") ? 2 : QUICK);
                }
                fast.success();
                assertThat(breaker.view().state()).isEqualTo(BreakerState.CLOSED);
                context.advance(Duration.ofNanos(1));
                slow.success();

                assertThat(breaker.view().reason()).as(window + " " + i)
                        .matches("1 of \\d+ calls were slow");
                breaker.close();
            }
        }
    }

    @Test
    void aLostTimerTellsNothingWrongOfCallsThatBeginLater() {
        CircuitBreaker breaker = Made.of(settings("1"), context);
        Made.succeed(breaker, QUICK);
        assertThat(context.pendingTimers()).isEqualTo(1);

        context.advanceWithoutTimers(SLOW.dividedBy(2).plusNanos(1));
        Permit slow = Made.permit(breaker);
        context.advanceWithoutTimers(SLOW);
        slow.success();

        assertThat(breaker.view().reason()).isEqualTo("1 of 1 calls were slow");
    }

    @Test
    void withoutTimersItMeasures() {
        context.timersFail = true;
        CircuitBreaker breaker = Made.of(settings("1"), context);
        Made.succeed(breaker, 3 * QUICK);

        Permit slow = Made.permit(breaker);
        context.advanceWithoutTimers(SLOW);
        slow.success();

        assertThat(breaker.view().reason()).isEqualTo("1 of 1 calls were slow");
    }

    @Test
    void whatIsTooShortForATimerIsMeasured() {
        CircuitBreaker breaker = Made.of(settings("1", Duration.ofMillis(99)), context);

        Made.succeed(breaker, 3 * QUICK);

        assertThat(context.pendingTimers()).isZero();
    }

    @Test
    void theTimerEndsWithTheStay() {
        for (BreakerState state : List.of(BreakerState.FORCED_OPEN, BreakerState.CLOSED)) {
            CircuitBreaker breaker = breaker("100");
            Made.succeed(breaker, QUICK);
            assertThat(context.pendingTimers()).isEqualTo(1);

            breaker.force(state, "");

            assertThat(context.pendingTimers()).isZero();
        }
    }

    @Test
    @DisplayName("C4 with the timer a window of time turns where it does without")
    void theWindowTurnsOnTime() {
        Random random = new Random(3);
        for (int round = 0; round < 40; round++) {
            VirtualContext without = new VirtualContext();
            without.timersFail = true;
            CircuitBreaker quick = breaker("60s");
            CircuitBreaker measured = Made.of(settings("60s"), without);
            for (int i = 0; i < 130 + round; i++) {
                Duration pause = Duration.ofNanos(random.nextLong(Duration.ofMillis(1_200).toNanos()));
                Made.succeed(quick, QUICK + i);
                Made.succeed(measured, QUICK + i);
                context.advance(pause);
                without.advance(pause);
            }
            Made.fail(quick, 1);
            Made.fail(measured, 1);

            assertThat(quick.view().reason()).matches("1 of \\d+ calls failed")
                    .isEqualTo(measured.view().reason());
        }
    }

    private CircuitBreaker breaker(String window) {
        return Made.of(settings(window), context);
    }

    private static FailureRateFactory.Settings settings(String window) {
        return settings(window, SLOW);
    }

    /** One failure, or one slow call, is enough, and the reason tells how many calls were in the window. */
    private static FailureRateFactory.Settings settings(String window, Duration slowCall) {
        return new FailureRateFactory.Settings(window, Optional.empty(), 1, 0.000_001, 0.000_001, slowCall,
                Made.OPEN_FOR, Made.OPEN_FOR, 0, Optional.of(1), SLOW, List.of(), List.of(),
                InitialState.CLOSED);
    }
}
