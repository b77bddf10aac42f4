package dev.upkeep.breaker;

import dev.upkeep.api.settings.Durations;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongUnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The latest calls, in a ring of buckets: ten full ones and the one that is being filled, so that it covers the window
 * and up to a tenth more (C4). Safe for any number of threads, without a lock.
 */
final class Window {
    private static final int PARTS = 10;

    /** Calls of one stretch of the window. */
    private static final class Bucket {
        private final long index;
        private final LongAdder calls = new LongAdder();
        private final LongAdder failed = new LongAdder();
        private final LongAdder slow = new LongAdder();

        Bucket(long index) {
            this.index = index;
        }
    }

    /** What the window holds at a moment. */
    record Tally(long calls, long failed, long slow) {}

    private final AtomicReferenceArray<@Nullable Bucket> ring;
    private final LongUnaryOperator position;
    private final long bucketWidth;
    private final int fullBuckets;

    /** @param position where a call at that time stands, on a scale from 0 on which a bucket is so wide */
    private Window(LongUnaryOperator position, long bucketWidth, int fullBuckets) {
        this.position = position;
        this.bucketWidth = bucketWidth;
        this.fullBuckets = fullBuckets;
        ring = new AtomicReferenceArray<>(fullBuckets + 1);
    }

    static Window of(WindowSize size, long nowNanos) {
        return switch (size) {
            case WindowSize.Calls(int number) -> {
                AtomicLong calls = new AtomicLong();
                int width = Math.ceilDiv(number, PARTS);
                yield new Window(now -> calls.getAndIncrement(), width, Math.ceilDiv(number, width));
            }
            case WindowSize.Time(var length) -> {
                long width = Math.max(1, Durations.saturatedNanos(length) / PARTS);
                yield new Window(now -> Math.max(0, now - nowNanos), width, PARTS);
            }
        };
    }

    /** Counts a call that ended at that time, and returns the index of its bucket. */
    long count(long nowNanos, boolean failed, boolean slow) {
        long index = position.applyAsLong(nowNanos) / bucketWidth;
        Bucket bucket = bucketAt(index);
        if (bucket != null) {
            // The call before its failure, while tally() reads the other way round: a rate seen is never above the true one.
            bucket.calls.increment();
            if (failed) {
                bucket.failed.increment();
            }
            if (slow) {
                bucket.slow.increment();
            }
        }
        return index;
    }

    /** Returns what the window that ends with that bucket holds. */
    Tally tally(long index) {
        long failed = 0;
        long slow = 0;
        long calls = 0;
        for (int i = 0; i < ring.length(); i++) {
            Bucket bucket = ring.get(i);
            if (bucket != null && bucket.index >= index - fullBuckets) {
                failed += bucket.failed.sum();
                slow += bucket.slow.sum();
                calls += bucket.calls.sum();
            }
        }
        return new Tally(calls, failed, slow);
    }

    /** Returns the bucket, or nothing if the ring has gone past it: a call so late is outside the window. */
    private @Nullable Bucket bucketAt(long index) {
        int slot = (int) (index % ring.length());
        while (true) {
            Bucket there = ring.get(slot);
            if (there != null && there.index >= index) {
                return there.index == index ? there : null;
            }
            Bucket fresh = new Bucket(index);
            if (ring.compareAndSet(slot, there, fresh)) {
                return fresh;
            }
        }
    }
}
