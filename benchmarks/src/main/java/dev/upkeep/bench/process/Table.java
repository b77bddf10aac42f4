package dev.upkeep.bench.process;

import java.util.Locale;

/** Prints the one table, row by row as it is measured. */
final class Table {
    private boolean collapsed;

    void title(String text) {
        System.out.printf(Locale.ROOT, "%n%s%n", text);
    }

    void line(String what, String figures) {
        System.out.printf(Locale.ROOT, "  %-12s %s%n", what, figures);
    }

    /** Says whether a figure is as promised. It has collapsed when it is ten times as bad. */
    void promise(String what, double figure, double atMost, String unit) {
        boolean met = figure <= atMost;
        collapsed |= figure > 10 * atMost;
        System.out.printf(Locale.ROOT, "  %-12s %s %.2f%s, promised at most %.2f%s: %s%n", "", what, figure,
                unit,
                atMost, unit, met ? "met" : figure > 10 * atMost ? "COLLAPSED" : "missed");
    }

    /** The same where more is better. */
    void promiseAtLeast(String what, double figure, double atLeast, String unit) {
        boolean met = figure >= atLeast;
        collapsed |= figure < atLeast / 10;
        System.out.printf(Locale.ROOT, "  %-12s %s %.0f%s, promised at least %.0f%s: %s%n", "", what, figure,
                unit,
                atLeast, unit, met ? "met" : figure < atLeast / 10 ? "COLLAPSED" : "missed");
    }

    boolean collapsed() {
        return collapsed;
    }
}
