package dev.upkeep.health;

import java.util.Arrays;

/**
 * The times between the last beats of an instance. A beat costs a short lock and one number; mean and deviation are
 * calculated when somebody asks, from the numbers themselves, so that no rounding adds up over a year of beats.
 */
final class BeatIntervals {
    static final int MOST = 200;
    private static final int FIRST_ROOM = 16;
    /** A pause of the supervisor itself is longer than this (H7); and it is noticed within so long after its end. */
    static final long LONG_INTERVAL = 5_000_000_000L;
    static final long NOTICED_WITHIN = 2_000_000_000L;

    // Guarded by this.
    private long[] intervals = new long[FIRST_ROOM];
    private long count;
    private boolean begun;
    private long last;
    /** A long interval that may turn out to be a pause of the supervisor, and the beat that ended it. */
    private boolean doubtful;
    private long doubtfulInterval;
    private long doubtfulEnd;

    /** @param expected stands for the first two intervals: a quarter less and a quarter more */
    BeatIntervals(long expected) {
        put(expected - expected / 4);
        put(expected > Long.MAX_VALUE - expected / 4 ? Long.MAX_VALUE : expected + expected / 4);
    }

    /**
     * Notes a beat.
     *
     * @param quietSince when the silence before it began: later than the beat before if the supervisor itself has paused
     *         meanwhile, and then nobody knows the interval
     */
    synchronized void beat(long arrival, long quietSince) {
        settleDoubt(arrival, quietSince);
        boolean known = begun && quietSince - last <= 0;
        if (!begun || arrival - last > 0) {
            long interval = arrival - last;
            last = arrival;
            begun = true;
            if (known && interval > LONG_INTERVAL) {
                doubtful = true;
                doubtfulInterval = interval;
                doubtfulEnd = arrival;
            } else if (known) {
                put(interval);
            }
        }
    }

    /** The first beats after a pause may come before the pause is noticed: then it is noticed soon after. */
    private void settleDoubt(long now, long quietSince) {
        if (!doubtful) {
            return;
        }
        boolean noticed = quietSince - last > 0 && quietSince - doubtfulEnd <= NOTICED_WITHIN;
        if (noticed) {
            doubtful = false;
        } else if (now - doubtfulEnd > NOTICED_WITHIN) {
            doubtful = false;
            put(doubtfulInterval);
        }
    }

    private void put(long interval) {
        int size = (int) Math.min(count, MOST);
        if (size == intervals.length && size < MOST) {
            intervals = Arrays.copyOf(intervals, Math.min(MOST, 2 * size));
        }
        intervals[(int) (count % MOST)] = interval;
        count++;
    }

    /** Returns what the beats so far make of silence. */
    Suspicion suspicion(long quietSince, double minStdDev, double acceptablePause) {
        long[] sample;
        synchronized (this) {
            settleDoubt(quietSince, quietSince);
            sample = Arrays.copyOf(intervals, (int) Math.min(count, MOST));
        }
        double sum = 0;
        for (long interval : sample) {
            sum += interval;
        }
        double mean = sum / sample.length;
        double squares = 0;
        for (long interval : sample) {
            squares += (interval - mean) * (interval - mean);
        }
        return new Suspicion(mean, Math.max(minStdDev, Math.sqrt(squares / sample.length)), acceptablePause);
    }
}
