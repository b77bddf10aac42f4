package dev.upkeep.supervise;

import dev.upkeep.api.StartRate;
import dev.upkeep.api.TreeSpec;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Bounds how many starts are under way at once, and how many begin per second (B9). Those beyond queue in order and are
 * never dropped.
 */
final class StartGate {
    private static final double NANOS = 1e9;

    private int slots;
    private Optional<StartRate> rate;
    private final LinkedHashSet<Child> queue = new LinkedHashSet<>();
    private int taken;
    /** How many starts the rate allows at the moment; a bucket that fills by the rate, up to the burst. */
    private double allowance;
    private long filledAt;
    /** Whether there is a time to fill it from: a monotonic clock may begin anywhere, below zero too. */
    private boolean filled;

    StartGate(TreeSpec spec) {
        slots = spec.maxConcurrentStarts();
        rate = spec.startRate();
        allowance = rate.map(r -> (double) r.burst()).orElse(0.0);
    }

    /** Takes another width and rate. Starts under way go on. */
    void change(TreeSpec spec, long now) {
        boolean first = rate.isEmpty();
        fill(now);
        slots = spec.maxConcurrentStarts();
        rate = spec.startRate();
        double burst = rate.map(r -> (double) r.burst()).orElse(0.0);
        allowance = first ? burst : Math.min(allowance, burst);
    }

    /** Takes a slot, or queues the child. */
    boolean enter(Child child, long now) {
        if (queue.isEmpty() && isOpen(now)) {
            take(child);
            return true;
        }
        queue.add(child);
        return false;
    }

    private boolean isOpen(long now) {
        return taken < slots && (rate.isEmpty() || fill(now) >= 1);
    }

    private void take(Child child) {
        taken++;
        child.holdsSlot = true;
        if (rate.isPresent()) {
            allowance -= 1;
        }
    }

    private double fill(long now) {
        long since = filled ? now - filledAt : 0;
        rate.ifPresent(
                r -> allowance = Math.min(r.burst(), allowance + since / NANOS * r.perSecond()));
        filled = true;
        filledAt = now;
        return allowance;
    }

    /** Gives the child's slot back, if it has one. */
    boolean leave(Child child) {
        if (!child.holdsSlot) {
            return false;
        }
        child.holdsSlot = false;
        taken--;
        return true;
    }

    void forget(Child child) {
        queue.remove(child);
    }

    /** Returns the next child to start, with its slot taken. */
    @Nullable
    Child next(long now) {
        if (queue.isEmpty() || !isOpen(now)) {
            return null;
        }
        Iterator<Child> all = queue.iterator();
        Child child = all.next();
        all.remove();
        take(child);
        return child;
    }

    /** Returns how long until the rate alone lets the next one through; below zero if it is not the rate that holds it. */
    long untilRateAllows(long now) {
        if (queue.isEmpty() || rate.isEmpty() || taken >= slots || fill(now) >= 1) {
            return -1;
        }
        // Rounded up, so that the timer does not come a moment too early.
        return (long) Math.min(Long.MAX_VALUE / 2,
                Math.ceil((1 - allowance) / rate.get().perSecond() * NANOS) + 1);
    }
}
