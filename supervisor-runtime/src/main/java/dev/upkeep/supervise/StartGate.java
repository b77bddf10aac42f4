package dev.upkeep.supervise;

import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/** Bounds how many starts are under way at once (B9). Those beyond the bound queue in order and are never dropped. */
final class StartGate {
    private final int slots;
    private final ArrayDeque<Child> queue = new ArrayDeque<>();
    private int taken;

    StartGate(int slots) {
        this.slots = slots;
    }

    /** Takes a slot, or queues the child. */
    boolean enter(Child child) {
        if (taken < slots && queue.isEmpty()) {
            taken++;
            child.holdsSlot = true;
            return true;
        }
        queue.addLast(child);
        return false;
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
    Child next() {
        Child child = taken < slots ? queue.pollFirst() : null;
        if (child != null) {
            taken++;
            child.holdsSlot = true;
        }
        return child;
    }
}
