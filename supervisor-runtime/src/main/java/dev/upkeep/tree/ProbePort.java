package dev.upkeep.tree;

import dev.upkeep.api.ChildSpec;
import dev.upkeep.supervise.InstanceId;
import java.util.OptionalLong;

/**
 * Runs the checks of live instances. Called on the loop: no method may block or throw. Answers come as ReadyChanged,
 * FoundUnhealthy and HealthChanged through the {@link EventQueue}.
 */
public interface ProbePort {
    /** Begins all checks of an instance that has just started. */
    void begin(InstanceId instance, ChildSpec spec, Vitals vitals, OptionalLong pid);

    /** Ends them. Unknown instances are passed over. */
    void end(InstanceId instance);
}
