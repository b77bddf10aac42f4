package dev.upkeep.bench.process;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/** What was measured of one supervisor, round by round. */
final class Sample {
    private final List<Double> values = new ArrayList<>();

    void add(double value) {
        values.add(value);
    }

    double median() {
        return medianOf(values);
    }

    /** Returns the median of the first ones: those of a supervisor that has not done this before. */
    double medianOfFirst(int count) {
        return medianOf(values.subList(0, Math.min(count, values.size())));
    }

    private static double medianOf(List<Double> some) {
        List<Double> sorted = some.stream().sorted().toList();
        int half = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(half) : (sorted.get(half - 1) + sorted.get(half)) / 2;
    }

    /** Returns the median, and the least and the most of all. */
    String text(String format) {
        return String.format(Locale.ROOT, format + " (" + format + " to " + format + ")", median(),
                Collections.min(values), Collections.max(values));
    }
}
