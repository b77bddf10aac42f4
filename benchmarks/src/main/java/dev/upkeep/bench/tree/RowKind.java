package dev.upkeep.bench.tree;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/** The rows of the table, and with how many children each is run. */
enum RowKind {
    PAUSES(1, 1_000, 100_000), BACK_TO_BACK(1, 1_000, 100_000), RATE(1_000), ALL_FAIL(100_000), ONE_FOR_ALL(
            1_000), START_STOP(100_000), MEMORY(100_000), LIST(100_000);

    private final int[] sizes;

    RowKind(int... sizes) {
        this.sizes = sizes;
    }

    IntStream sizes() {
        return IntStream.of(sizes);
    }

    String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    static RowKind of(String word) {
        return valueOf(word.toUpperCase(Locale.ROOT).replace('-', '_'));
    }

    static List<String> words() {
        return Arrays.stream(values()).map(RowKind::word).toList();
    }
}
