package dev.upkeep.breaker;

import dev.upkeep.api.breaker.BreakerContext;
import dev.upkeep.api.breaker.CircuitBreaker;
import dev.upkeep.api.breaker.CircuitBreakerFactory;
import dev.upkeep.api.settings.AllowForever;
import dev.upkeep.api.settings.Default;
import dev.upkeep.api.settings.Doc;
import dev.upkeep.api.settings.Durations;
import dev.upkeep.api.settings.Range;
import java.time.Duration;
import java.util.Optional;

/** Opens when the part of failed, or of slow, calls reaches a limit. */
public final class FailureRateFactory implements CircuitBreakerFactory<FailureRateFactory.Settings> {
    /**
     * What can be set.
     *
     * @param window a number of calls, as in {@code 100}, or a duration, as in {@code 60s}
     * @param minimumCalls at least 1; a window of fewer calls has to be full
     * @param failureRate above 0, at most 1; reaching it is enough
     * @param slowCallRate above 0, at most 1; reaching it is enough
     * @param maxOpenFor not shorter than {@code openFor}, unless that is forever
     * @param jitter from 0 to 1
     * @param trials at least 1
     */
    public record Settings(
            @Doc("how far back it looks: a number of calls, or a duration") @Default("100") String window,
            @Doc("with fewer calls in the window it does not judge") @Default("20") @Range(min = 1) int minimumCalls,
            @Doc("the part of calls whose failure opens it") @Default("0.5") @Range(min = 0, exclusiveMin = true, max = 1) double failureRate,
            @Doc("the part of calls whose slowness opens it") @Default("1.0") @Range(min = 0, exclusiveMin = true, max = 1) double slowCallRate,
            @Doc("a call that takes so long is slow") @Default("5s") @Range(min = 0.001) Duration slowCall,
            @Doc("how long it is open the first time; forever waits for a person") @Default("30s") @Range(min = 0.001) @AllowForever Duration openFor,
            @Doc("how long it is open at most, the time doubling with each opening") @Default("10m") @Range(min = 0.001) Duration maxOpenFor,
            @Doc("the part of an open time that chance may take away") @Default("0.2") @Range(min = 0, max = 1) double jitter,
            @Doc("how many trials have to succeed before it closes; 1 for a child's own, 3 for a shared one") @Range(min = 1) Optional<Integer> trials,
            @Doc("a trial not reported within this time has failed") @Default("60s") @Range(min = 0.001) Duration trialTimeout) {
        public Settings {
            WindowSize.parse(window);
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
        }

        private static void requireRate(String setting, double value) {
            if (!(value > 0 && value <= 1)) {
                throw new IllegalArgumentException(
                        setting + " must be above 0 and at most 1, but is " + value);
            }
        }

        Recovery recovery() {
            return new Recovery(openFor, maxOpenFor, jitter, trials, trialTimeout);
        }

        FailureRate.Limits limits() {
            // A window of ten calls never holds twenty: it then judges once it is full.
            long enough = WindowSize.parse(window) instanceof WindowSize.Calls(int number)
                    ? Math.min(minimumCalls, number)
                    : minimumCalls;
            return new FailureRate.Limits(enough, FailureRate.perMillion(failureRate),
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
        FailureRate.Limits limits = settings.limits();
        WindowSize size = WindowSize.parse(settings.window());
        return new NodeBreaker(context, settings.recovery(),
                now -> new FailureRate(limits, Window.of(size, now)));
    }
}
