package dev.upkeep.supervise;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Those that restart through one shared breaker: how many of them may be unproven, and who waits. See {@link Herds}. */
final class Herd {
    final String breaker;
    private final LinkedHashSet<Child> waiting = new LinkedHashSet<>();
    private int unproven;
    /** How many more than at the beginning may be unproven. */
    private int grown;

    Herd(String breaker) {
        this.breaker = breaker;
    }

    /** Takes a place for the child, or has it wait for one. */
    boolean enter(Child child, int least) {
        child.herd = this;
        if (waiting.isEmpty() && unproven < least) {
            unproven++;
            return true;
        }
        waiting.add(child);
        return false;
    }

    boolean hasWaiting(Child child) {
        return waiting.contains(child);
    }

    /** Returns the next one, with its place taken; nothing if there is none, or no room. */
    @Nullable
    Child next(int least) {
        // Not the sum, which could be beyond the greatest number.
        if (waiting.isEmpty() || unproven - grown >= least) {
            return null;
        }
        Iterator<Child> all = waiting.iterator();
        Child child = all.next();
        all.remove();
        unproven++;
        shrinkIfNobodyWaits();
        return child;
    }

    /** Lets go of a child, whether it waits or has a place. */
    void leave(Child child) {
        child.herd = null;
        if (!waiting.remove(child)) {
            unproven--;
        }
        shrinkIfNobodyWaits();
    }

    /** One more of them may be unproven, while any waits for that. */
    void grow() {
        grown += waiting.isEmpty() ? 0 : 1;
    }

    void shrink() {
        grown = 0;
    }

    /** Lest single restarts, each well, make room for a thousand at once one day. */
    private void shrinkIfNobodyWaits() {
        if (waiting.isEmpty()) {
            grown = 0;
        }
    }

    /** Lets go of all that wait, and returns them in order. */
    List<Child> dismiss() {
        List<Child> all = new ArrayList<>(waiting);
        all.forEach(child -> child.herd = null);
        waiting.clear();
        grown = 0;
        return all;
    }

    boolean isEmpty() {
        return unproven == 0 && waiting.isEmpty();
    }
}
