package dev.upkeep.bench.tree;

import java.util.Locale;

/**
 * What a figure should be.
 *
 * @param limit in the line's unit, or in times the loop thread's floor
 */
record Target(Sense sense, double limit) {
    /** How the limit is meant. */
    enum Sense {
        NONE, AT_MOST, AT_LEAST, TIMES_LOOP
    }

    static Target none() {
        return new Target(Sense.NONE, 0);
    }

    static Target atMost(double limit) {
        return new Target(Sense.AT_MOST, limit);
    }

    static Target atLeast(double limit) {
        return new Target(Sense.AT_LEAST, limit);
    }

    static Target timesLoop(double limit) {
        return new Target(Sense.TIMES_LOOP, limit);
    }

    boolean isMet(double ours, double loop) {
        return switch (sense) {
            case NONE -> true;
            case AT_MOST -> ours <= limit;
            case AT_LEAST -> ours >= limit;
            case TIMES_LOOP -> ours <= limit * loop;
        };
    }

    String text(Unit unit) {
        return switch (sense) {
            case NONE -> "";
            case AT_MOST -> "≤ " + unit.format(limit);
            case AT_LEAST -> "≥ " + unit.format(limit);
            case TIMES_LOOP -> String.format(Locale.ROOT, "≤ %.1f × loop", limit);
        };
    }
}
