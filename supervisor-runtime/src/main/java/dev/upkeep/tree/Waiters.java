package dev.upkeep.tree;

import dev.upkeep.api.child.ChildStatus;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;

/** Those who wait for a snapshot that is as they want it. None of them can hold up the one who publishes it. */
final class Waiters {
    private static final class Waiter {
        private final Predicate<ChildStatus> wanted;
        private final Thread thread = Thread.currentThread();
        private volatile boolean satisfied;
        private volatile boolean over;

        Waiter(Predicate<ChildStatus> wanted) {
            this.wanted = wanted;
        }
    }

    private final Queue<Waiter> waiting = new ConcurrentLinkedQueue<>();
    private volatile boolean over;

    /**
     * Waits, on real time.
     *
     * @param first takes the snapshot there is after the caller has become one who waits
     * @param wanted called for each snapshot by the one who publishes it: quick, and never throws
     * @return whether it came to be
     */
    boolean await(java.util.function.Supplier<ChildStatus> first, Predicate<ChildStatus> wanted, long nanos)
            throws InterruptedException {
        long deadline = System.nanoTime() + nanos;
        Waiter waiter = new Waiter(wanted);
        waiting.add(waiter);
        try {
            waiter.satisfied |= wanted.test(first.get());
            waiter.over |= over;
            while (!waiter.satisfied && !waiter.over) {
                long left = deadline - System.nanoTime();
                if (left <= 0) {
                    return false;
                }
                LockSupport.parkNanos(this, left);
                if (Thread.interrupted()) {
                    throw new InterruptedException();
                }
            }
            return waiter.satisfied;
        } finally {
            waiting.remove(waiter);
        }
    }

    boolean areThere() {
        return !waiting.isEmpty();
    }

    /** Wakes those who wanted just this. */
    void published(ChildStatus snapshot) {
        if (waiting.isEmpty()) {
            return;
        }
        for (Waiter waiter : waiting) {
            if (!waiter.satisfied && waiter.wanted.test(snapshot)) {
                waiter.satisfied = true;
                LockSupport.unpark(waiter.thread);
            }
        }
    }

    /** Sends everyone away, those who come later too: there will be no other snapshot. */
    void end() {
        over = true;
        for (Waiter waiter : waiting) {
            waiter.over = true;
            LockSupport.unpark(waiter.thread);
        }
    }
}
