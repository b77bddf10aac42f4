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
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The real breakers of one tree. Made, created and asked on the tree's loop; only {@link #find} may be called from any
 * thread. A breaker that throws, or could not be made, lets every start through: it must not keep a child down.
 */
public final class Breakers implements BreakerPort, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Breakers.class);
    private static final int TRIALS_OF_ITS_OWN = 1;
    private static final int TRIALS_SHARED = 3;
    /** A breaker that changes under every question is plugin code gone wild; then its next change has to do. */
    private static final int QUESTIONS = 3;

    /** One breaker. Its monitor orders what is put on the queue: a change that follows a refusal comes after it. */
    private record Guarded(String name, CircuitBreaker breaker, AtomicBoolean complained) {}

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
        tree.breakers().forEach((name, choice) -> create(name, choice, TRIALS_SHARED));
        createOwn(new ChildPath(tree.name()), tree.root());
    }

    private void createOwn(ChildPath path, SupervisorSpec supervisor) {
        for (ChildSpec child : supervisor.children()) {
            ChildPath childPath = path.child(child.id());
            child.breaker()
                    .flatMap(BreakerUse::own)
                    .ifPresent(choice -> create(childPath.value(), choice, TRIALS_OF_ITS_OWN));
            if (child.work() instanceof SupervisorSpec below) {
                createOwn(childPath, below);
            }
        }
    }

    private void create(String name, Choice choice, int trials) {
        if (breakers.containsKey(name)) {
            return;
        }
        // java.util.Random, because callers on several threads may draw from one breaker's.
        Context context = new Context(name, trials, ticker, timers, new Random(seeds.nextLong()), listeners,
                LOG);
        try {
            CircuitBreaker breaker = maker.apply(choice, context);
            Guarded guarded = new Guarded(name, breaker, new AtomicBoolean());
            breaker.onChange(view -> tell(guarded, view));
            breakers.put(name, guarded);
        } catch (Throwable t) {
            pass(t);
            LOG.atError()
                    .addKeyValue("breaker", name)
                    .addKeyValue("type", choice.type())
                    .setCause(t)
                    .log("breaker could not be made, starts go without it");
        }
    }

    private void tell(Guarded guarded, View view) {
        synchronized (guarded) {
            queue.offer(new Event.BreakerChanged(view));
        }
    }

    @Override
    public void acquire(String breaker, InstanceId instance, boolean byHand) {
        Guarded guarded = breakers.get(breaker);
        if (guarded == null) {
            queue.offer(new Event.Permitted(instance, 0));
            return;
        }
        synchronized (guarded) {
            try {
                ask(guarded, instance, byHand);
            } catch (Throwable t) {
                complain(guarded, t);
                queue.offer(new Event.Permitted(instance, 0));
            }
        }
    }

    private void ask(Guarded guarded, InstanceId instance, boolean byHand) {
        CircuitBreaker breaker = guarded.breaker();
        View view = breaker.view();
        for (int question = 1;; question++) {
            Optional<Permit> permit = breaker.tryAcquire();
            if (permit.isPresent()) {
                queue.offer(new Event.Permitted(instance, hold(guarded, instance.path(), permit.get())));
                return;
            }
            View after = breaker.view();
            // A refusal belongs to a state. If that changed meanwhile, the new one may let the child through, and the
            // core, which knows the change already, would wait for another that may never come.
            if (after.epoch() == view.epoch() || question == QUESTIONS) {
                refuse(instance, view, byHand);
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
        guard(held.from(), breaker -> {
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
            guard(guarded, CircuitBreaker::reset);
        }
    }

    @Override
    public Optional<CircuitBreaker> find(String breaker) {
        return Optional.ofNullable(breakers.get(breaker)).map(Guarded::breaker);
    }

    /** Ends the timers of all breakers. */
    @Override
    public void close() {
        breakers.values().forEach(guarded -> guard(guarded, CircuitBreaker::close));
    }

    private static void guard(Guarded guarded, Consumer<CircuitBreaker> work) {
        try {
            work.accept(guarded.breaker());
        } catch (Throwable t) {
            complain(guarded, t);
        }
    }

    private static void complain(Guarded guarded, Throwable t) {
        pass(t);
        if (guarded.complained().compareAndSet(false, true)) {
            LOG.atError()
                    .addKeyValue("breaker", guarded.name())
                    .setCause(t)
                    .log("breaker failed, starts it cannot judge go without it; further failures are not logged");
        }
    }

    private static void pass(Throwable t) {
        if (t instanceof OutOfMemoryError outOfMemory) {
            throw outOfMemory;
        }
    }

    /** What a breaker is told of a failed start. The cause itself is in the event of the exit. */
    private static final class StartFailed extends RuntimeException {
        private static final long serialVersionUID = 1L;

        StartFailed(String message) {
            super(message, null, false, false);
        }
    }
}
