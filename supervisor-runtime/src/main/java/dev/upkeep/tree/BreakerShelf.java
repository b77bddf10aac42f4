package dev.upkeep.tree;

import dev.upkeep.api.breaker.BreakerContext;
import dev.upkeep.api.breaker.CircuitBreaker.Snapshot;
import dev.upkeep.api.breaker.CircuitBreaker.View;
import dev.upkeep.api.settings.Choice;
import dev.upkeep.api.time.Ticker;
import dev.upkeep.api.time.Timers;
import dev.upkeep.supervise.Event;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The breakers that a tree has, by name: makes them, changes them, closes them, and tells the loop what becomes of them. */
final class BreakerShelf {
    private static final Logger LOG = LoggerFactory.getLogger(BreakerShelf.class);

    private record Context(String name, int defaultTrials, Ticker ticker, Timers timers,
            RandomGenerator random,
            Executor listeners, Logger log) implements BreakerContext {}

    /** What there was to keep when the tree ended, and when that was on the ticker. */
    private record Kept(Map<String, Snapshot> snapshots, long nanos) {}

    private final EventQueue queue;
    private final Ticker ticker;
    private final Timers timers;
    private final Random seeds;
    private final Executor inOrder;
    private final Executor listeners;
    private final BreakerMaker maker;

    private final Map<String, NamedBreaker> breakers = new ConcurrentHashMap<>();
    /** What could not be made: it is not tried again at every start. */
    private final Map<String, Choice> unmade = new ConcurrentHashMap<>();
    private volatile @Nullable Kept kept;

    /**
     * Makes an empty one.
     *
     * @param inOrder where breakers tell of their changes; nothing of those who listen runs there
     * @param listeners where those who listen are called, who may take as long as they like
     */
    BreakerShelf(EventQueue queue, Ticker ticker, Timers timers, long seed, Executor inOrder,
            Executor listeners, BreakerMaker maker) {
        this.queue = queue;
        this.ticker = ticker;
        this.timers = timers;
        this.seeds = new Random(seed);
        this.inOrder = inOrder;
        this.listeners = listeners;
        this.maker = maker;
    }

    @Nullable
    NamedBreaker get(String name) {
        return breakers.get(name);
    }

    Collection<String> names() {
        return breakers.keySet();
    }

    /** Returns whether what is wanted under that name was tried, and could not be made. */
    boolean isUnmade(String name, WantedBreaker wanted) {
        return wanted.choice().equals(unmade.get(name));
    }

    /** Makes a breaker, unless there is one. */
    void createIfAbsent(String name, WantedBreaker wanted) {
        create(name, wanted, Optional.empty());
    }

    /** The same, in the state of a snapshot. */
    void create(String name, WantedBreaker wanted, Optional<Snapshot> restored) {
        if (breakers.containsKey(name)) {
            return;
        }
        Guarded made = make(name, wanted);
        if (made == null) {
            return;
        }
        // Two may want the same at once; and who comes after the end must not leave its timers behind.
        synchronized (made) {
            NamedBreaker named = new NamedBreaker(made, listeners);
            if (breakers.putIfAbsent(name, named) != null) {
                made.close();
                return;
            }
            if (restored.isPresent()) {
                made.restore(restored.get());
                offerState(named, made);
            }
            if (kept != null && breakers.remove(name, named)) {
                made.close();
            }
        }
    }

    /** Makes a breaker that has no place yet; nothing if it cannot be made, which is logged then. */
    @Nullable
    Guarded make(String name, WantedBreaker wanted) {
        // java.util.Random, because callers on several threads may draw from one breaker's.
        Context context = new Context(name, wanted.trials(), ticker, timers, new Random(seeds.nextLong()),
                inOrder, LOG);
        try {
            Guarded guarded = new Guarded(name, wanted.choice(), maker.make(wanted.choice(), context));
            guarded.breaker().onChange(view -> changed(guarded, view));
            unmade.remove(name);
            return guarded;
        } catch (Throwable t) {
            Guarded.pass(t);
            unmade.put(name, wanted.choice());
            LOG.atError()
                    .addKeyValue("breaker", name)
                    .addKeyValue("type", wanted.choice().type())
                    .setCause(t)
                    .log("breaker could not be made, starts go without it");
            return null;
        }
    }

    /**
     * Makes a breaker what is wanted of it, with its state (C8): in place if it can be changed, or else another takes its place.
     *
     * @param spare that other one, if it was made already; closed if it is not needed
     */
    void change(NamedBreaker named, WantedBreaker wanted, @Nullable Guarded spare) {
        Guarded before = named.now();
        Choice choice = wanted.choice();
        boolean done = before.choice().equals(choice)
                || (before.choice().type().equals(choice.type()) && before.change(maker, choice));
        Guarded next = done || spare != null ? spare : make(before.name(), wanted);
        if (next == null) {
            return;
        }
        if (done) {
            next.close();
        } else {
            replace(named, before, next);
        }
    }

    private void replace(NamedBreaker named, Guarded before, Guarded next) {
        synchronized (next) {
            next.follow(before);
            named.become(next);
            offerState(named, next);
        }
        before.close();
    }

    @SuppressWarnings("ReferenceEquality") // the very breaker, not the one in whose place it will be or was
    private void changed(Guarded guarded, View view) {
        synchronized (guarded) {
            NamedBreaker named = breakers.get(guarded.name());
            if (named != null && named.now() == guarded) {
                guarded.guard(breaker -> offer(named, guarded.numbered(view)));
            }
        }
    }

    private void offerState(NamedBreaker named, Guarded guarded) {
        guarded.guard(breaker -> offer(named, guarded.numbered(breaker.view())));
    }

    /** Called with the monitor of its breaker held, so that all hear in one order. */
    private void offer(NamedBreaker named, View view) {
        queue.offer(new Event.BreakerChanged(view));
        named.tell(view);
    }

    /** Closes a breaker. Permits of it that are out report to one that counts nothing any more. */
    void remove(String name) {
        unmade.remove(name);
        NamedBreaker gone = breakers.remove(name);
        if (gone != null) {
            gone.now().close();
        }
    }

    /** Returns what has to survive the tree: after its end, what had to then. */
    Map<String, Snapshot> snapshots() {
        Kept atTheEnd = kept;
        if (atTheEnd == null) {
            return snapshotsNow();
        }
        Duration passed = Duration.ofNanos(Math.max(0, ticker.nanos() - atTheEnd.nanos()));
        Map<String, Snapshot> later = new HashMap<>();
        atTheEnd.snapshots().forEach((name, snapshot) -> later.put(name, snapshot.after(passed)));
        return later;
    }

    private Map<String, Snapshot> snapshotsNow() {
        Map<String, Snapshot> all = new HashMap<>();
        breakers.forEach((name, named) -> named.now()
                .guard(breaker -> breaker.snapshot().ifPresent(snapshot -> all.put(name, snapshot))));
        return all;
    }

    /** Closes all; what comes later is closed at once. */
    void close() {
        kept = new Kept(snapshotsNow(), ticker.nanos());
        List.copyOf(breakers.values()).forEach(named -> named.now().close());
    }
}
