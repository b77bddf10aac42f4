package dev.upkeep.bench.checks;

import dev.upkeep.api.settings.Defaults;
import java.util.Arrays;
import java.util.List;

/** The rows of the table. */
enum RowKind {
    /** Bare virtual threads, started in batches by one thread: no check, no verdict, no tree. */
    FLOOR,
    /** The tree with no checks. */
    NONE,
    /** With a check for each child. */
    CHECKS,
    /** With as many, and some children more whose checks hang. */
    HUNG;

    String word() {
        return Defaults.wordOf(this);
    }

    static List<String> words() {
        return Arrays.stream(values()).map(RowKind::word).toList();
    }

    static RowKind of(String word) {
        return Arrays.stream(values())
                .filter(row -> row.word().equals(word))
                .findAny()
                .orElseThrow(() -> new IllegalArgumentException(
                        "unknown row '" + word + "'; there are " + String.join(", ", words())));
    }
}
