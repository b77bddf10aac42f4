package dev.upkeep.probe;

import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What is due, by time: a heap whose times stand side by side, so that 100,000 entries are a few cache lines deep. Each entry
 * knows where it is. Times are compared by difference, as the clock may wrap. Guarded by the schedule's lock.
 */
final class Dues<T extends Dues.Entry> {
    /** Something that can be due; in one heap at most, and once. */
    abstract static class Entry {
        @Nullable
        Dues<?> heap;
        int slot;

        final boolean isDue() {
            return heap != null;
        }

        final long dueNanos() {
            return Objects.requireNonNull(heap).times[slot];
        }

        /** Takes it out, if it is anywhere. */
        final void cancel() {
            if (heap != null) {
                heap.remove(this);
            }
        }
    }

    private static final int ARITY = 4;
    private static final int LEAST = 16;

    private long[] times = new long[LEAST];
    private @Nullable Entry[] entries = new Entry[LEAST];
    private int size;

    void add(T entry, long atNanos) {
        entry.cancel();
        if (size == times.length) {
            resize(size * 2);
        }
        entry.heap = this;
        rise(size++, entry, atNanos);
    }

    boolean isEmpty() {
        return size == 0;
    }

    int size() {
        return size;
    }

    /** Returns the earliest time; there must be one. */
    long firstNanos() {
        return times[0];
    }

    /** Takes out the entry that is due first, if its time has come. */
    @Nullable
    T takeDue(long nowNanos) {
        if (size == 0 || times[0] - nowNanos > 0) {
            return null;
        }
        // Only T's are put in.
        @SuppressWarnings("unchecked")
        T first = (T) Objects.requireNonNull(entries[0]);
        remove(first);
        return first;
    }

    private void remove(Entry entry) {
        int slot = entry.slot;
        entry.heap = null;
        Entry last = Objects.requireNonNull(entries[--size]);
        long time = times[size];
        entries[size] = null;
        if (last != entry) {
            if (slot > 0 && time - times[(slot - 1) / ARITY] < 0) {
                rise(slot, last, time);
            } else {
                sink(slot, last, time);
            }
        }
        if (times.length > LEAST && size < times.length / 4) {
            resize(times.length / 2);
        }
    }

    private void rise(int from, Entry entry, long time) {
        int slot = from;
        while (slot > 0) {
            int above = (slot - 1) / ARITY;
            if (time - times[above] >= 0) {
                break;
            }
            put(slot, Objects.requireNonNull(entries[above]), times[above]);
            slot = above;
        }
        put(slot, entry, time);
    }

    private void sink(int from, Entry entry, long time) {
        int slot = from;
        while (true) {
            int first = slot * ARITY + 1;
            int end = Math.min(first + ARITY, size);
            int least = first;
            for (int below = first + 1; below < end; below++) {
                if (times[below] - times[least] < 0) {
                    least = below;
                }
            }
            if (first >= size || time - times[least] <= 0) {
                break;
            }
            put(slot, Objects.requireNonNull(entries[least]), times[least]);
            slot = least;
        }
        put(slot, entry, time);
    }

    private void put(int slot, Entry entry, long time) {
        entries[slot] = entry;
        times[slot] = time;
        entry.slot = slot;
    }

    private void resize(int length) {
        times = Arrays.copyOf(times, length);
        entries = Arrays.copyOf(entries, length);
    }
}
