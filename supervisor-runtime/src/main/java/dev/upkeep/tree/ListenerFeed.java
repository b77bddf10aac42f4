package dev.upkeep.tree;

import dev.upkeep.api.event.TreeEvent;
import dev.upkeep.api.event.TreeListener;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Carries events to one listener, on a virtual thread of its own. When the listener is slow it loses events, counted. */
final class ListenerFeed {
    /** Some seconds of a tree in which everything crashes; about 1 MiB when full. */
    static final int CAPACITY = 8192;

    private static final Logger log = LoggerFactory.getLogger(ListenerFeed.class);

    private final TreeListener listener;
    private final BlockingQueue<TreeEvent> queue = new ArrayBlockingQueue<>(CAPACITY);
    private final AtomicLong lost = new AtomicLong();
    private final Thread thread;
    private volatile boolean closing;
    private boolean complained;

    ListenerFeed(TreeListener listener, String name) {
        this.listener = listener;
        this.thread = Thread.ofVirtual().name("listener-" + name).start(this::run);
    }

    /** Never blocks. */
    void offer(TreeEvent event) {
        if (!queue.offer(event)) {
            lost.incrementAndGet();
        }
    }

    private void run() {
        try {
            while (!closing) {
                hand(queue.take());
            }
        } catch (InterruptedException e) {
            // Closing: what is still queued is handed over, and then the thread ends.
        }
        for (TreeEvent event = queue.poll(); event != null; event = queue.poll()) {
            hand(event);
        }
    }

    private void hand(TreeEvent event) {
        try {
            long missed = lost.getAndSet(0);
            if (missed > 0) {
                listener.lost(missed);
            }
            listener.on(event);
        } catch (Exception | LinkageError | StackOverflowError | AssertionError e) {
            if (!complained) {
                complained = true;
                log.atWarn()
                        .setCause(e)
                        .addKeyValue("listener", listener.getClass().getName())
                        .log(
                                "a listener failed; it is kept, and not reported again");
            }
        }
    }

    /** Hands over what is queued, waiting for it at most that long. */
    void close(long millis) {
        closing = true;
        thread.interrupt();
        try {
            thread.join(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
