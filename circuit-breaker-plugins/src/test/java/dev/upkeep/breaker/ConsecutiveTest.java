package dev.upkeep.breaker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.upkeep.api.breaker.BreakerOpenException;
import dev.upkeep.api.breaker.BreakerState;
import dev.upkeep.api.breaker.CircuitBreaker;
import dev.upkeep.api.breaker.CircuitBreaker.View;
import dev.upkeep.api.breaker.Permit;
import dev.upkeep.api.settings.AllowForever;
import dev.upkeep.api.settings.Defaults;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

final class ConsecutiveTest {
    private static final Duration OPEN_FOR = Duration.ofSeconds(30);
    private final IOException why = new IOException("refused");

    private final VirtualContext context = new VirtualContext();

    @Test
    @DisplayName("C4 it opens on failure number 5, not before")
    void opensOnTheFifthFailure() {
        CircuitBreaker breaker = breaker(5, 1);

        fail(breaker, 4);
        assertThat(breaker.view().state()).isEqualTo(BreakerState.CLOSED);
        fail(breaker, 1);

        assertThat(breaker.view().state()).isEqualTo(BreakerState.OPEN);
        assertThat(breaker.view().reason()).isEqualTo("5 failures in a row");
        assertThat(breaker.tryAcquire()).isEmpty();
    }

    @Test
    void aSuccessBeginsTheCountAnew() {
        CircuitBreaker breaker = breaker(3, 1);

        fail(breaker, 2);
        permit(breaker).success();
        fail(breaker, 2);

        assertThat(breaker.view().state()).isEqualTo(BreakerState.CLOSED);
    }

    @Test
    @DisplayName("C5 an ignored call counts nowhere, and a closed permit is an ignored one")
    void ignoredCallsCountNowhere() {
        CircuitBreaker breaker = breaker(2, 1);

        fail(breaker, 1);
        permit(breaker).ignore();
        permit(breaker).close();
        assertThat(breaker.view().state()).isEqualTo(BreakerState.CLOSED);
        fail(breaker, 1);

        assertThat(breaker.view().state()).isEqualTo(BreakerState.OPEN);
    }

    @Test
    @DisplayName("C2 only the first report on a permit counts")
    void laterReportsDoNothing() {
        CircuitBreaker breaker = breaker(2, 1);
        Permit permit = permit(breaker);

        permit.failure(why);
        permit.failure(why);
        permit.success();
        fail(breaker, 1);

        assertThat(breaker.view().state()).isEqualTo(BreakerState.OPEN);
    }

    @Test
    @DisplayName("C2 a result that comes after a transition changes nothing")
    void lateResultsChangeNothing() {
        CircuitBreaker breaker = breaker(1, 1);
        Permit early = permit(breaker);
        Permit another = permit(breaker);
        fail(breaker, 1);
        View open = breaker.view();

        early.failure(why);
        assertThat(breaker.view()).isEqualTo(open);
        context.advance(OPEN_FOR);
        another.success();

        assertThat(breaker.view().state()).isEqualTo(BreakerState.HALF_OPEN);
    }

    @Test
    @DisplayName("C3 a timer ends the open state, with no traffic")
    void theTimerOpensItHalf() {
        CircuitBreaker breaker = breaker(1, 1);
        fail(breaker, 1);
        assertThat(breaker.view().nextTrialNanos()).contains(context.ticker().nanos() + OPEN_FOR.toNanos());

        context.advance(OPEN_FOR.minusNanos(1));
        assertThat(breaker.view().state()).isEqualTo(BreakerState.OPEN);
        context.advance(Duration.ofNanos(1));

        assertThat(breaker.view().state()).isEqualTo(BreakerState.HALF_OPEN);
        assertThat(breaker.view().nextTrialNanos()).isEmpty();
    }

    @Test
    void aLostTimerDoesNotKeepItOpen() {
        CircuitBreaker breaker = breaker(1, 1);
        context.timersFail = true;
        fail(breaker, 1);
        context.advanceWithoutTimers(OPEN_FOR.minusNanos(1));
        assertThat(breaker.tryAcquire()).isEmpty();

        context.advanceWithoutTimers(Duration.ofNanos(1));
        permit(breaker).success();

        assertThat(breaker.view().state()).isEqualTo(BreakerState.CLOSED);
    }

    @Test
    @DisplayName("C2 a lost timer does not keep it half open either")
    void aLostLeaseDoesNotKeepItHalfOpen() {
        CircuitBreaker breaker = halfOpen(breaker(1, 1));
        context.timersFail = true;
        permit(breaker);
        context.advanceWithoutTimers(Duration.ofSeconds(60).minusNanos(1));
        assertThat(breaker.tryAcquire()).isEmpty();
        assertThat(breaker.view().state()).isEqualTo(BreakerState.HALF_OPEN);

        context.advanceWithoutTimers(Duration.ofNanos(1));
        assertThat(breaker.tryAcquire()).isEmpty();

        assertThat(breaker.view().state()).isEqualTo(BreakerState.OPEN);
        assertThat(breaker.view().reason()).isEqualTo("a trial was not reported in time");
    }

    @Test
    @DisplayName("C6 half open, no more than the trials start, and it closes when all have succeeded")
    void closesWhenAllTrialsSucceeded() {
        CircuitBreaker breaker = halfOpen(breaker(1, 3));
        List<Permit> trials = List.of(permit(breaker), permit(breaker), permit(breaker));
        assertThat(breaker.tryAcquire()).isEmpty();

        trials.get(0).success();
        trials.get(1).success();
        assertThat(breaker.tryAcquire()).isEmpty();
        assertThat(breaker.view().state()).isEqualTo(BreakerState.HALF_OPEN);
        trials.get(2).success();

        assertThat(breaker.view().state()).isEqualTo(BreakerState.CLOSED);
        assertThat(breaker.view().reason()).isEqualTo("3 trials succeeded");
        assertThat(context.pendingTimers()).isZero();
    }

    @Test
    void withoutASettingTheContextSaysHowManyTrialsThereAre() {
        CircuitBreaker breaker = halfOpen(new ConsecutiveFactory()
                .create(settings(1, OPEN_FOR, Optional.empty()), context));

        assertThat(List.of(permit(breaker), permit(breaker), permit(breaker))).hasSize(3);
        assertThat(breaker.tryAcquire()).isEmpty();
    }

    @Test
    @DisplayName("C5 an ignored trial gives its permit back")
    void anIgnoredTrialIsFreeAgain() {
        CircuitBreaker breaker = halfOpen(breaker(1, 1));

        permit(breaker).ignore();
        permit(breaker).success();

        assertThat(breaker.view().state()).isEqualTo(BreakerState.CLOSED);
    }

    @Test
    @DisplayName("C2 half open does not stick when fewer want to try than there are trials")
    void closesWhenNobodyElseWantsToTry() {
        CircuitBreaker breaker = halfOpen(breaker(1, 3));
        Permit first = permit(breaker);
        Permit second = permit(breaker);
        first.success();
        context.advance(Duration.ofSeconds(50));
        second.ignore();

        context.advance(Duration.ofSeconds(59));
        assertThat(breaker.view().state()).isEqualTo(BreakerState.HALF_OPEN);
        context.advance(Duration.ofSeconds(1));

        assertThat(breaker.view().state()).isEqualTo(BreakerState.CLOSED);
        assertThat(breaker.view().reason()).isEqualTo("a trial succeeded");
        assertThat(context.pendingTimers()).isZero();
    }

    @Test
    void aTrialUnderWayKeepsItHalfOpen() {
        CircuitBreaker breaker = halfOpen(breaker(1, 3));
        permit(breaker).success();
        context.advance(Duration.ofSeconds(30));
        Permit late = permit(breaker);

        context.advance(Duration.ofSeconds(59));
        assertThat(breaker.view().state()).isEqualTo(BreakerState.HALF_OPEN);
        late.failure(why);

        assertThat(breaker.view().state()).isEqualTo(BreakerState.OPEN);
    }

    @Test
    @DisplayName("C2 when all trials were given back, those that were refused hear that there are some again")
    void withoutAnySuccessItStaysHalfOpen() {
        CircuitBreaker breaker = halfOpen(breaker(1, 3));
        View before = breaker.view();
        List<View> heard = new ArrayList<>();
        breaker.onChange(heard::add);
        permit(breaker).ignore();

        context.advance(Duration.ofDays(1));

        assertThat(breaker.view().state()).isEqualTo(BreakerState.HALF_OPEN);
        assertThat(heard).as("once").containsExactly(breaker.view());
        assertThat(breaker.view().epoch()).isEqualTo(before.epoch() + 1);
        assertThat(List.of(permit(breaker), permit(breaker), permit(breaker))).hasSize(3);
    }

    @Test
    @DisplayName("C2 a trial that is not reported in time is a failure")
    void anUnreportedTrialFails() {
        CircuitBreaker breaker = halfOpen(breaker(1, 2));
        Permit forgotten = permit(breaker);

        context.advance(Duration.ofSeconds(59));
        assertThat(breaker.view().state()).isEqualTo(BreakerState.HALF_OPEN);
        context.advance(Duration.ofSeconds(1));
        assertThat(breaker.view().state()).isEqualTo(BreakerState.OPEN);
        assertThat(breaker.view().reason()).isEqualTo("a trial was not reported in time");
        View open = breaker.view();
        forgotten.success();

        assertThat(breaker.view()).isEqualTo(open);
    }

    @Test
    @DisplayName("C3 the open time doubles with each failed trial, up to the limit")
    void theLadderGoesUp() {
        CircuitBreaker breaker = breaker(1, 1);
        fail(breaker, 1);

        List<Long> seconds = new ArrayList<>();
        for (int i = 0; i < 7; i++) {
            Duration open = openTime(breaker);
            seconds.add(open.toSeconds());
            context.advance(open);
            fail(breaker, 1);
        }

        assertThat(seconds).containsExactly(30L, 60L, 120L, 240L, 480L, 600L, 600L);
    }

    @Test
    @DisplayName("C3 the ladder comes down one step per open time of health, not all at once")
    void theLadderComesDownStepByStep() {
        CircuitBreaker breaker = breaker(1, 1);
        fail(breaker, 1);
        for (int i = 0; i < 2; i++) {
            context.advance(openTime(breaker));
            fail(breaker, 1);
        }
        assertThat(openTime(breaker)).hasSeconds(120);
        context.advance(Duration.ofMinutes(2));
        permit(breaker).success();

        context.advance(Duration.ofMinutes(2));
        fail(breaker, 1);

        assertThat(openTime(breaker)).hasSeconds(120);
    }

    @Test
    @DisplayName("C3 a breaker that is healthy for long begins at the first step again")
    void longHealthForgetsTheLadder() {
        CircuitBreaker breaker = halfOpen(breaker(1, 1));
        permit(breaker).success();
        context.advance(OPEN_FOR.minusNanos(1));
        fail(breaker, 1);
        assertThat(openTime(breaker)).hasSeconds(60);
        context.advance(Duration.ofSeconds(60));
        permit(breaker).success();

        context.advance(Duration.ofSeconds(90));
        fail(breaker, 1);

        assertThat(openTime(breaker)).hasSeconds(30);
    }

    @Test
    @DisplayName("C3, K2 jitter only shortens the open time")
    void jitterShortensTheOpenTime() {
        for (int i = 0; i < 200; i++) {
            CircuitBreaker breaker = new ConsecutiveFactory().create(
                    new ConsecutiveFactory.Settings(1, OPEN_FOR, OPEN_FOR, 0.2, Optional.of(1), OPEN_FOR,
                            List.of(), List.of(), InitialState.CLOSED),
                    context);
            fail(breaker, 1);

            assertThat(openTime(breaker)).isBetween(Duration.ofSeconds(24), OPEN_FOR);
        }
    }

    @Test
    @DisplayName("C3 openFor forever has no timer and waits for a person")
    void foreverWaitsForAPerson() {
        CircuitBreaker breaker = new ConsecutiveFactory()
                .create(settings(1, AllowForever.FOREVER, Optional.of(1)), context);
        fail(breaker, 1);

        context.advance(Duration.ofDays(3650));
        assertThat(breaker.tryAcquire()).isEmpty();
        assertThat(breaker.view().nextTrialNanos()).isEmpty();
        assertThat(context.pendingTimers()).isZero();
        breaker.reset();

        assertThat(breaker.view().state()).isEqualTo(BreakerState.CLOSED);
        assertThat(breaker.tryAcquire()).isPresent();
    }

    @Test
    void resetForgetsCountsAndTheLadder() {
        CircuitBreaker breaker = breaker(2, 1);
        fail(breaker, 1);
        breaker.reset();
        fail(breaker, 1);
        assertThat(breaker.view().epoch()).isZero();
        fail(breaker, 1);
        context.advance(openTime(breaker));
        fail(breaker, 1);
        assertThat(openTime(breaker)).hasSeconds(60);

        breaker.reset();
        assertThat(context.pendingTimers()).isZero();
        fail(breaker, 2);

        assertThat(openTime(breaker)).hasSeconds(30);
    }

    @Test
    void aClosedDownBreakerLetsEverythingThroughAndHasNoTimers() {
        CircuitBreaker breaker = breaker(1, 1);
        fail(breaker, 1);

        breaker.close();
        breaker.close();
        fail(breaker, 9);
        breaker.reset();

        assertThat(breaker.view().state()).isEqualTo(BreakerState.DISABLED);
        assertThat(breaker.tryAcquire()).isPresent();
        assertThat(context.pendingTimers()).isZero();
    }

    @Test
    void closingDownEndsTheLeasesOfTrials() {
        CircuitBreaker breaker = halfOpen(breaker(1, 2));
        permit(breaker);
        permit(breaker);
        assertThat(context.pendingTimers()).isEqualTo(2);

        breaker.close();

        assertThat(context.pendingTimers()).isZero();
    }

    @Test
    @DisplayName("C9 listeners hear every change in order, and one that throws disturbs nobody")
    void listenersHearEveryChangeInOrder() {
        Deque<Runnable> tasks = new ArrayDeque<>();
        context.listeners = tasks::add;
        CircuitBreaker breaker = breaker(1, 1);
        List<String> heard = new ArrayList<>();
        breaker.onChange(view -> {
            throw new IllegalStateException("deaf");
        });
        breaker.onChange(view -> heard.add(view.epoch() + " " + view.state()));

        fail(breaker, 1);
        context.advance(OPEN_FOR);
        permit(breaker).success();
        assertThat(heard).isEmpty();
        // The executor may well run them in another order than the changes had.
        while (!tasks.isEmpty()) {
            tasks.removeLast().run();
        }

        assertThat(heard).containsExactly("1 OPEN", "2 HALF_OPEN", "3 CLOSED");
    }

    @Test
    void aListenerMayChangeTheBreakerItHears() {
        CircuitBreaker breaker = breaker(1, 1);
        List<BreakerState> heard = new ArrayList<>();
        breaker.onChange(view -> {
            if (view.state() == BreakerState.OPEN) {
                breaker.reset();
            }
        });
        breaker.onChange(view -> heard.add(view.state()));

        fail(breaker, 1);

        assertThat(heard).containsExactly(BreakerState.OPEN, BreakerState.CLOSED);
    }

    @Test
    @DisplayName("C1 a call counts what it throws, and is refused without a stack trace when open")
    void callsGoThroughTheBreaker() throws Exception {
        CircuitBreaker breaker = breaker(1, 1);
        assertThat(breaker.<Integer>call(() -> 7)).isEqualTo(7);

        assertThatThrownBy(() -> breaker.call(() -> {
            throw why;
        })).isSameAs(why);
        assertThatThrownBy(() -> breaker.call(() -> 8)).isInstanceOf(BreakerOpenException.class)
                .hasMessage("breaker 'db' is open: a failure")
                .satisfies(e -> assertThat(e.getStackTrace()).isEmpty());
        context.advance(OPEN_FOR);
        assertThat(breaker.<Integer>call(() -> 9)).isEqualTo(9);

        assertThat(breaker.view().state()).isEqualTo(BreakerState.CLOSED);
    }

    @Test
    void theDefaultsAreThoseOfTheRules() {
        assertThat(Defaults.of(ConsecutiveFactory.Settings.class))
                .isEqualTo(new ConsecutiveFactory.Settings(5,
                        Duration.ofSeconds(30), Duration.ofMinutes(10), 0.2, Optional.empty(),
                        Duration.ofSeconds(60), List.of(), List.of(), InitialState.CLOSED));
    }

    @Test
    void settingsThatContradictEachOtherAreRefusedNamingTheValue() {
        assertThatThrownBy(() -> settings(0, OPEN_FOR, Optional.empty())).hasMessageContaining("failures");
        assertThatThrownBy(() -> settings(1, Duration.ofHours(1), Optional.empty()))
                .hasMessage("maxOpenFor must not be shorter than openFor, 1h, but is 10m");
        assertThatThrownBy(() -> settings(1, Duration.ZERO, Optional.empty()))
                .hasMessageContaining("openFor");
        assertThatThrownBy(() -> settings(1, OPEN_FOR, Optional.of(0))).hasMessageContaining("trials");
    }

    private CircuitBreaker breaker(int failures, int trials) {
        return new ConsecutiveFactory().create(settings(failures, OPEN_FOR, Optional.of(trials)), context);
    }

    private static ConsecutiveFactory.Settings settings(
            int failures,
            Duration openFor,
            Optional<Integer> trials) {
        return new ConsecutiveFactory.Settings(failures, openFor, Duration.ofMinutes(10), 0, trials,
                Duration.ofSeconds(60), List.of(), List.of(), InitialState.CLOSED);
    }

    private CircuitBreaker halfOpen(CircuitBreaker breaker) {
        fail(breaker, 1);
        context.advance(openTime(breaker));
        assertThat(breaker.view().state()).isEqualTo(BreakerState.HALF_OPEN);
        return breaker;
    }

    private Duration openTime(CircuitBreaker breaker) {
        assertThat(breaker.view().state()).isEqualTo(BreakerState.OPEN);
        return Duration.ofNanos(breaker.view().nextTrialNanos().orElseThrow() - context.ticker().nanos());
    }

    private static Permit permit(CircuitBreaker breaker) {
        return breaker.tryAcquire().orElseThrow();
    }

    private void fail(CircuitBreaker breaker, int times) {
        for (int i = 0; i < times; i++) {
            permit(breaker).failure(why);
        }
    }
}
