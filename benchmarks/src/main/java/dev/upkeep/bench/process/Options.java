package dev.upkeep.bench.process;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * What is to be done.
 *
 * @param place an empty directory
 * @param tools where the compiled programs are
 * @param upkeep the command to measure
 */
record Options(Path place, Path tools, String upkeep, boolean quick, boolean peers, Set<Row> rows) {
    /** @throws IllegalArgumentException naming the word that is not known */
    static Options of(String[] words) {
        boolean quick = false;
        boolean peers = false;
        Set<Row> rows = EnumSet.noneOf(Row.class);
        for (String word : List.of(words).subList(3, words.length)) {
            switch (word) {
                case "--quick" -> quick = true;
                case "--peers" -> peers = true;
                default -> rows.add(Row.named(word)
                        .orElseThrow(() -> new IllegalArgumentException(
                                "'" + word + "' is no row; there are " + names())));
            }
        }
        return new Options(Path.of(words[0]), Path.of(words[1]), words[2], quick, peers,
                rows.isEmpty() ? EnumSet.allOf(Row.class) : rows);
    }

    private static String names() {
        List<String> names = new ArrayList<>();
        for (Row row : Row.values()) {
            names.add(row.word());
        }
        return String.join(", ", names);
    }

    int rounds(int usually, int quickly) {
        return quick ? quickly : usually;
    }
}
