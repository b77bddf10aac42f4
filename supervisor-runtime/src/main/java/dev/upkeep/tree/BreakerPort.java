package dev.upkeep.tree;

import dev.upkeep.api.breaker.CircuitBreaker;
import dev.upkeep.supervise.Action;
import dev.upkeep.supervise.InstanceId;
import java.util.Optional;

/**
 * The breakers of a tree, by name: shared ones by theirs, a child's own by its path. Called on the loop: no method may
 * block or throw. Changes of state come as BreakerChanged through the {@link EventQueue}, before a refusal they cause.
 */
public interface BreakerPort {
    /** Asks for a permit to start; answered by Permitted or Refused. By hand it is never refused: permit 0 if there is none. */
    void acquire(String breaker, InstanceId instance, boolean byHand);

    /** Reports on a permit. Unknown permits, and 0, are passed over. */
    void report(String breaker, long permit, Action.StartResult result, String why);

    void reset(String breaker);

    Optional<CircuitBreaker> find(String breaker);
}
