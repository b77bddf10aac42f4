package dev.upkeep.bench.tree;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * What the children of a world do, the same in every world: they run, park, and crash when interrupted. The driver, a platform
 * thread, makes them crash and hears when they are back.
 */
final class Flock {
    private final @Nullable Thread[] threads;
    private final SplittableRandom chance = new SplittableRandom(7);
    private final LongAdder entries = new LongAdder();
    private final AtomicInteger awaited = new AtomicInteger();
    private volatile @Nullable Thread driver;
    private volatile long lastEntryAt;
    private volatile long crashedAt;
    private volatile boolean storm;
    /** Of the chain; only the one child that is being restarted touches it. */
    private volatile long @Nullable [] chain;
    private int links;

    Flock(int size) {
        threads = new Thread[size];
    }

    int size() {
        return threads.length;
    }

    /** The life of one instance. */
    void live(int child, World.Parking parking) throws Exception {
        long now = System.nanoTime();
        threads[child] = Thread.currentThread();
        if (storm) {
            entries.increment();
            throw crash();
        }
        long[] latencies = chain;
        if (latencies != null) {
            link(latencies, child, now);
        } else if (awaited.get() > 0 && awaited.decrementAndGet() == 0) {
            lastEntryAt = now;
            LockSupport.unpark(driver);
        }
        try {
            parking.untilStop();
        } catch (InterruptedException e) {
            throw crash();
        }
    }

    private IllegalStateException crash() {
        if (!storm) {
            crashedAt = System.nanoTime();
        }
        return new IllegalStateException("crashed as asked");
    }

    private void link(long[] latencies, int child, long now) {
        latencies[links++] = now - crashedAt;
        if (links == latencies.length) {
            chain = null;
            lastEntryAt = now;
            awaited.set(0);
            LockSupport.unpark(driver);
        } else {
            interrupt(threads.length == 1 ? child : chance.nextInt(threads.length));
        }
    }

    private void interrupt(int child) {
        Thread thread = threads[child];
        if (thread == null) {
            throw new IllegalStateException("child " + child + " has never run");
        }
        thread.interrupt();
    }

    /** Returns what the child's thread does now. */
    Thread.State state(int child) {
        Thread thread = threads[child];
        return thread == null ? Thread.State.NEW : thread.getState();
    }

    /** From now on awaits so many entries; before what causes them. */
    void expect(int count) {
        driver = Thread.currentThread();
        awaited.set(count);
    }

    /** Waits for them; returns when the last one was. The watchdog ends it all if they never come. */
    long awaitEntries() {
        while (awaited.get() > 0) {
            LockSupport.park(this);
        }
        // The last one says so before it says when.
        while (lastEntryAt == 0) {
            Thread.onSpinWait();
        }
        long at = lastEntryAt;
        lastEntryAt = 0;
        return at;
    }

    /**
     * How long one child was away, in nanoseconds, until the first line of its successor.
     *
     * @param fromThrow from just before it threw
     * @param fromOrder from just before it was told to: the time to wake it, too
     */
    record Away(long fromThrow, long fromOrder) {}

    /** Crashes one child, picked by chance. */
    Away crashOne() {
        expect(1);
        long ordered = System.nanoTime();
        interrupt(chance.nextInt(threads.length));
        long back = awaitEntries();
        return new Away(back - crashedAt, back - ordered);
    }

    /** Crashes all, and returns the nanoseconds from before the first until all are back. */
    long crashAll() {
        expect(threads.length);
        long began = System.nanoTime();
        for (int i = 0; i < threads.length; i++) {
            interrupt(i);
        }
        return awaitEntries() - began;
    }

    /** Crashes one of a group that is restarted as one, and returns the nanoseconds from its throw until all are back. */
    long crashGroup() {
        expect(threads.length);
        interrupt(chance.nextInt(threads.length));
        return awaitEntries() - crashedAt;
    }

    /** Lets each child that is back crash the next; returns the nanoseconds each was away. */
    long[] crashInTurn(int count) {
        long[] latencies = new long[count];
        links = 0;
        expect(1);
        chain = latencies;
        interrupt(chance.nextInt(threads.length));
        awaitEntries();
        return latencies;
    }

    /** Lets every child crash as soon as it runs, for that long; returns the restarts per second. */
    double storm(long warmNanos, long nanos) throws InterruptedException {
        storm = true;
        for (int i = 0; i < threads.length; i++) {
            interrupt(i);
        }
        sleep(warmNanos);
        long before = entries.sum();
        long began = System.nanoTime();
        sleep(nanos);
        double perSecond = (entries.sum() - before) * 1e9 / (System.nanoTime() - began);
        storm = false;
        settle();
        return perSecond;
    }

    /** Waits until no child has entered for a while and all that live are parked. */
    private void settle() throws InterruptedException {
        boolean quiet = false;
        while (!quiet) {
            sleep(50_000_000);
            quiet = Arrays.stream(threads)
                    .allMatch(t -> t != null && t.getState().name().endsWith("WAITING"));
        }
    }

    private static void sleep(long nanos) throws InterruptedException {
        Thread.sleep(nanos / 1_000_000, (int) (nanos % 1_000_000));
    }
}
