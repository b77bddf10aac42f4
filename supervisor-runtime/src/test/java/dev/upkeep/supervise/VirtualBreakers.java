package dev.upkeep.supervise;

import dev.upkeep.api.TreeSpec;
import dev.upkeep.api.breaker.BreakerState;
import dev.upkeep.api.breaker.CircuitBreaker;
import dev.upkeep.api.breaker.Permit;
import dev.upkeep.api.settings.Durations;
import dev.upkeep.tree.Breakers;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The real breakers behind their real port, on the one thread and the one clock of a simulation. */
final class VirtualBreakers {
    private static final RuntimeException TROUBLE = new IllegalStateException("no answer");

    private static final BreakerState[] FORCED = {BreakerState.FORCED_OPEN, BreakerState.DISABLED,
            BreakerState.METRICS_ONLY, BreakerState.CLOSED};

    final Breakers port;
    private final List<String> names;

    VirtualBreakers(SimulatedWorld world, TreeSpec spec, long seed) {
        // What a breaker puts on the queue comes in order, after what is being decided now.
        port = new Breakers(event -> world.later(delay(world, event), () -> world.send(event)),
                () -> world.now,
                (delay, task) -> world.later(Durations.saturatedNanos(delay), task), seed,
                task -> world.later(0, task), RealPlugins.SHARED::breaker,
                path -> world.tree.specOf(path));
        port.create(spec, Map.of());
        names = new ArrayList<>(spec.breakers().keySet());
        java.util.Collections.sort(names);
    }

    private static String force(String name, CircuitBreaker breaker, BreakerState state) {
        try {
            breaker.force(state, "test");
            return name + " forced " + state;
        } catch (UnsupportedOperationException e) {
            return name + " cannot be forced";
        }
    }

    private static long delay(SimulatedWorld world, Event event) {
        if (event instanceof Event.Permitted permitted) {
            SimulatedWorld.Script script = world.actor(permitted.instance().path()).script;
            return script.permits++ % 2 == 0 ? script.permitTakes : 0;
        }
        return 0;
    }

    /** A program calls through a shared breaker, well or not; or a person resets it. */
    String disturb(int whom, int how) {
        String name = names.get(whom % names.size());
        CircuitBreaker breaker = port.find(name).orElseThrow();
        if (how % 7 == 0) {
            breaker.reset();
            return name + " reset";
        }
        if (how % 11 == 0) {
            return force(name, breaker, FORCED[how / 11 % FORCED.length]);
        }
        Optional<Permit> permit = breaker.tryAcquire();
        boolean well = how % 3 == 0;
        permit.ifPresent(p -> {
            if (well) {
                p.success();
            } else {
                p.failure(TROUBLE);
            }
        });
        return name + (permit.isEmpty() ? " refused" : well ? " success" : " failure");
    }
}
