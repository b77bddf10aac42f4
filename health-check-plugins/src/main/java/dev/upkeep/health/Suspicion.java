package dev.upkeep.health;

/**
 * How suspicious a silence is after beats of a given pace. All times are nanoseconds; finite for all silences.
 *
 * @param mean of the time between beats, at least 0
 * @param stdDev of it, above 0
 * @param pause silence beyond the mean that does not count, at least 0
 */
record Suspicion(double mean, double stdDev, double pause) {
    // The logistic approximation of the normal distribution: F(y) = 1 / (1 + exp(-(LINEAR y + CUBIC y^3))).
    private static final double LINEAR = 1.5976;
    private static final double CUBIC = 0.070566;
    private static final double LN_10 = Math.log(10);
    /** What a moment can be away so that moments are still compared by difference. */
    private static final double MOST_NANOS = Long.MAX_VALUE / 4.0;

    /** Returns the suspicion after so much silence: at least 0, and growing with it. */
    double phi(long silence) {
        double y = (silence - mean - pause) / stdDev;
        double x = y * (LINEAR + CUBIC * y * y);
        // -log10(1 - F), without the 1 - F that is 0 or the exp that is infinite for a y far out.
        return (Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)))) / LN_10;
    }

    /**
     * Returns the silence in nanoseconds after which phi reaches the threshold, at least 1, and the greatest long if that
     * is further away than time is measured.
     *
     * @param threshold above 0
     */
    long reachedAfter(double threshold) {
        double scaled = threshold * LN_10;
        // The inverse of log1p(exp(x)), without an exp that would be infinite.
        double x = scaled + Math.log(-Math.expm1(-scaled));
        double silence = Math.ceil(mean + pause + rootOf(x) * stdDev);
        return silence < MOST_NANOS ? Math.max(1, (long) silence) : Long.MAX_VALUE;
    }

    /** Returns the one real root y of CUBIC y³ + LINEAR y = x: it only rises, so there is the hyperbolic solution. */
    private static double rootOf(double x) {
        double third = Math.sqrt(LINEAR / (3 * CUBIC));
        double z = Math.abs(x) / (2 * CUBIC * third * third * third);
        double asinh = Math.log(z + Math.sqrt(z * z + 1));
        return Math.copySign(2 * third * Math.sinh(asinh / 3), x);
    }
}
