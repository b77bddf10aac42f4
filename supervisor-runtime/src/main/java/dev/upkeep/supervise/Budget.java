package dev.upkeep.supervise;

import dev.upkeep.api.Intensity;
import dev.upkeep.api.settings.Durations;
import java.util.ArrayDeque;

/**
 * When a supervisor gives up: a true sliding window over its restarts, inclusive at the edge (B2).
 *
 * <p>A restart that was decided holds a place until it is stamped, so that simultaneous failures cannot slip past, and
 * is stamped when its outcome is known, so that neither a slow stop nor a long back-off carries the window away from
 * under the count. Erlang/OTP stamps at the failure.
 */
final class Budget {
    private final int max;
    private final long withinNanos;
    private final ArrayDeque<Long> stamps = new ArrayDeque<>();
    private int places;

    Budget(Intensity intensity) {
        this.max = intensity.max();
        this.withinNanos = Durations.saturatedNanos(intensity.within());
    }

    /** Takes a place for one more restart, or says that there is none. */
    boolean take(long now) {
        while (!stamps.isEmpty() && now - stamps.getFirst() > withinNanos) {
            stamps.removeFirst();
        }
        if (stamps.size() + places >= max) {
            return false;
        }
        places++;
        return true;
    }

    /** Turns a place into a stamp: the attempt has succeeded or failed now. */
    void stamp(long now) {
        places--;
        stamps.addLast(now);
    }

    /** Gives a place back: the attempt will not be made. */
    void giveBack() {
        places--;
    }

    /** Forgets everything, for a new generation of the supervisor. */
    void clear() {
        stamps.clear();
        places = 0;
    }
}
