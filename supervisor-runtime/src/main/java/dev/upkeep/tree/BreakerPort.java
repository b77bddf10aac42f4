package dev.upkeep.tree;

import dev.upkeep.api.ChildSpec;
import dev.upkeep.api.TreeSpec;
import dev.upkeep.api.breaker.CircuitBreaker;
import dev.upkeep.api.child.ChildPath;
import dev.upkeep.supervise.Action;
import dev.upkeep.supervise.InstanceId;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * The breakers of a tree, by name: shared ones by theirs, a child's own by its path. Called on the loop: no method may
 * block or throw. Changes of state come as BreakerChanged through the {@link EventQueue}, before a refusal they cause.
 */
public interface BreakerPort {
    /**
     * Asks for a permit to start; answered by Permitted or Refused. By hand it is the trial of an open breaker, and is never
     * refused: permit 0 if there is none (A2).
     */
    void acquire(String breaker, InstanceId instance, boolean byHand, Duration lease);

    /** Reports on a permit. Unknown permits, and 0, are passed over. */
    void report(String breaker, long permit, Action.StartResult result);

    void reset(String breaker);

    /** Closes the breakers that a child which is gone for good had for itself, and all below it. */
    default void forget(ChildPath path, ChildSpec spec) {}

    /** Makes the breakers of a spec the tree's: puts those that were prepared for it into their places, closes shared ones that it has not. */
    default void applied(TreeSpec spec) {}

    /** Returns what of all breakers has to survive the tree, by name. For any thread. */
    default Map<String, CircuitBreaker.Snapshot> snapshots() {
        return Map.of();
    }

    /** Returns a breaker. For any thread. */
    Optional<CircuitBreaker> find(String breaker);
}
