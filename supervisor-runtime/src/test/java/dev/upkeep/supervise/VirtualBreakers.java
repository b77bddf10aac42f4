package dev.upkeep.supervise;

import dev.upkeep.api.TreeSpec;
import dev.upkeep.api.breaker.BreakerState;
import dev.upkeep.api.breaker.CircuitBreaker;
import dev.upkeep.api.breaker.Permit;
import dev.upkeep.api.child.ChildPath;
import dev.upkeep.api.settings.Durations;
import dev.upkeep.tree.Breakers;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The real breakers behind their real port, on the one thread and the one clock of a simulation. */
final class VirtualBreakers {
    private static final RuntimeException TROUBLE = new IllegalStateException("no answer");

    private static final BreakerState[] FORCED = {BreakerState.FORCED_OPEN, BreakerState.DISABLED,
            BreakerState.METRICS_ONLY, BreakerState.CLOSED};

    private static final int OWN_TRIALS = 1;
    private static final int SHARED_TRIALS = 3;

    final Breakers port;
    private final Map<String, Trials> halfOpen = new HashMap<>();
    private final List<String> names;

    /**
     * The trials of one half-open state of a breaker.
     *
     * @param permits let out, and not given back
     * @param out those that nothing was reported on yet, by who holds them
     */
    private record Trials(CircuitBreaker of, long epoch, Set<Long> permits, Map<ChildPath, Long> out) {
        /** A child holds one at most, and gives an earlier one back. */
        void let(ChildPath path, long permit) {
            forget(path);
            out.put(path, permit);
            permits.add(permit);
        }

        void forget(ChildPath path) {
            permits.remove(out.remove(path));
        }
    }

    /** Who got one trial too many. */
    private @Nullable Child oneTooMany;

    VirtualBreakers(SimulatedWorld world, TreeSpec spec, long seed) {
        // What a breaker puts on the queue comes in order, after what is being decided now.
        port = new Breakers(event -> {
            if (event instanceof Event.Permitted permitted && permitted.permit() != 0) {
                permitted(world, permitted);
            }
            world.later(delay(world, event), () -> world.send(event));
        },
                () -> world.now,
                (delay, task) -> world.later(Durations.saturatedNanos(delay), task), seed,
                task -> world.later(0, task), Runnable::run, RealPlugins.SHARED::breaker,
                path -> world.tree.specOf(path));
        port.create(spec, Map.of());
        names = new ArrayList<>(spec.breakers().keySet());
        java.util.Collections.sort(names);
    }

    /** Of a half-open breaker no more permits are out than it has trials (C6). */
    private void permitted(SimulatedWorld world, Event.Permitted event) {
        Child child = world.core.children.get(event.instance().path());
        String name = Objects.requireNonNull(event.instance().guard).breaker();
        CircuitBreaker breaker = port.find(name).orElseThrow();
        CircuitBreaker.View view = breaker.view();
        if (view.state() != BreakerState.HALF_OPEN || child == null) {
            return;
        }
        Trials trials = halfOpen.get(name);
        if (trials == null || trials.of() != breaker || trials.epoch() != view.epoch()) {
            trials = new Trials(breaker, view.epoch(), new HashSet<>(), new HashMap<>());
            halfOpen.put(name, trials);
        }
        trials.let(child.path, event.permit());
        world.counts.rule(Rule.C6);
        int most = world.core.spec.breakers().containsKey(name) ? SHARED_TRIALS : OWN_TRIALS;
        if (trials.permits().size() > most) {
            oneTooMany = child;
        }
    }

    void acquire(Action.Acquire acquire) {
        port.acquire(acquire.breaker(), acquire.instance(), acquire.byHand(), acquire.lease());
        // Not where it is found: the port catches all that is thrown there.
        Child found = oneTooMany;
        if (found != null) {
            Invariants.demand(false, "C6: no more at once than there are trials", found);
        }
    }

    void forget(Action.Forget forget) {
        port.forget(forget.path(), forget.spec());
        halfOpen.values().forEach(trials -> trials.forget(forget.path()));
    }

    void reported(Action.Report report) {
        port.report(report.breaker(), report.permit(), report.result());
        Trials trials = halfOpen.get(report.breaker());
        if (trials != null) {
            trials.out().values().remove(report.permit());
            if (report.result() == Action.StartResult.IGNORED) {
                trials.permits().remove(report.permit());
            }
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
            BreakerState state = FORCED[how / 11 % FORCED.length];
            breaker.force(state, "test");
            return name + " forced " + state;
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
