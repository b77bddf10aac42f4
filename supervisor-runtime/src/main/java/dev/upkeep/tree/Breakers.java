package dev.upkeep.tree;

import dev.upkeep.api.ChildSpec;
import dev.upkeep.api.SupervisorSpec;
import dev.upkeep.api.TreeSpec;
import dev.upkeep.api.breaker.CircuitBreaker;
import dev.upkeep.api.breaker.CircuitBreaker.Snapshot;
import dev.upkeep.api.breaker.CircuitBreaker.View;
import dev.upkeep.api.breaker.Permit;
import dev.upkeep.api.child.ChildPath;
import dev.upkeep.api.time.Ticker;
import dev.upkeep.api.time.Timers;
import dev.upkeep.supervise.Action.StartResult;
import dev.upkeep.supervise.Event;
import dev.upkeep.supervise.InstanceId;
import java.time.Duration;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The real breakers of one tree. They are made on the threads of those who ask for them, and asked on the tree's loop;
 * {@link #find} is for any thread. A breaker that throws, or could not be made, lets every start through: it must not keep
 * a child down.
 */
public final class Breakers implements BreakerPort, AutoCloseable {
    /** A breaker that changes under every question is plugin code gone wild; then its next change has to do. */
    private static final int QUESTIONS = 3;

    /** What a spec wants that is to be applied, and what may take the places of others then. */
    private record Laid(Map<String, WantedBreaker> wanted, Map<String, Guarded> spares) {}

    private final EventQueue queue;
    private final Function<ChildPath, Optional<ChildSpec>> specs;
    private final BreakerShelf shelf;
    /** By the very spec. */
    private final Map<TreeSpec, Laid> laid = Collections.synchronizedMap(new IdentityHashMap<>());
    // The loop's own.
    private final StartPermits permits = new StartPermits();

    /**
     * Makes a port without breakers; {@link #create} fills it.
     *
     * @param seed of all chance in the breakers
     * @param inOrder where breakers tell of their changes, in order; nothing of those who listen runs there
     * @param listeners where those who listen are called, who may take as long as they like
     * @param specs finds the spec of a child as it was applied or added last; called on the loop
     */
    public Breakers(EventQueue queue, Ticker ticker, Timers timers, long seed, Executor inOrder,
            Executor listeners, BreakerMaker maker, Function<ChildPath, Optional<ChildSpec>> specs) {
        this.queue = queue;
        this.specs = specs;
        this.shelf = new BreakerShelf(queue, ticker, timers, seed, inOrder, listeners, maker);
    }

    /**
     * Makes all breakers of a tree that has not begun: the shared ones and every child's own.
     *
     * @param restored what survived the tree before, by name; names that are not there are passed over (C8)
     */
    public void create(TreeSpec tree, Map<String, Snapshot> restored) {
        WantedBreaker.by(tree)
                .forEach((name, wanted) -> shelf.create(name, wanted,
                        Optional.ofNullable(restored.get(name))));
    }

    /** Makes the own breakers of children that are to be added, and of all below them. */
    public void create(ChildPath supervisor, List<ChildSpec> children) {
        WantedBreaker.by(supervisor, children).forEach(shelf::createIfAbsent);
    }

    /**
     * Makes what a spec needs that is to be applied: new breakers at once; for those with other settings what may replace
     * them when it is applied, so that they serve until then.
     */
    public void prepare(TreeSpec tree) {
        Map<String, WantedBreaker> all = WantedBreaker.by(tree);
        Map<String, Guarded> spares = new HashMap<>();
        all.forEach((name, wanted) -> {
            NamedBreaker present = shelf.get(name);
            if (present == null) {
                shelf.createIfAbsent(name, wanted);
            } else if (!present.now().choice().equals(wanted.choice())) {
                Guarded spare = shelf.make(name, wanted);
                if (spare != null) {
                    spares.put(name, spare);
                }
            }
        });
        discard(laid.put(tree, new Laid(all, spares)));
    }

    /** Closes what was prepared for a spec that was not applied. */
    public void takeBack(TreeSpec tree) {
        discard(laid.remove(tree));
    }

    private static void discard(@Nullable Laid unused) {
        if (unused != null) {
            unused.spares().values().forEach(Guarded::close);
        }
    }

    /** Closes what was made for children that did not come into the tree. */
    public void takeBack(ChildPath supervisor, List<ChildSpec> children) {
        WantedBreaker.by(supervisor, children).keySet().forEach(shelf::remove);
    }

    @Override
    public void applied(TreeSpec spec) {
        Laid prepared = laid.remove(spec);
        Laid next = prepared == null ? new Laid(WantedBreaker.by(spec), Map.of()) : prepared;
        // Another spec may have been applied since this one was prepared: what there is now is looked at again.
        next.wanted().forEach((name, wanted) -> {
            NamedBreaker present = shelf.get(name);
            Guarded spare = next.spares().get(name);
            if (present != null) {
                shelf.change(present, wanted, spare);
            } else if (spare != null) {
                spare.close();
            }
        });
        spec.breakers()
                .forEach((name, choice) -> shelf.createIfAbsent(name, WantedBreaker.shared(choice)));
        for (String name : List.copyOf(shelf.names())) {
            if (!next.wanted().containsKey(name) && !isWanted(name)) {
                shelf.remove(name);
            }
        }
    }

    /** Returns whether a child has that one for its own, though the spec does not say so: it was added, or is on its way out. */
    private boolean isWanted(String name) {
        return name.contains("/")
                && specs.apply(new ChildPath(name))
                        .map(WantedBreaker::by)
                        .orElse(Optional.empty())
                        .isPresent();
    }

    @Override
    public void forget(ChildPath path, ChildSpec spec) {
        permits.giveBackOf(path);
        if (WantedBreaker.by(spec).isPresent()) {
            shelf.remove(path.value());
        }
        if (spec.work() instanceof SupervisorSpec below) {
            below.children().forEach(child -> forget(path.child(child.id()), child));
        }
    }

    @Override
    public void acquire(String breaker, InstanceId instance, boolean byHand, Duration lease) {
        NamedBreaker named = shelf.get(breaker);
        if (named == null) {
            named = makeLate(breaker, instance.path());
        }
        if (named == null) {
            queue.offer(new Event.Permitted(instance, 0));
            return;
        }
        Guarded guarded = named.now();
        synchronized (guarded) {
            try {
                ask(guarded, instance, byHand, lease);
            } catch (Throwable t) {
                guarded.complain(t);
                queue.offer(new Event.Permitted(instance, 0));
            }
        }
    }

    /**
     * Makes a child's own breaker when it is asked for. Whoever wanted the child saw the breaker of an earlier one of that path,
     * which was forgotten, with its breaker, before this one came.
     */
    private @Nullable NamedBreaker makeLate(String name, ChildPath path) {
        if (path.value().equals(name)) {
            specs.apply(path)
                    .flatMap(WantedBreaker::by)
                    .filter(wanted -> !shelf.isUnmade(name, wanted))
                    .ifPresent(wanted -> shelf.createIfAbsent(name, wanted));
        }
        return shelf.get(name);
    }

    private void ask(Guarded guarded, InstanceId instance, boolean byHand, Duration lease) {
        CircuitBreaker breaker = guarded.breaker();
        View view = breaker.view();
        for (int question = 1;; question++) {
            Optional<Permit> permit = byHand ? breaker.tryByHand(lease) : breaker.tryAcquire(lease);
            if (permit.isPresent()) {
                queue.offer(new Event.Permitted(instance,
                        permits.hold(guarded, instance.path(), permit.get())));
                return;
            }
            View after = breaker.view();
            // A refusal belongs to a state. If that changed meanwhile, the new one may let the child through, and the
            // core, which knows the change already, would wait for another that may never come.
            if (after.epoch() == view.epoch() || question == QUESTIONS) {
                refuse(instance, guarded.numbered(view), byHand);
                return;
            }
            view = after;
        }
    }

    private void refuse(InstanceId instance, View view, boolean byHand) {
        queue.offer(new Event.BreakerChanged(view));
        queue.offer(byHand ? new Event.Permitted(instance, 0) : new Event.Refused(instance));
    }

    @Override
    public void report(String breaker, long permit, StartResult result) {
        permits.settle(permit, result);
    }

    @Override
    public void reset(String breaker) {
        NamedBreaker named = shelf.get(breaker);
        if (named != null) {
            named.now().guard(CircuitBreaker::reset);
        }
    }

    @Override
    public Map<String, Snapshot> snapshots() {
        return shelf.snapshots();
    }

    @Override
    public Optional<CircuitBreaker> find(String breaker) {
        return Optional.ofNullable(shelf.get(breaker));
    }

    /** Ends the timers of all breakers. */
    @Override
    public void close() {
        shelf.close();
        List.copyOf(laid.keySet()).forEach(this::takeBack);
    }
}
