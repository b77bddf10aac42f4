package dev.upkeep.process;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What waits for the spawn threads: children, in the order in which they were asked for; and, while one of these threads has
 * nothing to do, a decision that it may make for others. Most such decisions are to start somebody, which the thread then
 * does without another one being woken.
 */
final class SpawnQueue {
    private static final Logger log = LoggerFactory.getLogger(SpawnQueue.class);

    // Guarded by this.
    private final Queue<PosixChild> waiting = new ArrayDeque<>();
    private @Nullable Runnable lent;
    /** Who makes a decision. One thread at most: a plugin may keep it for ever. */
    private @Nullable Thread deciding;
    private int idle;
    private long taken;
    private boolean closed;

    /**
     * Puts in a child.
     *
     * @return whether more threads are wanted: those there are have something to do, which may take them long, as a decision does
     *         in which a plugin hangs, or a program on a disk that does not answer
     * @throws IllegalStateException if this is closed
     */
    synchronized boolean add(PosixChild child) {
        if (closed) {
            throw new IllegalStateException("closed");
        }
        waiting.add(child);
        if (idle > 0) {
            notify();
        }
        int wanted = waiting.size() + (lent == null ? 0 : 1);
        // Who decides will have time for one when this has returned.
        return wanted > idle + (Thread.currentThread().equals(deciding) ? 1 : 0);
    }

    /** Has a spawn thread do this at once, if one has nothing to do. Otherwise does nothing and says so. */
    synchronized boolean lend(Runnable decision) {
        if (closed || idle == 0 || lent != null || deciding != null || !waiting.isEmpty()) {
            return false;
        }
        lent = decision;
        notify();
        return true;
    }

    /** Does what there is to do until there was nothing for so long, or this is closed. An interruption means nothing here. */
    void work(Consumer<PosixChild> spawn, long patienceNanos) {
        while (true) {
            PosixChild child;
            Runnable decision;
            synchronized (this) {
                if (!await(patienceNanos)) {
                    return;
                }
                decision = lent;
                lent = null;
                child = decision == null ? waiting.poll() : null;
                taken += child == null ? 0 : 1;
                if (decision != null) {
                    deciding = Thread.currentThread();
                }
            }
            if (child != null) {
                spawn.accept(child);
            } else if (decision != null) {
                decide(decision);
            }
        }
    }

    private void decide(Runnable decision) {
        try {
            decision.run();
        } catch (Throwable e) {
            log.atError().setCause(e).log("a decision failed on a spawn thread");
        } finally {
            synchronized (this) {
                deciding = null;
            }
        }
    }

    /** Returns whether there is something to do; the monitor is held. */
    private boolean await(long patienceNanos) {
        long deadline = System.nanoTime() + patienceNanos;
        while (!closed && lent == null && waiting.isEmpty()) {
            long left = deadline - System.nanoTime();
            if (left <= 0) {
                return false;
            }
            idle++;
            try {
                TimeUnit.NANOSECONDS.timedWait(this, left);
            } catch (InterruptedException e) {
                // By the watch over plugins, which came too late: it is for what the thread did before.
            } finally {
                idle--;
            }
        }
        return !closed;
    }

    synchronized boolean hasWaiting() {
        return !waiting.isEmpty();
    }

    /** Returns how many children were taken out to be started. */
    synchronized long taken() {
        return taken;
    }

    /** Sends the threads away, each when it has done what it does. Returns the children that nobody will start. */
    synchronized List<PosixChild> close() {
        closed = true;
        notifyAll();
        List<PosixChild> left = new ArrayList<>(waiting);
        waiting.clear();
        return left;
    }
}
