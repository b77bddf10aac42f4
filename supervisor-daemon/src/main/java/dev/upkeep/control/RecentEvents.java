package dev.upkeep.control;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.upkeep.api.child.ChildPath;
import dev.upkeep.api.event.TreeEvent;
import dev.upkeep.api.event.TreeListener;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The last events of the tree, in memory: 4,096 of all, and of each child the last 32, so that a noisy child does not
 * wash away why a quiet one died. Of more than 4,096 children it forgets the one that was quiet for longest. Safe for any
 * thread.
 */
public final class RecentEvents implements TreeListener {
    static final int OVERALL = 4_096;
    static final int PER_CHILD = 32;
    private static final int CHILDREN = 4_096;

    @GuardedBy("this")
    private final Deque<TreeEvent> all = new ArrayDeque<>();

    @GuardedBy("this")
    private final Map<ChildPath, Deque<TreeEvent>> byChild = new LinkedHashMap<>(16, 0.75f, true);

    @GuardedBy("this")
    private long lost;

    @Override
    public synchronized void on(TreeEvent event) {
        append(all, event, OVERALL);
        append(byChild.computeIfAbsent(event.path(), path -> new ArrayDeque<>(4)), event, PER_CHILD);
        if (byChild.size() > CHILDREN) {
            byChild.remove(byChild.keySet().iterator().next());
        }
    }

    private static void append(Deque<TreeEvent> events, TreeEvent event, int limit) {
        if (events.size() == limit) {
            events.removeFirst();
        }
        events.addLast(event);
    }

    @Override
    public synchronized void lost(long events) {
        lost += events;
    }

    /** Returns how many events were never seen here. */
    synchronized long lost() {
        return lost;
    }

    /** Returns the newest events, oldest first, at most so many. */
    synchronized List<TreeEvent> newest(int limit) {
        return all.stream().skip(Math.max(0, all.size() - limit)).toList();
    }

    /** Returns the events after that sequence number, oldest first, at most so many. */
    synchronized List<TreeEvent> after(long sequence, int limit) {
        return all.stream().filter(event -> event.sequence() > sequence).limit(limit).toList();
    }

    /** Returns the last events of one child, oldest first. */
    synchronized List<TreeEvent> of(ChildPath path) {
        Deque<TreeEvent> events = byChild.get(path);
        return events == null ? List.of() : List.copyOf(events);
    }
}
