package dev.upkeep.tree;

import dev.upkeep.supervise.Timer;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/** The moments the core wants to be told of, earliest first; of two at the same time the one set first. */
final class TimerQueue {
    private record Entry(Timer timer, long at) {}

    // Differences, because a monotonic clock may be negative and may wrap.
    private final PriorityQueue<Entry> entries = new PriorityQueue<>((a, b) -> a.at == b.at
            ? 0
            : Long.compare(a.at - b.at, 0));

    void set(Timer timer, long at) {
        if (at != Long.MAX_VALUE) {
            entries.add(new Entry(timer, at));
        }
    }

    /** Takes the earliest timer that is due. */
    @Nullable
    Timer takeDue(long now) {
        Entry first = entries.peek();
        if (first == null || first.at - now > 0) {
            return null;
        }
        entries.poll();
        return first.timer;
    }

    /** Returns the nanoseconds until the earliest timer; the greatest long if there is none. */
    long untilNext(long now) {
        Entry first = entries.peek();
        return first == null ? Long.MAX_VALUE : Math.max(0, first.at - now);
    }
}
