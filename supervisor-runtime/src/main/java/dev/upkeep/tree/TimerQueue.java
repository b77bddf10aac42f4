package dev.upkeep.tree;

import dev.upkeep.supervise.Timer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The moments the core wants to be told of, earliest first; of two at the same time the one set first. A binary heap in
 * which each timer knows its place, so that one that is not meant any more leaves at once: most are cancelled.
 */
final class TimerQueue {
    private @Nullable Timer[] heap = new Timer[16];
    /** Which of all timers the one in the same slot of the heap was. */
    private long[] order = new long[16];
    private int size;
    private long count;

    /** Puts in a timer; one that is in is left, and one that is never due is passed over. */
    void set(Timer timer) {
        if (timer.at() == Long.MAX_VALUE || timer.slot() >= 0) {
            return;
        }
        if (size == heap.length) {
            heap = Arrays.copyOf(heap, 2 * size);
            order = Arrays.copyOf(order, 2 * size);
        }
        rise(size++, timer, count++);
    }

    /** Takes a timer out, wherever it is; one that is not in is passed over. */
    void cancel(Timer timer) {
        if (timer.slot() >= 0) {
            remove(timer.slot());
        }
    }

    /** Takes the earliest timer that is due. */
    @Nullable
    Timer takeDue(long now) {
        Timer first = heap[0];
        if (first == null || first.at() - now > 0) {
            return null;
        }
        remove(0);
        return first;
    }

    boolean isDue(long now) {
        Timer first = heap[0];
        return first != null && first.at() - now <= 0;
    }

    /** Returns the time of the earliest timer, counted from a moment in the past; the greatest long if there is none. */
    long nextSince(long origin) {
        Timer first = heap[0];
        return first == null ? Long.MAX_VALUE : first.at() - origin;
    }

    int size() {
        return size;
    }

    private void remove(int slot) {
        Timer gone = heap[slot];
        size--;
        Timer last = heap[size];
        long lastOrder = order[size];
        heap[size] = null;
        if (gone != null) {
            gone.slot(-1);
        }
        if (slot < size && last != null) {
            sink(slot, last, lastOrder);
            if (last.slot() == slot) {
                rise(slot, last, lastOrder);
            }
        }
    }

    private void rise(int from, Timer timer, long number) {
        int slot = from;
        while (slot > 0) {
            int above = (slot - 1) >>> 1;
            Timer parent = heap[above];
            if (parent == null || !before(timer, number, parent, order[above])) {
                break;
            }
            put(slot, parent, order[above]);
            slot = above;
        }
        put(slot, timer, number);
    }

    private void sink(int from, Timer timer, long number) {
        int slot = from;
        for (int below = 2 * slot + 1; below < size; below = 2 * slot + 1) {
            Timer least = heap[below];
            Timer right = below + 1 < size ? heap[below + 1] : null;
            if (least != null && right != null && before(right, order[below + 1], least, order[below])) {
                below++;
                least = right;
            }
            if (least == null || !before(least, order[below], timer, number)) {
                break;
            }
            put(slot, least, order[below]);
            slot = below;
        }
        put(slot, timer, number);
    }

    private void put(int slot, Timer timer, long number) {
        heap[slot] = timer;
        order[slot] = number;
        timer.slot(slot);
    }

    /** Compares by differences, because a monotonic clock may be negative and may wrap. */
    private static boolean before(Timer one, long number, Timer other, long otherNumber) {
        long apart = one.at() - other.at();
        return apart < 0 || (apart == 0 && number < otherNumber);
    }
}
