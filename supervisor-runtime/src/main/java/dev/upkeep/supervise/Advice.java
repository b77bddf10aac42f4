package dev.upkeep.supervise;

import dev.upkeep.api.restart.GroupPlan;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What the plugins said to a failure, or what went wrong with them; the core puts its own answer in the place of one that
 * is missing.
 *
 * @param delay what the back-off said; empty if it failed
 * @param resetAfter how long a child must have been ready to begin again at its first delay; the core's rule if empty (B8)
 * @param plan what the strategy said; empty if it failed
 * @param backoffFault what went wrong with the back-off; empty if nothing did
 * @param strategyFault what went wrong with the strategy; empty if nothing did
 * @param lost whether the plugin at fault did not return and is not to be asked again
 */
public record Advice(@Nullable Duration delay, @Nullable Duration resetAfter, @Nullable GroupPlan plan,
        String backoffFault,
        String strategyFault,
        boolean lost) {}
