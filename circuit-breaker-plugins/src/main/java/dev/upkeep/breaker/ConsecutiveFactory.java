package dev.upkeep.breaker;

import dev.upkeep.api.breaker.BreakerContext;
import dev.upkeep.api.breaker.CircuitBreaker;
import dev.upkeep.api.breaker.CircuitBreakerFactory;
import dev.upkeep.api.settings.AllowForever;
import dev.upkeep.api.settings.Default;
import dev.upkeep.api.settings.Doc;
import dev.upkeep.api.settings.Range;
import java.time.Duration;
import java.util.Optional;

/** Opens after a number of failures in a row. */
public final class ConsecutiveFactory implements CircuitBreakerFactory<ConsecutiveFactory.Settings> {
    /**
     * What can be set.
     *
     * @param failures at least 1; it opens on the failure with this number
     * @param maxOpenFor not shorter than {@code openFor}, unless that is forever
     * @param jitter from 0 to 1
     * @param trials at least 1
     */
    public record Settings(
            @Doc("it opens on failure number so many in a row") @Default("5") @Range(min = 1) int failures,
            @Doc("how long it is open the first time; forever waits for a person") @Default("30s") @Range(min = 0.001) @AllowForever Duration openFor,
            @Doc("how long it is open at most, the time doubling with each opening") @Default("10m") @Range(min = 0.001) Duration maxOpenFor,
            @Doc("the part of an open time that chance may take away") @Default("0.2") @Range(min = 0, max = 1) double jitter,
            @Doc("how many trials have to succeed before it closes; 1 for a child's own, 3 for a shared one") @Range(min = 1) Optional<Integer> trials,
            @Doc("a trial not reported within this time has failed") @Default("60s") @Range(min = 0.001) Duration trialTimeout) {
        public Settings {
            if (failures < 1) {
                throw new IllegalArgumentException("failures must be at least 1, but is " + failures);
            }
            var _ = new Recovery(openFor, maxOpenFor, jitter, trials, trialTimeout);
        }

        Recovery recovery() {
            return new Recovery(openFor, maxOpenFor, jitter, trials, trialTimeout);
        }
    }

    @Override
    public String type() {
        return "consecutive";
    }

    @Override
    public Class<Settings> settings() {
        return Settings.class;
    }

    @Override
    public CircuitBreaker create(Settings settings, BreakerContext context) {
        return new NodeBreaker(context, settings.recovery(),
                now -> new ConsecutiveFailures(settings.failures()));
    }
}
