package dev.upkeep.supervise;

import dev.upkeep.api.BreakerUse;
import dev.upkeep.api.ChildSpec;
import dev.upkeep.api.settings.Durations;
import java.time.Duration;

/**
 * What one start was agreed upon with its breaker: its child may have another breaker, or other settings, before it is over.
 *
 * @param stableNanos how long it must have been ready to count as a success (C1)
 */
record Guard(String breaker, long stableNanos) {
    /** How much longer than its start and its proof a trial may take to be reported (C2). */
    private static final Duration LEASE_MARGIN = Duration.ofSeconds(10);

    static Guard of(String breaker, ChildSpec spec) {
        return new Guard(breaker, Durations.saturatedNanos(
                spec.breaker().map(BreakerUse::stableFor).orElse(BreakerUse.DEFAULT_STABLE_FOR)));
    }

    /** Returns how long the start may take until it is reported (C2). */
    Duration lease(ChildSpec spec) {
        long proof = Turn.later(stableNanos, LEASE_MARGIN.toNanos());
        return Duration.ofNanos(Turn.later(Durations.saturatedNanos(spec.startTimeout()), proof));
    }
}
