package dev.upkeep.api.child;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The place of a child in its tree: the ids from the root down, as in {@code shop/web/api-1}. Knows the path above and the
 * last id alone, because there may be very many of one supervisor.
 */
public final class ChildPath implements Comparable<ChildPath> {
    /** What an id must look like, for messages. */
    public static final String ID_RULE = "letters, digits, '.', '_', '-', '@' and '+', beginning with a letter or a digit, at most 100 characters";

    private static final int LONGEST = 100;

    private final @Nullable ChildPath above;
    private final String id;
    private final int hash;

    /**
     * Reads a path.
     *
     * @param value the ids joined by {@code /}; the root's is its name
     * @throws IllegalArgumentException naming the part that cannot be an id, and what is allowed
     */
    public ChildPath(String value) {
        ChildPath way = null;
        int from = 0;
        for (int slash = value.indexOf('/'); slash >= 0; slash = value.indexOf('/', from)) {
            way = new ChildPath(way, requireId(value.substring(from, slash)));
            from = slash + 1;
        }
        this.above = way;
        this.id = requireId(from == 0 ? value : value.substring(from));
        this.hash = hash(way, id);
    }

    private ChildPath(@Nullable ChildPath above, String id) {
        this.above = above;
        this.id = id;
        this.hash = hash(above, id);
    }

    private static int hash(@Nullable ChildPath above, String id) {
        return (above == null ? 0 : above.hash * 31) + id.hashCode();
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
    public ChildPath child(String childId) {
        return new ChildPath(this, requireId(childId));
    }

    /** Returns the ids from the root down, joined by {@code /}. */
    public String value() {
        return joined(null);
    }

    /** Returns the ids below a path, or all of them, joined. */
    private String joined(@Nullable ChildPath below) {
        Deque<String> ids = new ArrayDeque<>();
        for (ChildPath path = this; path != null && !path.equals(below); path = path.above) {
            ids.addFirst(path.id);
        }
        return String.join("/", ids);
    }

    /** Returns the last id. */
    public String id() {
        return id;
    }

    /** Returns the path of the supervisor above, or nothing for the root. */
    public Optional<ChildPath> parent() {
        return Optional.ofNullable(above);
    }

    /** Returns whether this is the other path or a path below it. */
    public boolean isWithin(ChildPath other) {
        for (ChildPath path = this; path != null; path = path.above) {
            if (path.equals(other)) {
                return true;
            }
        }
        return false;
    }

    /** Returns the path as a person sees it: without the root's name, which is the same for all. */
    public String shortValue() {
        if (above == null || above.above == null) {
            return id;
        }
        ChildPath root = above;
        while (root.above != null) {
            root = root.above;
        }
        return joined(root);
    }

    @Override
    public int compareTo(ChildPath other) {
        return value().compareTo(other.value());
    }

    @Override
    public boolean equals(@Nullable Object other) {
        if (!(other instanceof ChildPath path)) {
            return false;
        }
        ChildPath mine = this;
        while (mine != path) {
            if (mine == null || path == null || mine.hash != path.hash || !mine.id.equals(path.id)) {
                return false;
            }
            mine = mine.above;
            path = path.above;
        }
        return true;
    }

    @Override
    public int hashCode() {
        return hash;
    }

    @Override
    public String toString() {
        return value();
    }
}
