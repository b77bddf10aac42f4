package dev.upkeep.supervise;

import dev.upkeep.api.Intensity;
import dev.upkeep.api.settings.Durations;
import java.util.Arrays;

/**
 * When a supervisor gives up: a true sliding window over its restarts, inclusive at the edge (B2).
 *
 * <p>A restart that was decided holds a place until it is stamped, so that simultaneous failures cannot slip past, and
 * is stamped when its outcome is known, so that neither a slow stop nor a long back-off carries the window away from
 * under the count. Erlang/OTP stamps at the failure.
 */
final class Budget {
    /** Beyond so many, stamps that lie very near each other become one, at the time of the later: never too lenient. */
    private static final int EXACT = 1 << 16;

    private int max;
    private long withinNanos;
    // Rings of times and of how many restarts were stamped at each.
    private long[] times = new long[0];
    private int[] counts = new int[0];
    private int first;
    private int length;
    private int stamps;
    private int places;

    Budget(Intensity intensity) {
        change(intensity);
    }

    /** Takes another intensity; what is counted stays counted. */
    void change(Intensity intensity) {
        max = intensity.max();
        withinNanos = Durations.saturatedNanos(intensity.within());
    }

    /** Takes a place for one more restart, or says that there is none. */
    boolean take(long now) {
        while (length > 0 && now - times[first] > withinNanos) {
            stamps -= counts[first];
            first = (first + 1) % times.length;
            length--;
        }
        if (stamps + places >= max) {
            return false;
        }
        places++;
        return true;
    }

    /** Turns a place into a stamp: the attempt has succeeded or failed now. */
    void stamp(long now) {
        places--;
        stamps++;
        if (length > 0) {
            int last = (first + length - 1) % times.length;
            long apart = now - times[last];
            if (apart == 0 || (length > 1 && stamps > EXACT
                    && now - times[(first + length - 2) % times.length] < withinNanos / EXACT)) {
                times[last] = now;
                counts[last]++;
                return;
            }
        }
        if (length == times.length) {
            grow();
        }
        int at = (first + length) % times.length;
        times[at] = now;
        counts[at] = 1;
        length++;
    }

    private void grow() {
        int size = Math.max(4, times.length * 2);
        long[] moreTimes = new long[size];
        int[] moreCounts = new int[size];
        for (int i = 0; i < length; i++) {
            moreTimes[i] = times[(first + i) % times.length];
            moreCounts[i] = counts[(first + i) % times.length];
        }
        times = moreTimes;
        counts = moreCounts;
        first = 0;
    }

    /** Gives a place back: the attempt will not be made. */
    void giveBack() {
        places--;
    }

    int places() {
        return places;
    }

    /** Forgets everything, for a new generation of the supervisor. */
    void clear() {
        length = 0;
        first = 0;
        stamps = 0;
        places = 0;
        if (times.length > 64) {
            times = Arrays.copyOf(times, 64);
            counts = Arrays.copyOf(counts, 64);
        }
    }
}
