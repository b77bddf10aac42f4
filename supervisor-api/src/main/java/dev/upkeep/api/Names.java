package dev.upkeep.api;

import java.util.Collection;
import java.util.stream.Collectors;

/** The names there are, for a message about one that is not. */
final class Names {
    private static final int SHOWN = 10;

    private Names() {}

    static String shown(Collection<String> names) {
        if (names.isEmpty()) {
            return "none";
        }
        String first = names.stream()
                .limit(SHOWN)
                .map(name -> "'" + name + "'")
                .collect(Collectors.joining(", "));
        return names.size() <= SHOWN ? first : first + " and " + (names.size() - SHOWN) + " more";
    }
}
