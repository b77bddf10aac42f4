package dev.upkeep.breaker;

import dev.upkeep.api.breaker.CircuitBreaker;
import dev.upkeep.api.breaker.Permit;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Breakers for tests: open for 30 s × 2 up to 10 min, no jitter, unless a test says otherwise. */
final class Made {
    static final Duration OPEN_FOR = Duration.ofSeconds(30);
    private static final Duration MOST = Duration.ofMinutes(10);
    private static final Duration MINUTE = Duration.ofSeconds(60);

    private Made() {}

    static ConsecutiveFactory.Settings consecutive(int failures, int trials) {
        return consecutive(failures, trials, OPEN_FOR);
    }

    static ConsecutiveFactory.Settings consecutive(int failures, int trials, Duration openFor) {
        return new ConsecutiveFactory.Settings(failures, openFor, MOST, 0, Optional.of(trials), MINUTE,
                List.of(), List.of(), InitialState.CLOSED);
    }

    static ConsecutiveFactory.Settings beginningAs(InitialState state) {
        return new ConsecutiveFactory.Settings(1, OPEN_FOR, MOST, 0, Optional.of(1), MINUTE, List.of(),
                List.of(), state);
    }

    static ConsecutiveFactory.Settings judging(List<String> ignore, List<String> failOn) {
        return new ConsecutiveFactory.Settings(1, OPEN_FOR, MOST, 0, Optional.of(1), MINUTE, ignore, failOn,
                InitialState.CLOSED);
    }

    static CountFactory.Settings count(int failures, Duration within) {
        return new CountFactory.Settings(failures, within, OPEN_FOR, MOST, 0, Optional.of(1), MINUTE,
                List.of(), List.of(), InitialState.CLOSED);
    }

    static FailureRateFactory.Settings rate(String window, int minimumCalls, double failureRate) {
        return rate(window, Optional.empty(), minimumCalls, failureRate, Duration.ofSeconds(5));
    }

    static FailureRateFactory.Settings rate(
            String window,
            Optional<WindowType> type,
            int minimumCalls,
            double failureRate,
            Duration slowCall) {
        return new FailureRateFactory.Settings(window, type, minimumCalls, failureRate, 1, slowCall, OPEN_FOR,
                MOST, 0, Optional.of(1), MINUTE, List.of(), List.of(), InitialState.CLOSED);
    }

    static CircuitBreaker of(ConsecutiveFactory.Settings settings, VirtualContext context) {
        return new ConsecutiveFactory().create(settings, context);
    }

    static CircuitBreaker of(CountFactory.Settings settings, VirtualContext context) {
        return new CountFactory().create(settings, context);
    }

    static CircuitBreaker of(FailureRateFactory.Settings settings, VirtualContext context) {
        return new FailureRateFactory().create(settings, context);
    }

    static Permit permit(CircuitBreaker breaker) {
        return breaker.tryAcquire().orElseThrow();
    }

    static void fail(CircuitBreaker breaker, int times) {
        for (int i = 0; i < times; i++) {
            permit(breaker).failure(new IOException("refused"));
        }
    }

    static void succeed(CircuitBreaker breaker, int times) {
        for (int i = 0; i < times; i++) {
            permit(breaker).success();
        }
    }
}
