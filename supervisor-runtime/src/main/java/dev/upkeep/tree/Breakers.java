package dev.upkeep.tree;

import dev.upkeep.api.BreakerUse;
import dev.upkeep.api.ChildSpec;
import dev.upkeep.api.SupervisorSpec;
import dev.upkeep.api.TreeSpec;
import dev.upkeep.api.breaker.BreakerContext;
import dev.upkeep.api.breaker.CircuitBreaker;
import dev.upkeep.api.breaker.CircuitBreaker.View;
import dev.upkeep.api.breaker.Permit;
import dev.upkeep.api.child.ChildPath;
import dev.upkeep.api.settings.Choice;
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
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.BiFunction;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The real breakers of one tree. They are made on the threads of those who ask for them, and asked on the tree's loop;
 * {@link #find} is for any thread. A breaker that throws, or could not be made, lets every start through: it must not keep
 * a child down.
 */
public final class Breakers implements BreakerPort, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Breakers.class);
    private static final int TRIALS_OF_ITS_OWN = 1;
    private static final int TRIALS_SHARED = 3;
    /** A breaker that changes under every question is plugin code gone wild; then its next change has to do. */
    private static final int QUESTIONS = 3;

    private record Held(Guarded from, ChildPath path, Permit permit) {}

    private record Context(String name, int defaultTrials, Ticker ticker, Timers timers,
            RandomGenerator random,
            Executor listeners, Logger log) implements BreakerContext {}

    private final EventQueue queue;
    private final Ticker ticker;
    private final Timers timers;
    private final Random seeds;
    private final Executor listeners;
    private final BiFunction<Choice, BreakerContext, CircuitBreaker> maker;

    private final Map<String, Guarded> breakers = new ConcurrentHashMap<>();
    /** Those that will take the places of others when a spec is applied; by the very spec. */
    private final Map<TreeSpec, Map<String, Guarded>> prepared = Collections
            .synchronizedMap(new IdentityHashMap<>());
    private volatile Set<String> shared = Set.of();
    private volatile boolean closed;
    // The loop's own.
    private final Map<Long, Held> permits = new HashMap<>();
    private final Map<ChildPath, Long> permitOf = new HashMap<>();
    private long lastPermit;

    /**
     * Makes a port without breakers; {@link #create} fills it.
     *
     * @param seed of all chance in the breakers
     * @param listeners calls what wants to hear of changes, in order
     * @param maker makes a breaker of the chosen type; what it throws is logged
     */
    public Breakers(EventQueue queue, Ticker ticker, Timers timers, long seed, Executor listeners,
            BiFunction<Choice, BreakerContext, CircuitBreaker> maker) {
        this.queue = queue;
        this.ticker = ticker;
        this.timers = timers;
        this.seeds = new Random(seed);
        this.listeners = listeners;
        this.maker = maker;
    }

    /** Makes all breakers of a tree that do not exist yet: the shared ones and every child's own. */
    public void create(TreeSpec tree) {
        shared = Set.copyOf(tree.breakers().keySet());
        choicesOf(tree).forEach(this::createIfAbsent);
    }

    /** Makes the own breakers of children that are to be added, and of all below them. */
    public void create(ChildPath supervisor, List<ChildSpec> children) {
        choicesOf(supervisor, children).forEach(this::createIfAbsent);
    }

    /**
     * Makes what a spec needs that is to be applied: new breakers at once, those that replace others when it is applied, so
     * that these serve until then.
     */
    public void prepare(TreeSpec tree) {
        Map<String, Guarded> replacing = new HashMap<>();
        choicesOf(tree).forEach((name, wanted) -> {
            Guarded present = breakers.get(name);
            if (present == null) {
                createIfAbsent(name, wanted);
            } else if (!present.choice().equals(wanted.choice())) {
                make(name, wanted).ifPresent(made -> replacing.put(name, made));
            }
        });
        if (!replacing.isEmpty()) {
            prepared.put(tree, replacing);
        }
    }

    /** Closes what was prepared for a spec that was not applied. */
    public void takeBack(TreeSpec tree) {
        Map<String, Guarded> replacing = prepared.remove(tree);
        if (replacing != null) {
            replacing.values().forEach(Guarded::close);
        }
    }

    /** Closes what was made for children that did not come into the tree. */
    public void takeBack(ChildPath supervisor, List<ChildSpec> children) {
        choicesOf(supervisor, children).keySet().forEach(this::remove);
    }

    private record Wanted(Choice choice, int trials) {}

    private static Map<String, Wanted> choicesOf(TreeSpec tree) {
        Map<String, Wanted> choices = choicesOf(new ChildPath(tree.name()), tree.root().children());
        tree.breakers().forEach((name, choice) -> choices.put(name, new Wanted(choice, TRIALS_SHARED)));
        return choices;
    }

    private static Map<String, Wanted> choicesOf(ChildPath supervisor, List<ChildSpec> children) {
        Map<String, Wanted> choices = new HashMap<>();
        collect(supervisor, children, choices);
        return choices;
    }

    private static void collect(ChildPath path, List<ChildSpec> children, Map<String, Wanted> into) {
        for (ChildSpec child : children) {
            child.breaker()
                    .flatMap(BreakerUse::own)
                    .ifPresent(choice -> into.put(path.child(child.id()).value(),
                            new Wanted(choice, TRIALS_OF_ITS_OWN)));
            if (child.work() instanceof SupervisorSpec below) {
                collect(path.child(child.id()), below.children(), into);
            }
        }
    }

    private void createIfAbsent(String name, Wanted wanted) {
        if (!breakers.containsKey(name)) {
            make(name, wanted).ifPresent(made -> {
                // Two may want the same at once; and who comes after the end must not leave its timers behind.
                if (breakers.putIfAbsent(name, made) != null) {
                    made.close();
                } else if (closed && breakers.remove(name, made)) {
                    made.close();
                }
            });
        }
    }

    private Optional<Guarded> make(String name, Wanted wanted) {
        // java.util.Random, because callers on several threads may draw from one breaker's.
        Context context = new Context(name, wanted.trials(), ticker, timers, new Random(seeds.nextLong()),
                listeners, LOG);
        try {
            Guarded guarded = new Guarded(name, wanted.choice(), maker.apply(wanted.choice(), context));
            guarded.breaker().onChange(view -> tell(guarded, view));
            return Optional.of(guarded);
        } catch (Throwable t) {
            Guarded.pass(t);
            LOG.atError()
                    .addKeyValue("breaker", name)
                    .addKeyValue("type", wanted.choice().type())
                    .setCause(t)
                    .log("breaker could not be made, starts go without it");
            return Optional.empty();
        }
    }

    @SuppressWarnings("ReferenceEquality") // the very breaker, not the one in whose place it will be or was
    private void tell(Guarded guarded, View view) {
        synchronized (guarded) {
            if (breakers.get(guarded.name()) == guarded) {
                queue.offer(new Event.BreakerChanged(guarded.numbered(view)));
            }
        }
    }

    @Override
    public void applied(TreeSpec spec) {
        Map<String, Guarded> replacing = prepared.remove(spec);
        if (replacing != null) {
            replacing.values().forEach(this::replace);
        }
        Set<String> before = shared;
        shared = Set.copyOf(spec.breakers().keySet());
        before.stream().filter(name -> !shared.contains(name)).forEach(this::remove);
    }

    private void replace(Guarded next) {
        Guarded before = breakers.get(next.name());
        synchronized (next) {
            if (before != null) {
                next.follow(before);
            }
            breakers.put(next.name(), next);
            // The gate of the old one is not that of the new one, which may be open already.
            next.guard(breaker -> queue.offer(new Event.BreakerChanged(next.numbered(breaker.view()))));
        }
        if (before != null) {
            before.close();
        }
    }

    @Override
    public void forget(ChildPath path, ChildSpec spec) {
        Long permit = permitOf.get(path);
        if (permit != null) {
            settle(permit, StartResult.IGNORED, "");
        }
        if (spec.breaker().flatMap(BreakerUse::own).isPresent()) {
            remove(path.value());
        }
        if (spec.work() instanceof SupervisorSpec below) {
            below.children().forEach(child -> forget(path.child(child.id()), child));
        }
    }

    /** Permits of it that are out report to a breaker that counts nothing any more. */
    private void remove(String name) {
        Guarded gone = breakers.remove(name);
        if (gone != null) {
            gone.close();
        }
    }

    @Override
    public void acquire(String breaker, InstanceId instance, boolean byHand, Duration lease) {
        Guarded guarded = breakers.get(breaker);
        if (guarded == null) {
            queue.offer(new Event.Permitted(instance, 0));
            return;
        }
        synchronized (guarded) {
            try {
                ask(guarded, instance, byHand, lease);
            } catch (Throwable t) {
                guarded.complain(t);
                queue.offer(new Event.Permitted(instance, 0));
            }
        }
    }

    private void ask(Guarded guarded, InstanceId instance, boolean byHand, Duration lease) {
        CircuitBreaker breaker = guarded.breaker();
        View view = breaker.view();
        for (int question = 1;; question++) {
            Optional<Permit> permit = byHand ? breaker.tryByHand(lease) : breaker.tryAcquire(lease);
            if (permit.isPresent()) {
                queue.offer(new Event.Permitted(instance, hold(guarded, instance.path(), permit.get())));
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

    /** Keeps a permit under a number. A child holds one at most: that of an earlier start is given back. */
    private long hold(Guarded from, ChildPath path, Permit permit) {
        Long earlier = permitOf.get(path);
        if (earlier != null) {
            settle(earlier, StartResult.IGNORED, "");
        }
        lastPermit++;
        permits.put(lastPermit, new Held(from, path, permit));
        permitOf.put(path, lastPermit);
        return lastPermit;
    }

    @Override
    public void report(String breaker, long permit, StartResult result, String why) {
        settle(permit, result, why);
    }

    private void settle(long number, StartResult result, String why) {
        Held held = permits.remove(number);
        if (held == null) {
            return;
        }
        permitOf.remove(held.path(), number);
        held.from().guard(breaker -> {
            switch (result) {
                case SUCCESS -> held.permit().success();
                case FAILURE -> held.permit().failure(new StartFailed(held.path() + ": " + why));
                case IGNORED -> held.permit().ignore();
            }
        });
    }

    @Override
    public void reset(String breaker) {
        Guarded guarded = breakers.get(breaker);
        if (guarded != null) {
            guarded.guard(CircuitBreaker::reset);
        }
    }

    @Override
    public Map<String, CircuitBreaker.Snapshot> snapshots() {
        Map<String, CircuitBreaker.Snapshot> all = new HashMap<>();
        breakers.forEach((name, guarded) -> guarded
                .guard(breaker -> breaker.snapshot().ifPresent(snapshot -> all.put(name, snapshot))));
        return all;
    }

    @Override
    public Optional<CircuitBreaker> find(String breaker) {
        return Optional.ofNullable(breakers.get(breaker)).map(Guarded::breaker);
    }

    /** Ends the timers of all breakers. */
    @Override
    public void close() {
        closed = true;
        breakers.values().forEach(Guarded::close);
        List.copyOf(prepared.keySet()).forEach(this::takeBack);
    }

    /** What a breaker is told of a failed start. The cause itself is in the event of the exit. */
    private static final class StartFailed extends RuntimeException {
        private static final long serialVersionUID = 1L;

        StartFailed(String message) {
            super(message, null, false, false);
        }
    }
}
