package dev.upkeep.bench.process;

import java.util.Locale;
import java.util.Optional;

/** What is measured, by the name that chooses it. */
enum Row {
    /** One child killed, again and again. */
    KILL,
    /** 800 children killed at once. */
    STORM,
    /** 1,000 children started. */
    START,
    /** What the supervisor of 1,000 idle children weighs, and of 5,000. */
    IDLE,
    /** How much of what one child writes gets through. */
    OUTPUT;

    String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    static Optional<Row> named(String word) {
        for (Row row : values()) {
            if (row.word().equals(word)) {
                return Optional.of(row);
            }
        }
        return Optional.empty();
    }
}
