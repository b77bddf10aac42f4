package dev.upkeep.tree;

import dev.upkeep.api.time.Timers.Cancellable;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Virtual time around one stepping loop: what happens when, and the first thing that went wrong. */
final class VirtualWorld {
    private static final int STEPS = 50_000;

    private static final class Due implements Comparable<Due>, Cancellable {
        final long at;
        final long order;
        final Runnable task;
        boolean cancelled;

        Due(long at, long order, Runnable task) {
            this.at = at;
            this.order = order;
            this.task = task;
        }

        @Override
        public int compareTo(Due other) {
            return at != other.at ? Long.compare(at, other.at) : Long.compare(order, other.order);
        }

        @Override
        public void cancel() {
            cancelled = true;
        }
    }

    final List<String> told = new ArrayList<>();
    private final boolean tells;
    private final long began;
    private final PriorityQueue<Due> due = new PriorityQueue<>();
    private long orders;
    private long now;
    private @Nullable String violation;
    private @Nullable Throwable because;

    /** @param began what the ticker shows at first, which means nothing and may be below zero */
    VirtualWorld(long began, boolean tells) {
        this.began = began;
        this.now = began;
        this.tells = tells;
    }

    long now() {
        return now;
    }

    long sinceTheBeginning() {
        return now - began;
    }

    void tell(Supplier<String> text) {
        if (tells) {
            told.add("[" + sinceTheBeginning() / 1_000_000 + " ms] " + text.get());
        }
    }

    /** Notes what must not be. The loop would swallow what is thrown below it, so that is thrown when it is done. */
    void violated(String what, @Nullable Throwable why) {
        if (violation == null) {
            violation = what;
            because = why;
            tell(() -> "VIOLATED: " + what);
        }
    }

    void demand(boolean holds, Supplier<String> what) {
        if (!holds) {
            violated(what.get(), null);
        }
    }

    boolean isViolated() {
        return violation != null;
    }

    void throwViolation() {
        if (violation != null) {
            throw new AssertionError(violation, because);
        }
    }

    Cancellable later(long nanos, Runnable task) {
        long at = now + nanos;
        Due entry = new Due(nanos > 0 && at < now ? Long.MAX_VALUE : at, ++orders, task);
        due.add(entry);
        return entry;
    }

    /** Time passes while nobody looks: everything that was due meanwhile is late. */
    void pause(long nanos) {
        now += nanos;
    }

    /**
     * Lets that much time pass, with all that happens meanwhile.
     *
     * @param loop says when it wants to be called next, at the latest
     * @param step calls it
     */
    void advance(long nanos, TreeLoop loop, Runnable step) {
        long end = now + nanos;
        int steps = 0;
        for (long next = next(loop); next <= end; next = next(loop)) {
            now = Math.max(now, next);
            for (Due first = due.peek(); first != null && first.at <= now; first = due.peek()) {
                due.poll();
                if (!first.cancelled) {
                    first.task.run();
                }
            }
            step.run();
            demand(++steps < STEPS, () -> "something goes on without end");
            throwViolation();
        }
        now = Math.max(now, end);
    }

    private long next(TreeLoop loop) {
        Due first = due.peek();
        long timer = loop.ended().isDone() ? Long.MAX_VALUE : loop.nextTimer();
        return first == null ? timer : Math.min(timer, first.at);
    }
}
