package com.example.resilience;

import dev.upkeep.api.breaker.BreakerContext;
import dev.upkeep.api.breaker.CircuitBreaker;
import dev.upkeep.api.breaker.CircuitBreakerFactory;
import dev.upkeep.api.settings.Default;
import dev.upkeep.api.settings.Doc;
import dev.upkeep.api.settings.Range;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig.SlidingWindowType;
import java.time.Duration;
import java.util.Optional;

/** Makes {@code resilience4j} breakers. Its name stands in {@code META-INF/services}; that is all the wiring there is. */
public final class Resilience4jFactory implements CircuitBreakerFactory<Resilience4jFactory.Settings> {
    /** What the YAML may say beside {@code type}: Resilience4j's own names and defaults, and one for what it does not have. */
    public record Settings(
            @Doc("percentage of failed calls that opens it") @Default("50") @Range(min = 0, exclusiveMin = true, max = 100) double failureRateThreshold,
            @Doc("percentage of slow calls that opens it") @Default("100") @Range(min = 0, exclusiveMin = true, max = 100) double slowCallRateThreshold,
            @Doc("a call that takes longer is slow") @Default("60s") @Range(min = 0.001) Duration slowCallDurationThreshold,
            @Doc("whether the window holds calls or seconds") @Default("count-based") SlidingWindowType slidingWindowType,
            @Doc("how many calls or seconds it looks back") @Default("100") @Range(min = 1) int slidingWindowSize,
            @Doc("with fewer calls in the window it does not judge") @Default("100") @Range(min = 1) int minimumNumberOfCalls,
            @Doc("how long it is open before it lets trials through") @Default("60s") @Range(min = 0.001) Duration waitDurationInOpenState,
            @Doc("how many trials it lets through; 1 for a child's own, 3 for a shared one") @Range(min = 1) Optional<Integer> permittedNumberOfCallsInHalfOpenState,
            @Doc("a trial of a call that is not reported for so long has failed") @Default("60s") @Range(min = 0.001) Duration trialTimeout) {}

    @Override
    public String type() {
        return "resilience4j";
    }

    @Override
    public Class<Settings> settings() {
        return Settings.class;
    }

    @Override
    public CircuitBreaker create(Settings settings, BreakerContext context) {
        return new Resilience4jBreaker(settings, context);
    }
}
