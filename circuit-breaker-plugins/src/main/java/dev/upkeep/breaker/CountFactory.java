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
 * {@code count}: opens after a number of failures within a time, whatever succeeds in between.
 *
 * <p>It opens on failure number {@code failures} of those that fall within {@code within}, both ends included, while the window
 * slides with each failure: {@code failures: 5} lets four restarts happen. Ignored calls do not count. Other settings may be
 * given to it at any time; its failures stay, unless {@code within} is another.
 *
 * <table>
 * <caption>Settings; a duration is written {@code 500ms}, {@code 10s}, {@code 5m}, {@code 1h}</caption>
 * <tr><th>key</th><th>default</th><th>range</th><th>meaning</th></tr>
 * <tr><td>{@code failures}</td><td>{@code 5}</td><td>1 to 10000</td><td>it opens on the failure with this number</td></tr>
 * <tr><td>{@code within}</td><td>{@code 60s}</td><td>1 ms or more</td><td>the time that the failures have to fall in</td></tr>
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
 * <p>Resilience4j's {@code waitDurationInOpenState}, {@code exponentialMaxWaitDurationInOpenState},
 * {@code permittedNumberOfCallsInHalfOpenState}, {@code maxWaitDurationInHalfOpenState}, {@code ignoreExceptions} and
 * {@code recordExceptions} are taken as well.
 */
public final class CountFactory implements CircuitBreakerFactory<CountFactory.Settings> {
    /** As many times of failures are kept. */
    private static final int MOST_FAILURES = 10_000;

    /**
     * What can be set.
     *
     * @param failures from 1 to 10,000; it opens on the failure with this number
     * @param within at least 1 ms
     * @param maxOpenFor not shorter than {@code openFor}, unless that is forever
     * @param jitter from 0 to 1
     * @param trials at least 1
     */
    public record Settings(
            @Doc("it opens on failure number so many") @Default("5") @Range(min = 1, max = MOST_FAILURES) int failures,
            @Doc("the time that the failures have to fall in") @Default("60s") @Range(min = 0.001) Duration within,
            @Doc("how long it is open the first time; forever waits for a person") @Default("30s") @Range(min = 0.001) @AllowForever @Alias("waitDurationInOpenState") Duration openFor,
            @Doc("how long it is open at most, the time doubling with each opening") @Default("10m") @Range(min = 0.001) @Alias("exponentialMaxWaitDurationInOpenState") Duration maxOpenFor,
            @Doc("the part of an open time that chance may take away") @Default("0.2") @Range(min = 0, max = 1) double jitter,
            @Doc("how many trials have to succeed before it closes; 1 for a child's own, 3 for a shared one") @Range(min = 1) @Alias("permittedNumberOfCallsInHalfOpenState") Optional<Integer> trials,
            @Doc("a trial not reported within this time has failed; starts of children have a time of their own") @Default("60s") @Range(min = 0.001) @Alias("maxWaitDurationInHalfOpenState") Duration trialTimeout,
            @Doc("names of exception classes that count nowhere, those below them too") @Default("[]") @Alias("ignoreExceptions") List<String> ignore,
            @Doc("names of exception classes that are failures, those below them too; all others then are successes") @Default("[]") @Alias("recordExceptions") List<String> failOn,
            @Doc("where it begins") @Default("closed") InitialState initialState) {
        public Settings {
            if (failures < 1 || failures > MOST_FAILURES) {
                throw new IllegalArgumentException(
                        "failures must be from 1 to " + MOST_FAILURES + ", but is " + failures);
            }
            if (within.compareTo(Duration.ofMillis(1)) < 0) {
                throw new IllegalArgumentException(
                        "within must be at least 1ms, but is " + Durations.format(within));
            }
            var _ = new Recovery(openFor, maxOpenFor, jitter, trials, trialTimeout);
            var _ = new Verdicts(ignore, failOn);
        }

        Terms terms() {
            return new Terms(new Recovery(openFor, maxOpenFor, jitter, trials, trialTimeout),
                    new Verdicts(ignore, failOn), new SlidingCount.Limit(failures, within));
        }
    }

    @Override
    public String type() {
        return "count";
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
