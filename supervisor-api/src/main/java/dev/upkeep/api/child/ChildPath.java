package dev.upkeep.api.child;

import java.util.Optional;

/**
 * The place of a child in its tree: the ids from the root down, as in {@code shop/web/api-1}.
 *
 * @param value the ids joined by {@code /}; the root's is its name
 */
public record ChildPath(String value) implements Comparable<ChildPath> {
    /** What an id must look like, for messages. */
    public static final String ID_RULE = "letters, digits, '.', '_', '-', '@' and '+', beginning with a letter or a digit, at most 100 characters";

    private static final int LONGEST = 100;

    public ChildPath {
        int from = 0;
        for (int slash = value.indexOf('/'); slash >= 0; slash = value.indexOf('/', from)) {
            requirePart(value, from, slash);
            from = slash + 1;
        }
        requirePart(value, from, value.length());
    }

    /** Returns whether the text can be the id of a child. */
    public static boolean isId(String text) {
        return isId(text, 0, text.length());
    }

    // By hand, and not by a pattern: each restart names a path, and there may be very many.
    private static boolean isId(String text, int from, int to) {
        if (from == to || to - from > LONGEST || !isLetterOrDigit(text.charAt(from))) {
            return false;
        }
        for (int i = from + 1; i < to; i++) {
            char c = text.charAt(i);
            if (!isLetterOrDigit(c) && c != '-' && c != '.' && c != '_' && c != '@' && c != '+') {
                return false;
            }
        }
        return true;
    }

    private static boolean isLetterOrDigit(char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z');
    }

    private static void requirePart(String value, int from, int to) {
        if (!isId(value, from, to)) {
            requireId(value.substring(from, to));
        }
    }

    /**
     * Returns the id, if it is one.
     *
     * @throws IllegalArgumentException naming the id and what is allowed
     */
    public static String requireId(String id) {
        if (!isId(id)) {
            throw new IllegalArgumentException("'" + id + "' cannot be an id; expected " + ID_RULE);
        }
        return id;
    }

    /** Returns the path of the child with that id below this one. */
    public ChildPath child(String id) {
        return new ChildPath(value + "/" + id);
    }

    /** Returns the last id. */
    public String id() {
        return value.substring(value.lastIndexOf('/') + 1);
    }

    /** Returns the path of the supervisor above, or nothing for the root. */
    public Optional<ChildPath> parent() {
        int slash = value.lastIndexOf('/');
        return slash < 0 ? Optional.empty() : Optional.of(new ChildPath(value.substring(0, slash)));
    }

    /** Returns whether this is the other path or a path below it. */
    public boolean isWithin(ChildPath other) {
        return value.equals(other.value) || value.startsWith(other.value + "/");
    }

    /** Returns the path as a person sees it: without the root's name, which is the same for all. */
    public String shortValue() {
        int slash = value.indexOf('/');
        return slash < 0 ? value : value.substring(slash + 1);
    }

    @Override
    public int compareTo(ChildPath other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
