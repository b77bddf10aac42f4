package dev.upkeep.component;

import dev.upkeep.api.ChildSpec;
import dev.upkeep.api.ComponentSpec;
import dev.upkeep.api.ComponentSpec.ThreadKind;
import dev.upkeep.api.StateStore;
import dev.upkeep.api.StopRule;
import dev.upkeep.api.breaker.CircuitBreaker;
import dev.upkeep.api.child.Cause;
import dev.upkeep.api.child.ChildPath;
import dev.upkeep.api.time.Ticker;
import dev.upkeep.supervise.Event;
import dev.upkeep.supervise.InstanceId;
import dev.upkeep.tree.ChildPort;
import dev.upkeep.tree.EventQueue;
import dev.upkeep.tree.Vitals;
import java.util.Optional;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs components. The factory and the component are called on one new thread that bears the path of the child, so
 * neither can hold the loop. What is known of an instance is kept in {@link InstanceId#handle}.
 */
public final class ComponentChildren implements ChildPort {
    private static final Logger log = LoggerFactory.getLogger(ComponentChildren.class);

    private final EventQueue events;
    private final Ticker ticker;
    private final StackAllowance stacks;
    private final Function<String, Optional<CircuitBreaker>> breakers;
    private final KeptStates states;

    /**
     * @param breakers finds a breaker by the name a component asks for; called on the components' threads
     * @param store keeps the components' state
     */
    public ComponentChildren(EventQueue events, Ticker ticker,
            Function<String, Optional<CircuitBreaker>> breakers, StateStore store) {
        this.events = events;
        this.ticker = ticker;
        this.stacks = new StackAllowance(ticker);
        this.breakers = breakers;
        this.states = new KeptStates(store);
    }

    @Override
    public void start(InstanceId instance, ChildSpec spec, Vitals vitals) {
        if (!(spec.work() instanceof ComponentSpec work)) {
            refuse(instance, Cause.startFailed("'" + spec.id() + "' is not a component"), false);
            return;
        }
        if (instance.handle() != null) {
            return;
        }
        RunningComponent component = new RunningComponent(this, instance, spec, vitals);
        instance.handle(component);
        try {
            component.startOn(thread(work.thread(), instance.path().shortValue(), component));
        } catch (Throwable t) {
            // A platform thread that the host has no room for comes as an OutOfMemoryError, with memory enough.
            instance.handle(null);
            refuse(instance, Cause.startFailed("no thread could be started for it", t), true);
        }
    }

    /** The loop may run on the thread of another component, which has nothing to pass on. */
    private static Thread thread(ThreadKind kind, String name, Runnable life) {
        return switch (kind) {
            case VIRTUAL -> Thread.ofVirtual()
                    .name(name)
                    .inheritInheritableThreadLocals(false)
                    .unstarted(life);
            case PLATFORM -> Thread.ofPlatform()
                    .daemon()
                    .name(name)
                    .inheritInheritableThreadLocals(false)
                    .unstarted(life);
        };
    }

    @Override
    public void stop(InstanceId instance, StopRule rule, boolean save) {
        if (instance.handle() instanceof RunningComponent component) {
            if (save) {
                component.saveAndStop();
            } else {
                component.askToStop();
            }
        }
    }

    @Override
    public void kill(InstanceId instance) {
        if (instance.handle() instanceof RunningComponent component) {
            component.kill();
        }
    }

    @Override
    public void revoke(InstanceId instance) {
        if (instance.handle() instanceof RunningComponent component) {
            component.revoke();
        }
    }

    /** Deletes the state of a child that is gone for good, off the loop. */
    @Override
    public void forget(ChildPath path) {
        states.forget(path);
    }

    EventQueue events() {
        return events;
    }

    Ticker ticker() {
        return ticker;
    }

    StackAllowance stacks() {
        return stacks;
    }

    KeptStates states() {
        return states;
    }

    Optional<CircuitBreaker> breaker(String name) {
        return breakers.apply(name);
    }

    private void refuse(InstanceId instance, Cause cause, boolean hostShortage) {
        events.offer(new Event.StartRefused(instance, cause, hostShortage));
    }

    static void logIfOutOfMemory(InstanceId instance, Throwable thrown) {
        if (thrown instanceof OutOfMemoryError) {
            log.atError()
                    .addKeyValue("child", instance.path())
                    .addKeyValue("generation", instance.generation())
                    .setCause(thrown)
                    .log("component ran out of memory");
        }
    }
}
