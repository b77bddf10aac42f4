package dev.upkeep.bench.tree;

import java.util.Locale;

/** What a figure is in. */
enum Unit {
    MICROS("%,.1f µs"), MILLIS("%,.1f ms"), PER_SECOND("%,.0f/s"), BYTES("%,.0f B");

    private final String format;

    Unit(String format) {
        this.format = format;
    }

    String format(double value) {
        return String.format(Locale.ROOT, format, value);
    }

    /** Returns the number alone. */
    String bare(double value) {
        return format(value).replaceAll("[^0-9.,]", "");
    }
}
