package dev.upkeep.breaker;

import dev.upkeep.api.breaker.BreakerContext;
import dev.upkeep.api.breaker.CircuitBreaker;
import dev.upkeep.api.breaker.CircuitBreakerFactory;
import dev.upkeep.api.settings.Alias;
import dev.upkeep.api.settings.AllowForever;
import dev.upkeep.api.settings.Default;
import dev.upkeep.api.settings.Doc;
import dev.upkeep.api.settings.Durations;
import dev.upkeep.api.settings.Range;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * {@code failure-rate}: opens when the part of failed, or of slow, calls in a window reaches a limit.
 *
 * <p>It looks at its window when a call fails or was slow, and only then, and opens if there are {@code minimumCalls} in it and
 * the part of failed calls is {@code failureRate} or more, or that of slow ones {@code slowCallRate} or more. 49.5 % is below 0.5.
 * A call that failed and was slow is both. A start of a child is never slow, however long it has to last to be a success. Ignored
 * calls count nowhere.
 *
 * <p>A window of calls is ten buckets and covers the last 100 to 109 calls if it is 100; one of ten or fewer is exact. A window of
 * time is ten buckets and the one that is being filled: of {@code 60s} it covers 60 to 66 s. No call is lost, whoever counts at
 * the same time; but calls that end while a window is being looked at may be taken for successes by that one look, so that the
 * rate it sees may be below the true one, and is never above.
 *
 * <p>While more than a thousand calls come within a quarter of {@code slowCall} a timer takes the place of their second time
 * stamp. It tells the same, unless it is late by more than a quarter of {@code slowCall}: then a slow call may be taken for a fast
 * one.
 *
 * <p>Other settings may be given to it at any time; what it has counted
 * stays, unless the window is another.
 *
 * <table>
 * <caption>Settings; a duration is written {@code 500ms}, {@code 10s}, {@code 5m}, {@code 1h}</caption>
 * <tr><th>key</th><th>default</th><th>range</th><th>meaning</th></tr>
 * <tr><td>{@code window}</td><td>{@code 100}</td><td>1 to 9999999, or 10 ms or more</td><td>how far back it looks: a number of calls, as
 *     {@code 100}, or a time, as {@code 60s}</td></tr>
 * <tr><td>{@code windowType}</td><td>as written</td><td>{@code count-based}, {@code time-based}</td><td>what a bare number is; with
 *     {@code time-based}, {@code window: 60} is 60 s</td></tr>
 * <tr><td>{@code minimumCalls}</td><td>{@code 20}</td><td>1 or more</td><td>with fewer calls in the window it does not judge; a window of
 *     fewer calls has to be full</td></tr>
 * <tr><td>{@code failureRate}</td><td>{@code 0.5}</td><td>above 0, to 1</td><td>the part of failed calls that opens it</td></tr>
 * <tr><td>{@code slowCallRate}</td><td>{@code 1.0}</td><td>above 0, to 1</td><td>the part of slow calls that opens it; of its trials too
 *     </td></tr>
 * <tr><td>{@code slowCall}</td><td>{@code 5s}</td><td>1 ms or more</td><td>a call that takes so long is slow</td></tr>
 * <tr><td>{@code openFor}</td><td>{@code 30s}</td><td>1 ms or more, or {@code forever}</td><td>how long it is open the first time;
 *     {@code forever}: until a person resets it</td></tr>
 * <tr><td>{@code maxOpenFor}</td><td>{@code 10m}</td><td>not below {@code openFor}</td><td>the open time doubles with each failed trial, up
 *     to this</td></tr>
 * <tr><td>{@code jitter}</td><td>{@code 0.2}</td><td>0 to 1</td><td>the part of an open time that chance may take away</td></tr>
 * <tr><td>{@code trials}</td><td>1; 3 for a shared one</td><td>1 or more</td><td>how many trials have to succeed before it closes; one
 *     that fails opens it again</td></tr>
 * <tr><td>{@code trialTimeout}</td><td>{@code 60s}</td><td>1 ms or more</td><td>a trial not reported within this time has failed; a start
 *     of a child has startTimeout + stableFor + 10 s instead</td></tr>
 * <tr><td>{@code ignore}</td><td>{@code []}</td><td>class names</td><td>exceptions that count nowhere, by their class or one above it;
 *     goes before {@code failOn}</td></tr>
 * <tr><td>{@code failOn}</td><td>{@code []}</td><td>class names</td><td>exceptions that are failures; if any is named, all others are
 *     successes</td></tr>
 * <tr><td>{@code initialState}</td><td>{@code closed}</td><td>{@code closed}, {@code forced-open}, {@code disabled},
 *     {@code metrics-only}</td><td>where a new one begins; one that is restored goes on where it was</td></tr>
 * </table>
 *
 * <p>Resilience4j's names are taken as well: {@code slidingWindowSize}, {@code slidingWindowType}, {@code minimumNumberOfCalls},
 * {@code failureRateThreshold} and {@code slowCallRateThreshold} (in per cent), {@code slowCallDurationThreshold},
 * {@code waitDurationInOpenState}, {@code exponentialMaxWaitDurationInOpenState}, {@code permittedNumberOfCallsInHalfOpenState},
 * {@code maxWaitDurationInHalfOpenState} (which here bounds each trial, not the whole state), {@code ignoreExceptions} and
 * {@code recordExceptions}.
 */
public final class FailureRateFactory implements CircuitBreakerFactory<FailureRateFactory.Settings> {
    /**
     * What can be set.
     *
     * @param window a number of calls, as in {@code 100}, or a duration, as in {@code 60s}
     * @param windowType what a bare number is; with a duration it can only be time-based
     * @param minimumCalls at least 1; a window of fewer calls has to be full
     * @param failureRate above 0, at most 1; reaching it is enough
     * @param slowCallRate above 0, at most 1; reaching it is enough
     * @param slowCall at least 1 ms
     * @param maxOpenFor not shorter than {@code openFor}, unless that is forever
     * @param jitter from 0 to 1
     * @param trials at least 1
     */
    public record Settings(
            @Doc("how far back it looks: a number of calls, or a duration") @Default("100") @Alias("slidingWindowSize") String window,
            @Doc("what a bare number in window is: calls unless it is time-based, then seconds") @Alias("slidingWindowType") Optional<WindowType> windowType,
            @Doc("with fewer calls in the window it does not judge") @Default("20") @Range(min = 1) @Alias("minimumNumberOfCalls") int minimumCalls,
            @Doc("the part of calls whose failure opens it") @Default("0.5") @Range(min = 0, exclusiveMin = true, max = 1) @Alias(value = "failureRateThreshold", percent = true) double failureRate,
            @Doc("the part of calls whose slowness opens it") @Default("1.0") @Range(min = 0, exclusiveMin = true, max = 1) @Alias(value = "slowCallRateThreshold", percent = true) double slowCallRate,
            @Doc("a call that takes so long is slow") @Default("5s") @Range(min = 0.001) @Alias("slowCallDurationThreshold") Duration slowCall,
            @Doc("how long it is open the first time; forever waits for a person") @Default("30s") @Range(min = 0.001) @AllowForever @Alias("waitDurationInOpenState") Duration openFor,
            @Doc("how long it is open at most, the time doubling with each opening") @Default("10m") @Range(min = 0.001) @Alias("exponentialMaxWaitDurationInOpenState") Duration maxOpenFor,
            @Doc("the part of an open time that chance may take away") @Default("0.2") @Range(min = 0, max = 1) double jitter,
            @Doc("how many trials have to succeed before it closes; 1 for a child's own, 3 for a shared one") @Range(min = 1) @Alias("permittedNumberOfCallsInHalfOpenState") Optional<Integer> trials,
            @Doc("a trial not reported within this time has failed; starts of children have a time of their own") @Default("60s") @Range(min = 0.001) @Alias("maxWaitDurationInHalfOpenState") Duration trialTimeout,
            @Doc("names of exception classes that count nowhere, those below them too") @Default("[]") @Alias("ignoreExceptions") List<String> ignore,
            @Doc("names of exception classes that are failures, those below them too; all others then are successes") @Default("[]") @Alias("recordExceptions") List<String> failOn,
            @Doc("where it begins") @Default("closed") InitialState initialState) {
        public Settings {
            WindowSize.parse(window, windowType);
            if (minimumCalls < 1) {
                throw new IllegalArgumentException("minimumCalls must be at least 1, but is " + minimumCalls);
            }
            requireRate("failureRate", failureRate);
            requireRate("slowCallRate", slowCallRate);
            if (slowCall.compareTo(Duration.ofMillis(1)) < 0) {
                throw new IllegalArgumentException(
                        "slowCall must be at least 1ms, but is " + Durations.format(slowCall));
            }
            var _ = new Recovery(openFor, maxOpenFor, jitter, trials, trialTimeout);
            var _ = new Verdicts(ignore, failOn);
        }

        private static void requireRate(String setting, double value) {
            if (!(value > 0 && value <= 1)) {
                throw new IllegalArgumentException(
                        setting + " must be above 0 and at most 1, but is " + value);
            }
        }

        Terms terms() {
            return new Terms(new Recovery(openFor, maxOpenFor, jitter, trials, trialTimeout),
                    new Verdicts(ignore, failOn), limits());
        }

        private FailureRate.Limits limits() {
            WindowSize size = WindowSize.parse(window, windowType);
            // A window of ten calls never holds twenty: it then judges once it is full.
            long enough = size instanceof WindowSize.Calls(int number)
                    ? Math.min(minimumCalls, number)
                    : minimumCalls;
            return new FailureRate.Limits(size, enough, FailureRate.perMillion(failureRate),
                    FailureRate.perMillion(slowCallRate), Durations.saturatedNanos(slowCall));
        }
    }

    @Override
    public String type() {
        return "failure-rate";
    }

    @Override
    public Class<Settings> settings() {
        return Settings.class;
    }

    @Override
    public CircuitBreaker create(Settings settings, BreakerContext context) {
        return new NodeBreaker(context, settings.terms(), settings.initialState());
    }

    @Override
    public boolean change(CircuitBreaker breaker, Settings settings) {
        return NodeBreaker.change(breaker, settings.terms());
    }
}
