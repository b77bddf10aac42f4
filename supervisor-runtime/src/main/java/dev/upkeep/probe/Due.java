package dev.upkeep.probe;

/** A moment something is due for a probe. Ordered by difference, as the clock may wrap. */
record Due(long atNanos, long order, Probe probe, Kind kind) implements Comparable<Due> {
    enum Kind {
        /** Run it. */
        RUN,
        /** The run has lasted too long: interrupt it. */
        TIMEOUT,
        /** It does not end for all that: it is stuck. */
        STUCK
    }

    @Override
    public int compareTo(Due other) {
        long earlier = atNanos - other.atNanos;
        return earlier != 0 ? Long.signum(earlier) : Long.compare(order, other.order);
    }
}
