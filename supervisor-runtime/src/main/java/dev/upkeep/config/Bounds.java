package dev.upkeep.config;

import dev.upkeep.api.settings.ByteSize;
import dev.upkeep.api.settings.Durations;
import dev.upkeep.api.settings.Range;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.Optional;

/** The values that a key accepts: numbers as they are, durations in seconds, sizes in bytes. */
record Bounds(double min, double max, boolean exclusiveMin) {
    static final Bounds NONE = atLeast(Double.NEGATIVE_INFINITY);
    static final Bounds ABOVE_ZERO = new Bounds(0, Double.POSITIVE_INFINITY, true);
    static final Bounds LONGER_THAN_ZERO = ABOVE_ZERO;
    static final Bounds ZERO_OR_MORE = atLeast(0);
    static final Bounds ONE_OR_MORE = atLeast(1);
    static final Bounds SHARE = new Bounds(0, 1, false);
    static final Bounds EXIT_CODE = new Bounds(0, 255, false);
    static final Bounds REPLICAS = new Bounds(0, 10_000, false);

    static Bounds of(Range range) {
        return new Bounds(range.min(), range.max(), range.exclusiveMin());
    }

    /** Returns the bounds of a share that is written in percent; from 0 to 100 where it has none of its own. */
    Bounds inPercent() {
        return new Bounds(Double.isInfinite(min) ? 0 : hundredfold(min),
                Double.isInfinite(max) ? 100 : hundredfold(max), exclusiveMin);
    }

    private static double hundredfold(double share) {
        return BigDecimal.valueOf(share).movePointRight(2).doubleValue();
    }

    private static Bounds atLeast(double min) {
        return new Bounds(min, Double.POSITIVE_INFINITY, false);
    }

    /** Returns why the value is refused, as the second half of "'0s' …", or nothing. */
    Optional<String> refusal(Object value) {
        double number = switch (value) {
            case Duration d -> d.getSeconds() + d.getNano() / 1e9;
            case ByteSize s -> s.bytes();
            case Number n -> n.doubleValue();
            default -> Double.NaN;
        };
        boolean tooSmall = exclusiveMin ? number <= min : number < min;
        boolean tooLarge = number > max;
        if (!tooSmall && !tooLarge) {
            return Optional.empty();
        }
        if (Double.isInfinite(min)) {
            return Optional.of("must be at most " + shown(value, max));
        }
        if (!Double.isInfinite(max) && !exclusiveMin) {
            return Optional.of("must be from " + shown(value, min) + " to " + shown(value, max));
        }
        String than = value instanceof Duration ? "longer than " : "greater than ";
        return Optional.of("must be " + (exclusiveMin ? than : "at least ") + shown(value, min)
                + (Double.isInfinite(max) ? "" : " and at most " + shown(value, max)));
    }

    private static String shown(Object value, double bound) {
        if (value instanceof Duration) {
            return bound == 0 ? "zero" : Durations.format(Duration.ofMillis(Math.round(bound * 1000)));
        }
        if (value instanceof ByteSize) {
            return new ByteSize((long) Math.max(0, bound)).toString();
        }
        boolean whole = bound == Math.rint(bound) && Math.abs(bound) < 1e15;
        return whole ? Long.toString((long) bound) : Double.toString(bound);
    }
}
