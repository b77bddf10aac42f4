package dev.upkeep.config;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Collects what is wrong. What is said once of a place is not said again for each replica or heir of it. */
final class Problems {
    private static final int MOST = 1_000;
    private static final int LONGEST = 4_000;

    private final List<Problem> list = new ArrayList<>();
    private final Set<String> said = new HashSet<>();
    private final String file;
    private final Set<String> secrets;

    /**
     * @param file the name of the configuration
     * @param secrets values that no message may show; still growing
     */
    Problems(String file, Set<String> secrets) {
        this.file = file;
        this.secrets = secrets;
    }

    void add(Position at, String path, String message) {
        addIn(file, at, path, message);
    }

    /**
     * Adds one of a file that the configuration names.
     *
     * @param path where it is named
     */
    void addIn(String named, Position at, String path, String message) {
        String safe = shown(mask(message, secrets));
        if (list.size() < MOST && said.add(named + '\0' + at + safe)) {
            list.add(new Problem(shown(named), at.line(), at.column(), shown(path), safe));
        }
    }

    /** What stands in a file must not control the terminal that shows it, nor fill it. */
    private static String shown(String text) {
        StringBuilder plain = new StringBuilder();
        text.codePoints()
                .limit(LONGEST)
                .forEach(c -> plain.appendCodePoint(c != '\n' && Character.isISOControl(c) ? ' ' : c));
        return plain.toString();
    }

    static String mask(String text, Set<String> secrets) {
        String safe = text;
        // The longest first: one secret may be a part of another.
        for (String secret : secrets.stream()
                .sorted(Comparator.comparingInt(String::length).reversed())
                .toList()) {
            safe = safe.replace(secret, "***");
        }
        return safe;
    }

    /** Returns the name of the configuration. */
    String file() {
        return file;
    }

    boolean isEmpty() {
        return list.isEmpty();
    }

    void clear() {
        list.clear();
        said.clear();
    }

    int count() {
        return list.size();
    }

    /** Returns those of the configuration itself first, then file by file. */
    List<Problem> inOrder() {
        return list.stream()
                .sorted(Comparator.comparing((Problem p) -> !p.file().equals(file))
                        .thenComparing(Problem::file)
                        .thenComparingInt(Problem::line)
                        .thenComparingInt(Problem::column))
                .toList();
    }
}
