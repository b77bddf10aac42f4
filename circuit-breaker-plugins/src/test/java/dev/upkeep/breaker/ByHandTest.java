package dev.upkeep.breaker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.upkeep.api.breaker.BreakerOpenException;
import dev.upkeep.api.breaker.BreakerState;
import dev.upkeep.api.breaker.CircuitBreaker;
import dev.upkeep.api.breaker.Permit;
import dev.upkeep.api.settings.AllowForever;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What a person may say to a breaker, and leases that somebody asks for. */
final class ByHandTest {
    private static final Duration LEASE = Duration.ofMinutes(5);

    private final VirtualContext context = new VirtualContext();

    @Test
    @DisplayName("C2 a trial has the lease that was asked for")
    void aLeaseOfItsOwn() {
        CircuitBreaker breaker = open(Made.consecutive(1, 1));
        context.advance(Made.OPEN_FOR);
        assertThat(breaker.tryAcquire(LEASE)).isPresent();

        context.advance(LEASE.minusNanos(1));
        assertThat(breaker.view().state()).isEqualTo(BreakerState.HALF_OPEN);
        context.advance(Duration.ofNanos(1));

        assertThat(breaker.view().state()).isEqualTo(BreakerState.OPEN);
        assertThat(breaker.view().reason()).isEqualTo("a trial was not reported in time");
    }

    @Test
    @DisplayName("C2 by hand an open breaker goes over to its trials at once, and that is the first of them")
    void theFirstTrialByHand() {
        CircuitBreaker breaker = open(Made.consecutive(1, 2));

        Permit first = breaker.tryByHand(LEASE).orElseThrow();

        assertThat(breaker.view().state()).isEqualTo(BreakerState.HALF_OPEN);
        assertThat(breaker.view().reason()).isEqualTo("a person tries");
        Permit second = breaker.tryByHand(LEASE).orElseThrow();
        assertThat(breaker.tryByHand(LEASE)).isEmpty();
        first.success();
        second.success();
        assertThat(breaker.view().state()).isEqualTo(BreakerState.CLOSED);
        assertThat(context.pendingTimers()).isZero();
    }

    @Test
    void aTrialByHandIsLeasedToo() {
        CircuitBreaker breaker = open(Made.consecutive(1, 1));
        breaker.tryByHand(LEASE);

        context.advance(LEASE);

        assertThat(breaker.view().state()).isEqualTo(BreakerState.OPEN);
        assertThat(breaker.view().nextTrialNanos())
                .contains(context.ticker().nanos() + Duration.ofSeconds(60).toNanos());
    }

    @Test
    void byHandEvenABreakerThatWaitsForAPersonIsTried() {
        CircuitBreaker breaker = open(Made.consecutive(1, 1, AllowForever.FOREVER));

        breaker.tryByHand(LEASE).orElseThrow().success();

        assertThat(breaker.view().state()).isEqualTo(BreakerState.CLOSED);
    }

    @Test
    void byHandAClosedBreakerCountsAsUsual() {
        CircuitBreaker breaker = Made.of(Made.consecutive(1, 1), context);

        breaker.tryByHand(LEASE).orElseThrow().failure(null);

        assertThat(breaker.view().state()).isEqualTo(BreakerState.OPEN);
    }

    @Test
    @DisplayName("C1 forced open it refuses everything, a person too, until it is reset")
    void forcedOpen() {
        CircuitBreaker breaker = Made.of(Made.consecutive(1, 1), context);
        Permit before = Made.permit(breaker);

        breaker.force(BreakerState.FORCED_OPEN, "maintenance until 6");
        before.failure(null);
        context.advance(Duration.ofDays(365));

        assertThat(breaker.view().state()).isEqualTo(BreakerState.FORCED_OPEN);
        assertThat(breaker.view().nextTrialNanos()).isEmpty();
        assertThat(breaker.tryAcquire()).isEmpty();
        assertThat(breaker.tryByHand(LEASE)).isEmpty();
        assertThatThrownBy(() -> breaker.call(() -> 1)).isInstanceOf(BreakerOpenException.class)
                .hasMessage("breaker 'db' is forced-open: maintenance until 6");
        assertThat(context.pendingTimers()).isZero();
        breaker.reset();
        assertThat(breaker.view().state()).isEqualTo(BreakerState.CLOSED);
        Made.succeed(breaker, 1);
    }

    @Test
    @DisplayName("C1 disabled it lets everything through and counts nothing")
    void disabled() {
        CircuitBreaker breaker = open(Made.consecutive(1, 1));

        breaker.force(BreakerState.DISABLED, "not now");
        Made.fail(breaker, 100);

        assertThat(breaker.view().state()).isEqualTo(BreakerState.DISABLED);
        assertThat(context.pendingTimers()).isZero();
        breaker.force(BreakerState.CLOSED, "now");
        assertThat(breaker.view().reason()).isEqualTo("now");
        Made.fail(breaker, 1);
        assertThat(breaker.view().state()).isEqualTo(BreakerState.OPEN);
    }

    @Test
    @DisplayName("C1 for its metrics only it lets everything through, counts, and never opens")
    void metricsOnly() throws Exception {
        CircuitBreaker breaker = Made.of(Made.consecutive(1, 1), context);

        breaker.force(BreakerState.METRICS_ONLY, "to see");
        Made.fail(breaker, 100);

        assertThat(breaker.<Integer>call(() -> 3)).isEqualTo(3);
        assertThat(breaker.view().state()).isEqualTo(BreakerState.METRICS_ONLY);
        assertThat(breaker.view().reason()).isEqualTo("to see");
        breaker.reset();
        assertThat(breaker.view().state()).isEqualTo(BreakerState.CLOSED);
        Made.fail(breaker, 1);
        assertThat(breaker.view().state()).isEqualTo(BreakerState.OPEN);
    }

    @Test
    @DisplayName("C9 a word that changes nothing is no change of state")
    void theSameWordTwiceIsOneChange() {
        CircuitBreaker breaker = Made.of(Made.consecutive(1, 1), context);
        List<Long> epochs = new ArrayList<>();
        breaker.onChange(view -> epochs.add(view.epoch()));

        breaker.force(BreakerState.CLOSED, "as it is");
        breaker.force(BreakerState.DISABLED, "one");
        breaker.force(BreakerState.DISABLED, "two");
        breaker.reset();
        breaker.reset();

        assertThat(epochs).containsExactly(1L, 2L);
    }

    @Test
    void aBreakerComesToBeOpenByItself() {
        CircuitBreaker breaker = Made.of(Made.consecutive(1, 1), context);

        for (BreakerState state : List.of(BreakerState.OPEN, BreakerState.HALF_OPEN)) {
            assertThatThrownBy(() -> breaker.force(state, "")).isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("'db' cannot be forced into " + state);
        }
    }

    @Test
    void noWordReachesABreakerThatHasEnded() {
        CircuitBreaker breaker = Made.of(Made.consecutive(1, 1), context);
        breaker.close();

        breaker.force(BreakerState.FORCED_OPEN, "too late");

        assertThat(breaker.view().state()).isEqualTo(BreakerState.DISABLED);
        assertThat(breaker.tryAcquire()).isPresent();
        assertThat(breaker.snapshot()).isEmpty();
    }

    @Test
    @DisplayName("C1 it begins in the state that is configured")
    void initialStates() {
        for (InitialState state : InitialState.values()) {
            CircuitBreaker breaker = Made.of(Made.beginningAs(state), context);

            assertThat(breaker.view().state()).hasToString(state.name());
            assertThat(breaker.view().epoch()).isZero();
            assertThat(breaker.tryAcquire().isPresent()).isEqualTo(state != InitialState.FORCED_OPEN);
        }
    }

    @Test
    @DisplayName("C9 a listener that was taken back hears nothing more, and one that throws an Error disturbs nobody")
    void listenersComeAndGo() {
        CircuitBreaker breaker = Made.of(Made.consecutive(1, 1), context);
        List<BreakerState> heard = new ArrayList<>();
        List<BreakerState> longer = new ArrayList<>();
        var first = breaker.onChange(view -> heard.add(view.state()));
        breaker.onChange(view -> {
            throw new LinkageError("half a plugin");
        });
        breaker.onChange(view -> longer.add(view.state()));

        Made.fail(breaker, 1);
        first.cancel();
        breaker.reset();

        assertThat(heard).containsExactly(BreakerState.OPEN);
        assertThat(longer).containsExactly(BreakerState.OPEN, BreakerState.CLOSED);
    }

    private CircuitBreaker open(ConsecutiveFactory.Settings settings) {
        CircuitBreaker breaker = Made.of(settings, context);
        Made.fail(breaker, 1);
        assertThat(breaker.view().state()).isEqualTo(BreakerState.OPEN);
        return breaker;
    }
}
