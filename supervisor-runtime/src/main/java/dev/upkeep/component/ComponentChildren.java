package dev.upkeep.component;

import dev.upkeep.api.ChildSpec;
import dev.upkeep.api.Component;
import dev.upkeep.api.ComponentSpec;
import dev.upkeep.api.ComponentSpec.ThreadKind;
import dev.upkeep.api.StopRule;
import dev.upkeep.api.breaker.CircuitBreaker;
import dev.upkeep.api.child.Cause;
import dev.upkeep.api.time.Ticker;
import dev.upkeep.supervise.Event;
import dev.upkeep.supervise.InstanceId;
import dev.upkeep.supervise.Outcome;
import dev.upkeep.tree.ChildPort;
import dev.upkeep.tree.EventQueue;
import dev.upkeep.tree.Vitals;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs components. The factory and the component are called on one new thread, named
 * {@code component-<path>#<generation>}, so neither can hold the loop.
 */
public final class ComponentChildren implements ChildPort {
    private static final Logger log = LoggerFactory.getLogger(ComponentChildren.class);

    private final Map<InstanceId, RunningComponent> running = new ConcurrentHashMap<>();
    private final EventQueue events;
    private final Ticker ticker;
    private final Function<String, Optional<CircuitBreaker>> breakers;

    /** @param breakers finds a breaker by the name a component asks for; called on the components' threads */
    public ComponentChildren(EventQueue events, Ticker ticker,
            Function<String, Optional<CircuitBreaker>> breakers) {
        this.events = events;
        this.ticker = ticker;
        this.breakers = breakers;
    }

    @Override
    public void start(InstanceId instance, ChildSpec spec, Vitals vitals) {
        if (!(spec.work() instanceof ComponentSpec work)) {
            refuse(instance, Cause.startFailed("'" + spec.id() + "' is not a component"), false);
            return;
        }
        RunningComponent component = new RunningComponent(instance, vitals, ticker, breakers);
        if (running.putIfAbsent(instance, component) != null) {
            return;
        }
        try {
            Thread thread = builder(work.thread())
                    .name("component-" + instance)
                    .unstarted(() -> live(instance, work.factory(), component));
            component.runsOn(thread);
            thread.start();
        } catch (Throwable t) {
            // A platform thread that the host has no room for comes as an OutOfMemoryError, with memory enough.
            running.remove(instance);
            refuse(instance, Cause.startFailed("no thread could be started for it", t),
                    true);
        }
    }

    private static Thread.Builder builder(ThreadKind kind) {
        return switch (kind) {
            case VIRTUAL -> Thread.ofVirtual();
            case PLATFORM -> Thread.ofPlatform().daemon();
        };
    }

    @Override
    public void stop(InstanceId instance, StopRule rule) {
        RunningComponent component = running.get(instance);
        if (component != null) {
            component.askToStop();
        }
    }

    @Override
    public void kill(InstanceId instance) {
        RunningComponent component = running.get(instance);
        if (component != null) {
            component.interrupt();
        }
    }

    @Override
    public void revoke(InstanceId instance) {
        RunningComponent component = running.get(instance);
        if (component != null) {
            component.revoke();
        }
    }

    private void live(InstanceId instance, Callable<? extends Component> factory, RunningComponent context) {
        Component component;
        try {
            component = make(factory);
        } catch (Throwable t) {
            running.remove(instance);
            logIfOutOfMemory(instance, t);
            refuse(instance, Cause.startFailed("its factory failed", t), false);
            return;
        }
        if (component == null) {
            running.remove(instance);
            refuse(instance, Cause.startFailed("its factory returned nothing"), false);
            return;
        }
        events.offer(new Event.Started(instance, OptionalLong.empty()));
        Outcome outcome = run(component, context);
        context.revoke();
        running.remove(instance);
        List<String> lastWords = outcome instanceof Outcome.Threw(Throwable t, String _)
                ? LastWords.of(t)
                : List.of();
        if (outcome instanceof Outcome.Threw(Throwable t, String _)) {
            logIfOutOfMemory(instance, t);
        }
        events.offer(new Event.Ended(instance, outcome, lastWords, false));
    }

    private static @Nullable Component make(Callable<? extends Component> factory) throws Exception {
        Thread.currentThread().setContextClassLoader(factory.getClass().getClassLoader());
        return factory.call();
    }

    private static Outcome run(Component component, RunningComponent context) {
        if (context.shouldStop()) {
            // Asked to stop while it was being made: it need not begin.
            return new Outcome.Returned();
        }
        try {
            Thread.currentThread().setContextClassLoader(component.getClass().getClassLoader());
            component.run(context);
            return new Outcome.Returned();
        } catch (Throwable t) {
            return new Outcome.Threw(t);
        }
    }

    private void refuse(InstanceId instance, Cause cause, boolean hostShortage) {
        events.offer(new Event.StartRefused(instance, cause, hostShortage));
    }

    private static void logIfOutOfMemory(InstanceId instance, Throwable thrown) {
        if (thrown instanceof OutOfMemoryError) {
            log.atError()
                    .addKeyValue("child", instance.path())
                    .addKeyValue("generation", instance.generation())
                    .setCause(thrown)
                    .log("component ran out of memory");
        }
    }
}
