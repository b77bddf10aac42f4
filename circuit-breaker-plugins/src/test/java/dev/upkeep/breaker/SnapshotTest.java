package dev.upkeep.breaker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.upkeep.api.breaker.BreakerState;
import dev.upkeep.api.breaker.CircuitBreaker;
import dev.upkeep.api.breaker.CircuitBreaker.Snapshot;
import dev.upkeep.api.breaker.Permit;
import dev.upkeep.api.settings.AllowForever;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** C8: what survives the supervisor, and settings that change in place. */
final class SnapshotTest {
    private final VirtualContext context = new VirtualContext();

    @Test
    @DisplayName("C8 an open breaker is still open after the supervisor was restarted, for what is left of its time")
    void openStaysOpen() {
        CircuitBreaker before = opened();
        context.advance(Duration.ofSeconds(10));
        Snapshot snapshot = before.snapshot().orElseThrow();
        assertThat(snapshot).isEqualTo(new Snapshot(BreakerState.OPEN, 0,
                Optional.of(Duration.ofSeconds(20)), "a failure"));
        before.close();
        CircuitBreaker after = Made.of(Made.consecutive(1, 1), context);
        List<String> heard = new ArrayList<>();
        after.onChange(view -> heard.add(view.epoch() + " " + view.state()));

        after.restore(snapshot.after(Duration.ofSeconds(5)));

        assertThat(after.view().state()).isEqualTo(BreakerState.OPEN);
        assertThat(after.view().reason()).isEqualTo("a failure");
        context.advance(Duration.ofSeconds(15).minusNanos(1));
        assertThat(after.tryAcquire()).isEmpty();
        context.advance(Duration.ofNanos(1));
        assertThat(after.view().state()).isEqualTo(BreakerState.HALF_OPEN);
        assertThat(heard).containsExactly("1 OPEN", "2 HALF_OPEN");
    }

    @Test
    @DisplayName("C8 a half-open breaker is kept as open with its trial due, and its step survives")
    void halfOpenIsDueAtOnce() {
        CircuitBreaker before = opened();
        context.advance(Made.OPEN_FOR);
        Made.fail(before, 1);
        context.advance(Made.OPEN_FOR.multipliedBy(2));
        assertThat(before.view().state()).isEqualTo(BreakerState.HALF_OPEN);
        Snapshot snapshot = before.snapshot().orElseThrow();
        assertThat(snapshot).isEqualTo(
                new Snapshot(BreakerState.OPEN, 1, Optional.of(Duration.ZERO), "a trial failed"));

        CircuitBreaker after = Made.of(Made.consecutive(1, 1), context);
        after.restore(snapshot);
        Made.fail(after, 1);

        assertThat(after.snapshot().orElseThrow().untilTrial()).contains(Made.OPEN_FOR.multipliedBy(4));
    }

    @Test
    @DisplayName("C8 a closed breaker keeps its place on the ladder, less what health has led down")
    void closedKeepsItsStep() {
        CircuitBreaker before = opened();
        context.advance(Made.OPEN_FOR);
        Made.fail(before, 1);
        context.advance(Made.OPEN_FOR.multipliedBy(2));
        Made.succeed(before, 1);
        assertThat(before.snapshot().orElseThrow().step()).isEqualTo(2);
        context.advance(Made.OPEN_FOR.multipliedBy(2));
        Snapshot snapshot = before.snapshot().orElseThrow();
        assertThat(snapshot.step()).isEqualTo(1);
        CircuitBreaker after = Made.of(Made.consecutive(1, 1), context);

        after.restore(snapshot);

        assertThat(after.view().epoch()).isZero();
        Made.fail(after, 1);
        assertThat(after.snapshot().orElseThrow().untilTrial()).contains(Made.OPEN_FOR.multipliedBy(2));
    }

    @Test
    @DisplayName("C8 what a person said survives, with its reason, and goes before what is configured")
    void forcedStatesSurvive() {
        for (BreakerState state : List.of(BreakerState.FORCED_OPEN, BreakerState.DISABLED,
                BreakerState.METRICS_ONLY)) {
            CircuitBreaker before = opened();
            before.force(state, "because");
            for (InitialState initial : InitialState.values()) {
                CircuitBreaker after = Made.of(Made.beginningAs(initial), context);

                after.restore(before.snapshot().orElseThrow());

                assertThat(after.view().state()).isEqualTo(state);
                assertThat(after.snapshot().map(Snapshot::state)).contains(state);
            }
        }
        CircuitBreaker forced = Made.of(Made.beginningAs(InitialState.FORCED_OPEN), context);
        forced.restore(new Snapshot(BreakerState.CLOSED, 0, Optional.empty(), "a person closed it"));
        assertThat(forced.view().reason()).isEqualTo("a person closed it");
        assertThat(forced.tryAcquire()).isPresent();
    }

    @Test
    @DisplayName("C8 one that waits for a person waits on")
    void waitingForAPersonSurvives() {
        CircuitBreaker before = Made.of(Made.consecutive(1, 1, AllowForever.FOREVER), context);
        Made.fail(before, 1);
        CircuitBreaker after = Made.of(Made.consecutive(1, 1, AllowForever.FOREVER), context);

        after.restore(before.snapshot().orElseThrow());
        context.advance(Duration.ofDays(365));

        assertThat(after.view().state()).isEqualTo(BreakerState.OPEN);
        assertThat(context.pendingTimers()).isZero();
    }

    @Test
    @DisplayName("C3, C8 one that waits for a person comes back by itself once its settings say so")
    void waitingForAPersonEndsWithTheSettings() {
        CircuitBreaker breaker = Made.of(Made.consecutive(1, 1, AllowForever.FOREVER), context);
        Made.fail(breaker, 1);
        CircuitBreaker restored = Made.of(Made.consecutive(1, 1), context);

        restored.restore(breaker.snapshot().orElseThrow());
        new ConsecutiveFactory().change(breaker, Made.consecutive(1, 1));

        for (CircuitBreaker each : List.of(breaker, restored)) {
            assertThat(each.view().state()).isEqualTo(BreakerState.OPEN);
            assertThat(each.view().reason()).isEqualTo("a failure");
            assertThat(each.snapshot().orElseThrow().untilTrial()).contains(Made.OPEN_FOR);
        }
        context.advance(Made.OPEN_FOR);
        assertThat(breaker.view().state()).isEqualTo(BreakerState.HALF_OPEN);
        assertThat(restored.view().state()).isEqualTo(BreakerState.HALF_OPEN);
    }

    @Test
    void aSnapshotThatClaimsAnythingIsTaken() {
        CircuitBreaker breaker = Made.of(Made.consecutive(1, 1), context);

        breaker.restore(new Snapshot(BreakerState.CLOSED, Integer.MAX_VALUE, Optional.empty(), ""));
        context.advance(Duration.ofDays(10_000));
        assertThat(breaker.snapshot().orElseThrow().step()).isZero();
        breaker.restore(new Snapshot(BreakerState.OPEN, Integer.MAX_VALUE,
                Optional.of(AllowForever.FOREVER), ""));
        context.advance(Duration.ofDays(10_000));

        assertThat(breaker.view().state()).isEqualTo(BreakerState.OPEN);
    }

    @Test
    @DisplayName("C8 other settings keep an open breaker open, its timer and its place on the ladder")
    void changedWhileOpen() {
        CircuitBreaker breaker = opened();
        long due = breaker.view().nextTrialNanos().orElseThrow();
        List<BreakerState> heard = new ArrayList<>();
        breaker.onChange(view -> heard.add(view.state()));

        assertThat(new ConsecutiveFactory().change(breaker, Made.consecutive(3, 2, Duration.ofSeconds(7))))
                .isTrue();

        assertThat(breaker.view().nextTrialNanos()).contains(due);
        context.advance(Made.OPEN_FOR);
        Permit first = Made.permit(breaker);
        first.success();
        assertThat(breaker.view().state()).isEqualTo(BreakerState.HALF_OPEN);
        Made.fail(breaker, 1);
        assertThat(breaker.snapshot().orElseThrow().untilTrial()).contains(Duration.ofSeconds(14));
        assertThat(heard).containsExactly(BreakerState.HALF_OPEN, BreakerState.OPEN);
    }

    @Test
    @DisplayName("C8 other settings keep permits and trials as they are out")
    void changedWithTrialsOut() {
        CircuitBreaker breaker = opened();
        context.advance(Made.OPEN_FOR);
        Permit trial = Made.permit(breaker);

        new ConsecutiveFactory().change(breaker, Made.consecutive(2, 5));
        trial.success();

        assertThat(breaker.view().state()).isEqualTo(BreakerState.CLOSED);
        Permit permit = Made.permit(breaker);
        Made.fail(breaker, 1);
        new ConsecutiveFactory().change(breaker, Made.consecutive(3, 5));
        permit.failure(null);
        assertThat(breaker.view().state()).isEqualTo(BreakerState.CLOSED);
        Made.fail(breaker, 1);
        assertThat(breaker.view().state()).isEqualTo(BreakerState.OPEN);
    }

    @Test
    @DisplayName("C8 counts stay if the window is the same, and go if it is another")
    void changedCounts() {
        for (String window : List.of("100", "60s")) {
            CircuitBreaker breaker = Made.of(Made.rate(window, 100, 1), context);
            Made.succeed(breaker, 5);
            Made.fail(breaker, 5);

            new FailureRateFactory().change(breaker, Made.rate(window, 10, 0.5));
            assertThat(breaker.view().state()).isEqualTo(BreakerState.CLOSED);
            Made.fail(breaker, 1);
            assertThat(breaker.view().reason()).isEqualTo("6 of 11 calls failed");

            breaker.reset();
            Made.fail(breaker, 5);
            new FailureRateFactory().change(breaker, Made.rate("200", 6, 0.5));
            Made.fail(breaker, 5);
            assertThat(breaker.view().state()).isEqualTo(BreakerState.CLOSED);
        }
    }

    @Test
    void aBreakerOfAnotherTypeIsChangedToThisOnesRuleAndAStrangerIsNot() {
        CircuitBreaker breaker = Made.of(Made.consecutive(2, 1), context);

        assertThat(new CountFactory().change(breaker, Made.count(1, Duration.ofSeconds(1)))).isTrue();
        Made.fail(breaker, 1);

        assertThat(breaker.view().state()).isEqualTo(BreakerState.OPEN);
    }

    private CircuitBreaker opened() {
        CircuitBreaker breaker = Made.of(Made.consecutive(1, 1), context);
        Made.fail(breaker, 1);
        return breaker;
    }
}
