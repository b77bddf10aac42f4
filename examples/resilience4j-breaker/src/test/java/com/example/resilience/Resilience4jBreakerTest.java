package com.example.resilience;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.upkeep.api.breaker.BreakerOpenException;
import dev.upkeep.api.breaker.BreakerState;
import dev.upkeep.api.breaker.CircuitBreaker;
import dev.upkeep.api.breaker.CircuitBreaker.View;
import dev.upkeep.api.breaker.Permit;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig.SlidingWindowType;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class Resilience4jBreakerTest {
    private static final Duration WAIT = Duration.ofSeconds(10);
    private static final Duration LEASE = Duration.ofSeconds(3);

    private final TestContext context = new TestContext();
    private final CircuitBreaker breaker = breaker();

    private CircuitBreaker breaker() {
        return new Resilience4jFactory().create(new Resilience4jFactory.Settings(50, 100, Duration.ofSeconds(60),
                SlidingWindowType.COUNT_BASED, 4, 4, WAIT, Optional.empty(), LEASE), context);
    }

    private void fails(int times) {
        for (int i = 0; i < times; i++) {
            assertThrows(IOException.class, () -> breaker.call(() -> {
                throw new IOException("refused");
            }));
        }
    }

    private void open() {
        fails(4);
        assertEquals(BreakerState.OPEN, breaker.view().state());
    }

    @Test
    void opensByResilience4jsRuleRefusesAndClosesByATrialOnceItsTimeIsOver() throws Exception {
        assertEquals("fine", breaker.call(() -> "fine"));
        fails(3);

        View view = breaker.view();
        assertEquals(BreakerState.OPEN, view.state());
        assertEquals("75.0 % failed and 0.0 % were slow of 4 calls", view.reason());
        assertEquals(Optional.of(context.ticker().nanos() + WAIT.toNanos()), view.nextTrialNanos());
        assertThrows(BreakerOpenException.class, () -> breaker.call(() -> "never"));
        context.advance(WAIT);
        assertEquals(BreakerState.HALF_OPEN, breaker.view().state(), "without anybody asking");
        assertEquals("fine", breaker.call(() -> "fine"));
        assertEquals(BreakerState.CLOSED, breaker.view().state());
        assertEquals(3, breaker.view().epoch());
    }

    @Test
    void aTrialThatFailsOpensItAgain() {
        open();
        context.advance(WAIT);

        fails(1);

        assertEquals(BreakerState.OPEN, breaker.view().state());
        context.advance(WAIT);
        assertEquals(BreakerState.HALF_OPEN, breaker.view().state());
    }

    @Test
    void aTrialThatNobodyReportsOnHasFailedWhenItsLeaseIsOver() {
        open();
        context.advance(WAIT);
        Permit lost = breaker.tryAcquire().orElseThrow();
        assertTrue(breaker.tryAcquire().isEmpty(), "one trial at a time");

        context.advance(LEASE.minusNanos(1));
        assertEquals(BreakerState.HALF_OPEN, breaker.view().state());
        context.advance(Duration.ofNanos(1));

        assertEquals(BreakerState.OPEN, breaker.view().state());
        lost.success();
        assertEquals(BreakerState.OPEN, breaker.view().state());
    }

    @Test
    void whoTakesATrialSaysHowLongItMayTake() {
        open();
        context.advance(WAIT);
        Permit start = breaker.tryAcquire(Duration.ofSeconds(100)).orElseThrow();

        context.advance(LEASE.multipliedBy(10));
        start.success();

        assertEquals(BreakerState.CLOSED, breaker.view().state());
        assertEquals(0, context.timersLeft());
    }

    @Test
    void aStartHasToLastAndIsNotSlowForThat() {
        for (int i = 0; i < 4; i++) {
            Permit start = breaker.tryAcquire(Duration.ofSeconds(100)).orElseThrow();
            context.advance(Duration.ofSeconds(61));
            start.success();
        }

        assertEquals(BreakerState.CLOSED, breaker.view().state());
    }

    @Test
    void anIgnoredTrialGivesItsPlaceBack() {
        open();
        context.advance(WAIT);
        breaker.tryAcquire().orElseThrow().close();

        breaker.tryAcquire().orElseThrow().success();

        assertEquals(BreakerState.CLOSED, breaker.view().state());
    }

    @Test
    void aReportThatComesAfterAChangeOfStateChangesNothing() {
        Permit early = breaker.tryAcquire().orElseThrow();
        open();
        context.advance(WAIT);

        early.success();
        assertEquals(BreakerState.HALF_OPEN, breaker.view().state());
        Permit trial = breaker.tryAcquire().orElseThrow();
        early.ignore();

        assertTrue(breaker.tryAcquire().isEmpty(), "the late one gave no place back");
        trial.success();
    }

    @Test
    void byHandTheTrialBeginsAtOnceUnlessAPersonForcedItOpen() {
        open();
        assertTrue(breaker.tryAcquire(LEASE).isEmpty());

        breaker.tryByHand(LEASE).orElseThrow().success();

        assertEquals(BreakerState.CLOSED, breaker.view().state());
        breaker.force(BreakerState.FORCED_OPEN, "the disks are being changed");
        assertTrue(breaker.tryByHand(LEASE).isEmpty());
        assertEquals("the disks are being changed", breaker.view().reason());
    }

    @Test
    void whatIsForcedStaysUntilAReset() throws Exception {
        breaker.force(BreakerState.METRICS_ONLY, "we watch first");
        fails(9);
        assertEquals(BreakerState.METRICS_ONLY, breaker.view().state());
        breaker.force(BreakerState.DISABLED, "not now");
        assertEquals("fine", breaker.call(() -> "fine"));
        breaker.reset();
        assertEquals(BreakerState.CLOSED, breaker.view().state());
        fails(3);
        assertEquals(BreakerState.CLOSED, breaker.view().state());
        assertThrows(IllegalArgumentException.class, () -> breaker.force(BreakerState.OPEN, "why not"));
    }

    @Test
    void listenersHearOfEveryChangeInOrderAndOffTheCallersThread() {
        List<View> heard = new ArrayList<>();
        var listening = breaker.onChange(heard::add);
        breaker.onChange(view -> {
            throw new IllegalStateException("of another listener");
        });
        open();
        context.advance(WAIT);
        assertTrue(heard.isEmpty());

        context.tell();

        assertEquals(List.of(BreakerState.OPEN, BreakerState.HALF_OPEN), heard.stream().map(View::state).toList());
        assertEquals(List.of(1L, 2L), heard.stream().map(View::epoch).toList());
        listening.cancel();
        breaker.reset();
        context.tell();
        assertEquals(2, heard.size());
    }

    @Test
    void anOpenOneIsStillOpenAfterItsSupervisorWasAway() {
        open();
        context.advance(Duration.ofSeconds(4));
        var snapshot = breaker.snapshot().orElseThrow();
        assertEquals(Optional.of(Duration.ofSeconds(6)), snapshot.untilTrial());

        CircuitBreaker next = breaker();
        next.restore(snapshot.after(Duration.ofSeconds(2)));

        assertTrue(next.tryAcquire().isEmpty());
        assertEquals(breaker.view().reason(), next.view().reason());
        context.advance(Duration.ofSeconds(4).minusNanos(1));
        assertEquals(BreakerState.OPEN, next.view().state());
        context.advance(Duration.ofNanos(1));
        assertEquals(BreakerState.HALF_OPEN, next.view().state());
    }

    @Test
    void aClosedDownOneRefusesNothingAndLeavesNoTimer() {
        open();

        breaker.close();

        assertFalse(breaker.tryAcquire().isEmpty());
        assertEquals(0, context.timersLeft());
        breaker.reset();
        assertEquals(BreakerState.DISABLED, breaker.view().state());
    }
}
