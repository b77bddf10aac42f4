package dev.upkeep.tree;

import dev.upkeep.api.ChildSpec;
import dev.upkeep.api.StopRule;
import dev.upkeep.api.child.ChildPath;
import dev.upkeep.supervise.InstanceId;

/**
 * Starts and ends the instances of one kind of child. Called on the loop: no method may block or throw. What becomes
 * of an instance is told through the {@link EventQueue}: Started or StartRefused, then Ended, then Gone if it left members.
 */
public interface ChildPort {
    void start(InstanceId instance, ChildSpec spec, Vitals vitals);

    /**
     * Asks it to stop. The timeout is the core's matter: {@link #kill} follows when it has passed.
     *
     * @param save whether it may first save its state (S9). A save that fails is noted and holds up nothing
     */
    void stop(InstanceId instance, StopRule rule, boolean save);

    /** Kills a process and its group; interrupts a component. May be called again. Unknown instances are passed over. */
    void kill(InstanceId instance);

    /** Voids all that an instance which cannot be killed may still report, except its end. */
    default void revoke(InstanceId instance) {}

    /** Forgets what outlives the instances of a child: it is gone for good. An instance that comes later finds nothing. */
    default void forget(ChildPath path) {}
}
