package dev.upkeep.tree;

import dev.upkeep.api.Ending;
import dev.upkeep.api.Reply;
import dev.upkeep.api.TreeSpec;
import dev.upkeep.api.child.ChildPath;
import dev.upkeep.api.child.ChildStatus;
import dev.upkeep.api.event.TreeListener;
import dev.upkeep.api.time.Ticker;
import dev.upkeep.supervise.Action;
import dev.upkeep.supervise.Event;
import dev.upkeep.supervise.Plugins;
import dev.upkeep.supervise.Timer;
import dev.upkeep.supervise.Tree;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The loop of one tree: takes events in order, lets the core decide, carries the actions out through the ports, and
 * publishes a snapshot after each batch. It owns the core alone, never blocks on anything but its empty queue, and never
 * ends by a fault.
 */
public final class TreeLoop implements EventQueue {
    private static final Logger log = LoggerFactory.getLogger(TreeLoop.class);
    /** How many events may pass before others see a snapshot of them. */
    private static final int BATCH = 256;

    private final Tree tree;
    private final Ticker ticker;
    private final InstantSource clock;
    private final Thread thread;
    private final ConcurrentLinkedQueue<Event> queue = new ConcurrentLinkedQueue<>();
    private final List<ListenerFeed> listeners = new CopyOnWriteArrayList<>();
    private final Map<Long, CompletableFuture<Reply>> requests = new ConcurrentHashMap<>();
    private final AtomicLong requestNumbers = new AtomicLong();
    private final CompletableFuture<@Nullable Void> started = new CompletableFuture<>();
    private final CompletableFuture<Ending> ended = new CompletableFuture<>();
    private final Object published = new Object();
    private volatile boolean idle;
    private volatile boolean closed;
    private volatile ChildStatus snapshot;

    // The loop's own.
    private final TimerQueue timers = new TimerQueue();
    private final Map<ChildPath, Vitals> vitals = new HashMap<>();
    private final List<Runnable> afterPublishing = new ArrayList<>();
    private @Nullable Ports ports;
    private @Nullable Ending ending;
    private long sequence;

    /**
     * Makes a loop that stands still.
     *
     * @throws IllegalArgumentException if the spec names a plugin that is not there
     */
    public TreeLoop(TreeSpec spec, Plugins plugins, Ticker ticker, InstantSource clock, long seed) {
        this.tree = new Tree(spec, plugins, seed);
        this.ticker = ticker;
        this.clock = clock;
        this.snapshot = tree.view(ticker.nanos(), clock.instant());
        this.thread = Thread.ofPlatform().name("tree-" + spec.name()).daemon().unstarted(this::run);
    }

    /** Starts the tree. Called once. */
    public void start(Ports world) {
        ports = world;
        queue.add(new Event.StartTree());
        thread.start();
    }

    @Override
    public void offer(Event event) {
        queue.add(event);
        if (idle) {
            LockSupport.unpark(thread);
        }
    }

    public ChildStatus snapshot() {
        return snapshot;
    }

    /** Completes when the first start of the tree is over, well or not; with {@link #ended} before if it failed. */
    public CompletableFuture<@Nullable Void> started() {
        return started;
    }

    public CompletableFuture<Ending> ended() {
        return ended;
    }

    public void listen(TreeListener listener) {
        listeners.add(new ListenerFeed(listener, snapshot.path().value()));
    }

    /** Asks something of a child. */
    public CompletableFuture<Reply> ask(Event.Verb verb, ChildPath path, String who) {
        CompletableFuture<Reply> reply = new CompletableFuture<>();
        long number = requestNumbers.incrementAndGet();
        requests.put(number, reply);
        offer(new Event.Asked(number, verb, path, who));
        if (closed) {
            refuseOpenRequests();
        }
        return reply;
    }

    /** Waits until the snapshot is as wanted, or the tree has ended; says whether it came to be. */
    public boolean await(Predicate<ChildStatus> wanted, long nanos) throws InterruptedException {
        long deadline = System.nanoTime() + nanos;
        synchronized (published) {
            while (!wanted.test(snapshot)) {
                long left = deadline - System.nanoTime();
                if (left <= 0 || ended.isDone()) {
                    return false;
                }
                published.wait(left / 1_000_000, (int) (left % 1_000_000));
            }
            return true;
        }
    }

    private void run() {
        while (ending == null) {
            try {
                drain();
                publish();
                sleep();
            } catch (Throwable t) {
                // A fault here is ours. Whatever it was, the other children still need a supervisor.
                log.atError().setCause(t).log("a fault in the supervision loop; it goes on");
            }
        }
        publish();
        // In this order: who asks from now on sees it, and who asked before is found.
        closed = true;
        refuseOpenRequests();
        listeners.forEach(l -> l.close(1000));
        ended.complete(ending);
        started.complete(null);
        synchronized (published) {
            published.notifyAll();
        }
    }

    private void drain() {
        int count = 0;
        Timer due = timers.takeDue(ticker.nanos());
        while (due != null && ending == null) {
            decide(new Event.TimerDue(due));
            due = timers.takeDue(ticker.nanos());
        }
        for (Event event = queue.poll(); event != null && ending == null; event = queue.poll()) {
            decide(event);
            if (++count == BATCH) {
                return;
            }
        }
    }

    private void decide(Event event) {
        long now = ticker.nanos();
        for (Action action : decisionOn(event, now)) {
            try {
                perform(action, now);
            } catch (Throwable t) {
                log.atError()
                        .setCause(t)
                        .addKeyValue("action", action.getClass().getSimpleName())
                        .log(
                                "an action could not be carried out; the loop goes on");
            }
        }
    }

    private List<Action> decisionOn(Event event, long now) {
        try {
            return tree.decide(event, now);
        } catch (RuntimeException | AssertionError | StackOverflowError e) {
            log.atError()
                    .setCause(e)
                    .addKeyValue("event", event.getClass().getSimpleName())
                    .log(
                            "a fault in the decision core; what it had decided on is done, and the loop goes on");
            return tree.decidedSoFar();
        }
    }

    private void perform(Action action, long now) {
        Ports world = Objects.requireNonNull(ports);
        switch (action) {
            case Action.Start start -> {
                Vitals fresh = new Vitals();
                vitals.put(start.instance().path(), fresh);
                world.of(start.spec()).start(start.instance(), start.spec(), fresh);
            }
            case Action.Stop stop -> world.of(stop.spec()).stop(stop.instance(), stop.rule());
            case Action.Kill kill -> world.of(kill.spec()).kill(kill.instance());
            case Action.Revoke revoke -> world.of(revoke.spec()).revoke(revoke.instance());
            case Action.BeginChecks begin -> world.probes()
                    .begin(begin.instance(), begin.spec(),
                            vitals.getOrDefault(begin.instance().path(), new Vitals()), begin.pid());
            case Action.EndChecks end -> world.probes().end(end.instance());
            case Action.Acquire acquire ->
                world.breakers().acquire(acquire.breaker(), acquire.instance(), acquire.byHand());
            case Action.Report report ->
                world.breakers().report(report.breaker(), report.permit(), report.result(), report.why());
            case Action.ResetBreaker reset -> world.breakers().reset(reset.breaker());
            case Action.SetTimer set -> timers.set(set.timer(), set.timer().at());
            case Action.CancelTimer cancel -> {
            }
            case Action.Consult consult -> decide(consult.consultation().ask());
            case Action.Forget forget -> {
            }
            case Action.SpecApplied applied -> {
            }
            case Action.Emit emit -> {
                PublishedEvent event = new PublishedEvent(++sequence, emit.kind(), emit.path(),
                        emit.generation(), clock.instant(),
                        now, emit.text(), emit.cause(), emit.delay(), emit.uptime(), emit.lastWords());
                afterPublishing.add(() -> listeners.forEach(l -> l.offer(event)));
            }
            case Action.Answer answer -> {
                CompletableFuture<Reply> request = requests.remove(answer.request());
                if (request != null) {
                    afterPublishing
                            .add(() -> request.completeAsync(answer::reply, Thread::startVirtualThread));
                }
            }
            case Action.TreeStarted() -> afterPublishing.add(() -> started.complete(null));
            case Action.TreeEnded(Ending how) -> ending = how;
        }
    }

    @SuppressWarnings("ReferenceEquality") // an unchanged tree is the same object
    private void publish() {
        ChildStatus view = tree.view(ticker.nanos(), clock.instant());
        if (view != snapshot || ending != null) {
            synchronized (published) {
                snapshot = view;
                published.notifyAll();
            }
        }
        afterPublishing.forEach(Runnable::run);
        afterPublishing.clear();
    }

    private void sleep() {
        if (!queue.isEmpty() || ending != null) {
            return;
        }
        long nanos = timers.untilNext(ticker.nanos());
        idle = true;
        // An event offered before idle was true is seen here; one offered after unparks.
        if (queue.isEmpty() && nanos > 0) {
            if (nanos == Long.MAX_VALUE) {
                LockSupport.park(this);
            } else {
                LockSupport.parkNanos(this, nanos);
            }
        }
        idle = false;
    }

    private void refuseOpenRequests() {
        requests.values()
                .forEach(r -> r.complete(new Reply(Reply.Kind.SUPERSEDED, "the whole tree has ended")));
        requests.clear();
    }
}
