package dev.upkeep.tree;

import dev.upkeep.api.ChildSpec;
import dev.upkeep.api.Ending;
import dev.upkeep.api.Reply;
import dev.upkeep.api.TreeSpec;
import dev.upkeep.api.child.ChildPath;
import dev.upkeep.api.child.ChildStatus;
import dev.upkeep.api.event.EventKind;
import dev.upkeep.api.event.TreeListener;
import dev.upkeep.api.time.Ticker;
import dev.upkeep.supervise.Event;
import dev.upkeep.supervise.Plugins;
import dev.upkeep.supervise.Tree;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongFunction;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The loop of one tree: takes events in order, lets the core decide, carries the actions out through the ports, and
 * publishes a snapshot after each batch. It never blocks on anything but its empty queue, and never ends by a fault.
 *
 * <p>It has one owner at a time. That is its own thread, for timers and for whatever comes from threads that have more to
 * do; or a thread that offers its last event and finds nobody deciding, for a bounded time: a component's end and the start
 * of its next instance then cost no wake-up of another thread.
 */
public final class TreeLoop implements EventQueue {
    private static final Logger log = LoggerFactory.getLogger(TreeLoop.class);
    /** How many events may pass before others see a snapshot of them. */
    private static final int BATCH = 256;
    /** How long a thread that only helps may be kept. */
    private static final long HELP = Duration.ofMillis(1).toNanos();
    /** In the place of the time that the loop's thread sleeps until: it does not, and will look before it does. */
    private static final long AWAKE = Long.MIN_VALUE;
    private static final long FOREVER = Long.MAX_VALUE;

    private final Ticker ticker;
    private final Queue<Event> queue = new ConcurrentLinkedQueue<>();
    private final Map<Long, CompletableFuture<Reply>> requests = new ConcurrentHashMap<>();
    private final AtomicLong requestNumbers = new AtomicLong();
    private final CompletableFuture<@Nullable Void> started = new CompletableFuture<>();
    private final CompletableFuture<Ending> ended = new CompletableFuture<>();
    private final Publication publication;
    private final Decisions decisions;
    private final PluginWatch watch;
    /** What times are counted from, so that they can be compared as plain numbers. */
    private final long origin;
    private final String threadName;
    private final boolean threads;

    /** Whether somebody decides, or the tree has not begun, or has ended. */
    private final AtomicBoolean owned = new AtomicBoolean(true);
    /** Until when the loop's thread sleeps, counted from the origin. Set before it gives the loop out of its hands. */
    private final AtomicLong sleepsUntil = new AtomicLong(AWAKE);
    private volatile Thread thread;
    private volatile boolean closed;

    // The owner's own.
    private final PublicationPace pace;
    private long published;

    /**
     * Makes a loop that stands still.
     *
     * @throws IllegalArgumentException if the spec names a plugin that is not there
     */
    public TreeLoop(TreeSpec spec, Plugins plugins, Ticker ticker, InstantSource clock, long seed) {
        this(spec, plugins, ticker, clock, seed, true);
    }

    private TreeLoop(TreeSpec spec, Plugins plugins, Ticker ticker, InstantSource clock, long seed,
            boolean threads) {
        this.ticker = ticker;
        this.origin = ticker.nanos();
        this.threads = threads;
        this.pace = new PublicationPace(origin);
        this.threadName = "tree-" + spec.name();
        this.thread = Thread.ofPlatform().name(threadName).daemon().unstarted(this::run);
        this.watch = new PluginWatch("watch-" + spec.name(), this::takeOver);
        Tree tree = new Tree(spec, plugins, seed);
        this.publication = new Publication(tree.view(origin, clock.instant()),
                threads ? Thread::startVirtualThread : Runnable::run);
        this.decisions = new Decisions(tree, ticker, clock, publication, requests,
                threads ? watch::ask : PluginWatch::answerTo);
    }

    /** Makes a loop without threads: it does what it has to when {@link #step} is called. Listeners and askers hear there, too. */
    static TreeLoop stepping(TreeSpec spec, Plugins plugins, Ticker ticker, InstantSource clock, long seed) {
        return new TreeLoop(spec, plugins, ticker, clock, seed, false);
    }

    /** Starts the tree. Called once. */
    public void start(Ports world) {
        decisions.connect(world);
        queue.add(new Event.StartTree());
        owned.set(false);
        if (threads) {
            thread.start();
        }
    }

    @Override
    public void offer(Event event) {
        if (closed) {
            return;
        }
        queue.add(event);
        // The owner looks at the queue after it has let go.
        if (!owned.get()) {
            wake();
        }
    }

    @Override
    public void offerAndHelp(Event event) {
        offerAndHelp(event, false);
    }

    @Override
    public void offerAndCarryOut(Event event) {
        offerAndHelp(event, true);
    }

    private void offerAndHelp(Event event, boolean inHaste) {
        if (!threads) {
            offer(event);
        } else if (!closed) {
            queue.add(event);
            // While the loop's thread is awake it looks at the queue before it sleeps: in a storm of events one thread that
            // works is worth more than many that take turns.
            if (sleepsUntil.get() != AWAKE && owned.compareAndSet(false, true)) {
                // A thread that has just begun has its own work before it: no plugin may keep it from that.
                help(event instanceof Event.Ended || event instanceof Event.StartRefused, inHaste);
            }
        }
    }

    public ChildStatus snapshot() {
        return publication.snapshot();
    }

    /** Returns a number that is another for each {@link #snapshot}, for those who look very often. */
    long edition() {
        return publication.edition();
    }

    /** Returns the spec applied last. */
    public TreeSpec spec() {
        return decisions.spec();
    }

    /** Returns the spec of a child, as it was applied or added last. */
    public Optional<ChildSpec> specOf(ChildPath path) {
        return decisions.specOf(path);
    }

    /** Returns how many events of a kind there were. */
    public long count(EventKind kind) {
        return publication.count(kind);
    }

    /** Completes when the first start of the tree is over, well or not; with {@link #ended} before if it failed. */
    public CompletableFuture<@Nullable Void> started() {
        return started;
    }

    public CompletableFuture<Ending> ended() {
        return ended;
    }

    /** Hears every event from now on. */
    public void listen(TreeListener listener) {
        publication.listen(threads
                ? ListenerFeed.on(listener, "listener-" + snapshot().path().value())
                : ListenerFeed.byHand(listener));
    }

    /** Asks something of a child. */
    public CompletableFuture<Reply> ask(Event.Verb verb, ChildPath path, String who) {
        return request(number -> new Event.Asked(number, verb, path, who));
    }

    /** Asks for something. It is answered in any case: at the end of the tree by {@code SUPERSEDED}. */
    public CompletableFuture<Reply> request(LongFunction<Event> event) {
        CompletableFuture<Reply> reply = new CompletableFuture<>();
        long number = requestNumbers.incrementAndGet();
        requests.put(number, reply);
        offer(event.apply(number));
        if (closed) {
            refuseOpenRequests();
        }
        return reply;
    }

    /**
     * Waits until a snapshot is as wanted, or the tree has ended; says whether it came to be.
     *
     * @param wanted called by the loop's owner: quick, and never throws
     */
    public boolean await(Predicate<ChildStatus> wanted, long nanos) throws InterruptedException {
        return publication.await(wanted, nanos);
    }

    /** Does all that is due and queued. Only for a loop without threads. */
    void step() {
        if (!owned.compareAndSet(false, true)) {
            return;
        }
        workUntilDry();
        if (decisions.ending() == null) {
            owned.set(false);
        } else {
            finish();
        }
    }

    /** Returns when the next timer is due, on the ticker; nothing is due ever if it is the greatest long. */
    long nextTimer() {
        long next = decisions.nextTimerSince(origin);
        return next == FOREVER ? FOREVER : origin + next;
    }

    private void run() {
        Thread me = Thread.currentThread();
        while (isLoop(me) && !closed) {
            sleepsUntil.set(AWAKE);
            boolean free;
            if (owned.compareAndSet(false, true)) {
                if (!workUntilDry()) {
                    return;
                }
                if (decisions.ending() != null) {
                    finish();
                    return;
                }
                sleepsUntil.set(nextMoment());
                owned.set(false);
                free = !queue.isEmpty() && !owned.get();
            } else {
                // Someone helps, and wakes this thread if it leaves anything to do.
                sleepsUntil.set(FOREVER);
                free = !owned.get();
            }
            if (!free) {
                sleep();
            }
        }
    }

    @SuppressWarnings("ReferenceEquality")
    private boolean isLoop(Thread candidate) {
        return candidate == thread;
    }

    /** Sleeps until its time has come, or it is woken. */
    private void sleep() {
        for (long until = sleepsUntil.get(); until != AWAKE; until = sleepsUntil.get()) {
            if (until == FOREVER) {
                LockSupport.park(this);
            } else {
                long nanos = until - (ticker.nanos() - origin);
                if (nanos <= 0) {
                    return;
                }
                LockSupport.parkNanos(this, nanos);
            }
            // A plugin may leave it interrupted, and a thread that is cannot park.
            Thread.interrupted();
        }
    }

    /** Wakes the loop's thread if it sleeps. */
    private void wake() {
        if (sleepsUntil.get() != AWAKE && sleepsUntil.getAndSet(AWAKE) != AWAKE) {
            LockSupport.unpark(thread);
        }
    }

    /** Has the loop's thread sleep no longer than until then, if it sleeps; it need not wake for that. */
    private void sleepNoLongerThan(long moment) {
        for (long until = sleepsUntil.get(); moment < until; until = sleepsUntil.get()) {
            if (sleepsUntil.compareAndSet(until, moment)) {
                LockSupport.unpark(thread);
                return;
            }
        }
    }

    /** Returns when there is something to do though nothing happens, counted from the origin. For the owner. */
    private long nextMoment() {
        long timer = decisions.nextTimerSince(origin);
        return unpublished() ? Math.min(timer, pace.end() - origin) : timer;
    }

    private boolean unpublished() {
        return decisions.count() != published;
    }

    private void help(boolean mayAsk, boolean inHaste) {
        Thread me = Thread.currentThread();
        boolean interrupted = Thread.interrupted();
        ClassLoader loader = me.getContextClassLoader();
        me.setContextClassLoader(TreeLoop.class.getClassLoader());
        try {
            helpForAWhile(mayAsk, inHaste);
        } finally {
            me.setContextClassLoader(loader);
            if (interrupted) {
                me.interrupt();
            }
        }
    }

    private void helpForAWhile(boolean mayAsk, boolean inHaste) {
        long until = ticker.nanos() + HELP;
        do {
            if (!drain(until, mayAsk)) {
                return;
            }
            long now = ticker.nanos();
            if (unpublished() && (publication.isUrgent() || decisions.ending() != null
                    || (!inHaste && pace.allows(now)))) {
                publish();
            }
            boolean leftOver = decisions.ending() != null || decisions.hasQuestions();
            long next = nextMoment();
            owned.set(false);
            if (leftOver || (now - until >= 0 && !queue.isEmpty())) {
                wake();
                return;
            }
            sleepNoLongerThan(next);
        } while (!queue.isEmpty() && sleepsUntil.get() != AWAKE && owned.compareAndSet(false, true));
    }

    /** Works until there is nothing to do. Returns whether the caller still is the owner. */
    private boolean workUntilDry() {
        do {
            long before = decisions.count();
            if (!drain(ticker.nanos() + FOREVER / 2, true)) {
                return false;
            }
            // What others left is published when its time has come, what was decided here at once.
            if (decisions.count() != before || (unpublished() && pace.isOver(ticker.nanos()))) {
                publish();
            }
        } while (decisions.ending() == null
                && (!queue.isEmpty() || decisions.hasQuestions() || decisions.hasDue()));
        if (decisions.ending() != null) {
            publish();
        }
        return true;
    }

    /** Decides on one batch. Returns whether the caller still is the owner. */
    private boolean drain(long until, boolean mayAsk) {
        try {
            return decisions.drain(queue, BATCH, until, mayAsk);
        } catch (Throwable t) {
            complain(t);
            return true;
        }
    }

    private void publish() {
        published = decisions.count();
        try {
            publication.publish(decisions.view());
            if (!threads) {
                publication.handOver();
            }
            if (decisions.startIsOver() && !started.isDone() && decisions.ending() == null) {
                started.complete(null);
            }
        } catch (Throwable t) {
            complain(t);
        }
    }

    /** A fault here is ours. Whatever it was, the other children still need a supervisor. */
    private static void complain(Throwable fault) {
        try {
            log.atError().setCause(fault).log("a fault in the supervision loop; it goes on");
        } catch (Throwable t) {
            // There may be no memory for a line of log; that is no reason to leave the children alone.
        }
    }

    /** On the watch's thread, which is the owner now instead of one that hangs in a plugin. */
    private @Nullable Runnable takeOver(PluginWatch.Lost lost) {
        decisions.askInstead(lost.instead());
        if (!isLoop(lost.thread())) {
            owned.set(false);
            wake();
            return null;
        }
        Thread next = Thread.currentThread();
        next.setName(threadName);
        thread = next;
        return () -> {
            owned.set(false);
            run();
        };
    }

    private void finish() {
        Ending how = decisions.ending();
        if (how == null) {
            return;
        }
        // In this order: who asks from now on sees it, and who asked before is found.
        closed = true;
        refuseOpenRequests();
        queue.clear();
        watch.close();
        publication.end();
        ended.complete(how);
        started.complete(null);
        publication.sendWaitersAway();
    }

    private void refuseOpenRequests() {
        requests.values()
                .forEach(r -> r.complete(new Reply(Reply.Kind.SUPERSEDED, "the whole tree has ended")));
        requests.clear();
    }
}
