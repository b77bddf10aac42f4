package dev.upkeep.breaker;

import dev.upkeep.api.settings.Durations;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * The latest calls, in ten buckets and the one that is being filled (C4). Safe for any number of threads, without a lock.
 *
 * <p>A success that was fast is one striped add to the number of all calls, and belongs to no bucket: how many calls there
 * are in the window is the difference between that number now and where the window begins. Only failures and slow calls have
 * a bucket, and only they look back. So no call is lost, and what is seen of a window is exact unless calls end while it is
 * looked at: those may be in the number of calls and not yet among the failures, but never the other way round. A rate that
 * is seen is never above the true one, and the last to look sees all.
 */
abstract sealed class Window {
    private static final int PARTS = 10;

    /** The failures and slow calls of one tenth of the window. */
    private static final class Bucket {
        private final long index;
        private final long endNanos;
        private final long callsBefore;
        private final AtomicLong failed = new AtomicLong();
        private final AtomicLong slow = new AtomicLong();
        private volatile @Nullable Bucket previous;

        Bucket(long index, long endNanos, long callsBefore, @Nullable Bucket previous) {
            this.index = index;
            this.endNanos = endNanos;
            this.callsBefore = callsBefore;
            this.previous = previous;
        }

        void add(boolean oneFailed, boolean oneSlow) {
            if (oneFailed) {
                failed.incrementAndGet();
            }
            if (oneSlow) {
                slow.incrementAndGet();
            }
        }
    }

    /** What the window holds at a moment. */
    record Tally(long calls, long failed, long slow) {}

    private final LongAdder calls = new LongAdder();
    private final AtomicReference<Bucket> latest;

    private Window(long firstEndNanos) {
        latest = new AtomicReference<>(new Bucket(0, firstEndNanos, 0, null));
    }

    static Window of(WindowSize size, long nowNanos) {
        return switch (size) {
            case WindowSize.Calls(int number) -> new LastCalls(number);
            case WindowSize.Time(var length) ->
                new LastTime(Math.max(1, Durations.saturatedNanos(length) / PARTS), nowNanos);
        };
    }

    /** Counts a call that ended well, and fast. */
    final void count() {
        calls.increment();
    }

    /** Counts a call that failed or was slow, and returns what the window holds with it. */
    abstract Tally count(long nowNanos, boolean failed, boolean slow);

    /** Goes over to the bucket of that time, if it is not there; returns how long that one is still filled. */
    abstract long turn(long nowNanos);

    /** Returns how long it may be left without a turn; the width of a bucket. */
    abstract long longestPace();

    /** Returns how many calls were ever counted. */
    final long calls() {
        return calls.sum();
    }

    final Bucket latest() {
        return latest.get();
    }

    /** Puts a bucket after that one, unless somebody was faster, and forgets those before the oldest that counts. */
    final void follow(Bucket last, Bucket next, long oldest) {
        if (latest.compareAndSet(last, next)) {
            Bucket bucket = next;
            Bucket before = bucket.previous;
            while (before != null && before.index >= oldest) {
                bucket = before;
                before = bucket.previous;
            }
            bucket.previous = null;
        }
    }

    /** Covers a number of calls, and up to a tenth more: of 100, the last 100 to 109. Of ten or fewer it is exact. */
    private static final class LastCalls extends Window {
        private final long number;
        private final long width;

        LastCalls(int number) {
            super(0);
            this.number = number;
            width = Math.ceilDiv(number, PARTS);
        }

        @Override
        long turn(long nowNanos) {
            return Long.MAX_VALUE;
        }

        @Override
        long longestPace() {
            return Long.MAX_VALUE;
        }

        @Override
        Tally count(long nowNanos, boolean failed, boolean slow) {
            count();
            long position = calls();
            long oldest = Math.max(0, position - number) / width;
            bucketOf(position, oldest).add(failed, slow);
            return tally(oldest, oldest * width);
        }

        private Bucket bucketOf(long position, long oldest) {
            long index = (position - 1) / width;
            Bucket last = latest();
            while (last.index < index) {
                follow(last, new Bucket(index, 0, 0, last), oldest);
                last = latest();
            }
            return last;
        }
    }

    /** Covers a time, and up to a tenth more. */
    private static final class LastTime extends Window {
        private final long width;
        private final long sinceNanos;

        LastTime(long width, long nowNanos) {
            super(nowNanos + width);
            this.width = width;
            sinceNanos = nowNanos;
        }

        @Override
        long turn(long nowNanos) {
            return Math.max(1, bucketAt(nowNanos).endNanos - nowNanos);
        }

        @Override
        long longestPace() {
            return width;
        }

        @Override
        Tally count(long nowNanos, boolean failed, boolean slow) {
            Bucket bucket = bucketAt(nowNanos);
            count();
            bucket.add(failed, slow);
            long oldest = bucket.index - PARTS;
            Bucket first = bucket;
            Bucket before = first.previous;
            while (before != null && before.index >= oldest) {
                first = before;
                before = first.previous;
            }
            return tally(oldest, first.callsBefore);
        }

        private Bucket bucketAt(long nowNanos) {
            Bucket last = latest();
            return nowNanos - last.endNanos < 0 ? last : next(nowNanos);
        }

        private Bucket next(long nowNanos) {
            long index = (nowNanos - sinceNanos) / width;
            Bucket last = latest();
            while (last.index < index) {
                follow(last, new Bucket(index, sinceNanos + (index + 1) * width, calls(), last),
                        index - PARTS);
                last = latest();
            }
            return last;
        }
    }

    /** Adds up from that bucket on. The calls come last: each was counted before its failure was. */
    final Tally tally(long oldest, long callsBefore) {
        long failed = 0;
        long slow = 0;
        Bucket bucket = latest();
        while (bucket != null && bucket.index >= oldest) {
            failed += bucket.failed.get();
            slow += bucket.slow.get();
            bucket = bucket.previous;
        }
        return new Tally(calls() - callsBefore, failed, slow);
    }
}
