package dev.upkeep.tree;

import dev.upkeep.api.event.TreeEvent;
import dev.upkeep.api.event.TreeListener;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries events to one listener, on a virtual thread of its own: a ring that the loop's owner writes and that thread
 * reads, without a lock. When the listener is slow it loses events, counted.
 */
final class ListenerFeed {
    /** Some seconds of a tree in which everything crashes; about 1 MiB when full. */
    static final int CAPACITY = 8192;

    private static final int MASK = CAPACITY - 1;
    private static final Logger log = LoggerFactory.getLogger(ListenerFeed.class);

    private final TreeListener listener;
    private final @Nullable TreeEvent[] ring = new TreeEvent[CAPACITY];
    /** How many events were put in, ever. Written by the loop's owner. */
    private final AtomicLong written = new AtomicLong();
    /** How many were taken out. Written by who hands over. */
    private final AtomicLong read = new AtomicLong();
    private final AtomicLong lost = new AtomicLong();
    private final @Nullable Thread thread;
    private volatile boolean sleeping;
    private volatile boolean closing;
    // The owner's own: what it last saw of the other side.
    private long readAtLeast;
    // The other side's own.
    private boolean complained;

    private ListenerFeed(TreeListener listener, @Nullable String name) {
        this.listener = listener;
        this.thread = name == null ? null : Thread.ofVirtual().name(name).unstarted(this::run);
    }

    /** Makes a feed whose thread runs until it is closed. */
    static ListenerFeed on(TreeListener listener, String thread) {
        ListenerFeed feed = new ListenerFeed(listener, thread);
        if (feed.thread != null) {
            feed.thread.start();
        }
        return feed;
    }

    /** Makes a feed that hands over when it is told to, on the thread that tells it. */
    static ListenerFeed byHand(TreeListener listener) {
        return new ListenerFeed(listener, null);
    }

    /** Takes a batch. Never blocks. */
    void offer(List<? extends TreeEvent> batch) {
        long at = written.getPlain();
        for (int i = 0; i < batch.size(); i++) {
            if (at - readAtLeast == CAPACITY) {
                readAtLeast = read.get();
            }
            if (at - readAtLeast == CAPACITY) {
                lost.incrementAndGet();
            } else {
                ring[(int) at & MASK] = batch.get(i);
                at++;
            }
        }
        written.set(at);
        if (sleeping) {
            // Whoever comes before it is awake need not wake it again.
            sleeping = false;
            LockSupport.unpark(thread);
        }
    }

    private void run() {
        boolean over = false;
        while (!over) {
            // In this order: what was offered before the close is handed over.
            over = closing;
            handOver();
            if (!over) {
                sleep();
            }
        }
    }

    private void sleep() {
        sleeping = true;
        if (written.get() == read.getPlain() && lost.get() == 0 && !closing) {
            LockSupport.park(this);
            // A listener may leave its thread interrupted, and a thread that is cannot park.
            Thread.interrupted();
        }
        sleeping = false;
    }

    /** Hands over all there is. */
    void handOver() {
        long at = read.getPlain();
        while (at != written.get()) {
            TreeEvent event = ring[(int) at & MASK];
            ring[(int) at & MASK] = null;
            read.set(++at);
            tellLost();
            if (event != null) {
                hand(event);
            }
        }
        tellLost();
    }

    private void tellLost() {
        long missed = lost.get() == 0 ? 0 : lost.getAndSet(0);
        if (missed > 0) {
            guarded(() -> listener.lost(missed));
        }
    }

    private void hand(TreeEvent event) {
        try {
            listener.on(event);
        } catch (Exception | LinkageError | StackOverflowError | AssertionError e) {
            complain(e);
        }
    }

    private void guarded(Runnable call) {
        try {
            call.run();
        } catch (Exception | LinkageError | StackOverflowError | AssertionError e) {
            complain(e);
        }
    }

    private void complain(Throwable thrown) {
        if (!complained) {
            complained = true;
            log.atWarn()
                    .setCause(thrown)
                    .addKeyValue("listener", listener.getClass().getName())
                    .log("a listener failed; it is kept, and not reported again");
        }
    }

    /** Lets its thread end when everything is handed over. */
    void close() {
        closing = true;
        LockSupport.unpark(thread);
    }

    /** Waits for the end of its thread, at most that long; interrupts one that takes longer. */
    void awaitEnd(long nanos) {
        if (thread == null) {
            return;
        }
        try {
            if (!thread.join(java.time.Duration.ofNanos(Math.max(0, nanos)))) {
                thread.interrupt();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
