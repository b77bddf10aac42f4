package dev.upkeep.config;

import java.lang.ref.WeakReference;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * Has one object for each regular expression that is in use: a {@link Pattern} equals itself alone, and settings that are
 * read again must equal those that a tree runs with (A5). Safe for any thread.
 */
final class Patterns {
    private static final int SWEEP_FROM = 64;

    private static final Map<Key, WeakReference<Pattern>> known = new HashMap<>();
    private static int sweepAt = SWEEP_FROM;

    private record Key(String expression, int flags) {}

    private Patterns() {}

    /** @throws PatternSyntaxException if the text is no regular expression */
    static Pattern of(String expression) {
        return shared(Pattern.compile(expression));
    }

    /** Returns the one that stands for all with the same expression and flags. */
    static synchronized Pattern shared(Pattern pattern) {
        Key key = new Key(pattern.pattern(), pattern.flags());
        WeakReference<Pattern> there = known.get(key);
        Pattern first = there == null ? null : there.get();
        if (first != null) {
            return first;
        }
        if (known.size() >= sweepAt) {
            known.values().removeIf(reference -> reference.get() == null);
            sweepAt = Math.max(SWEEP_FROM, 2 * known.size());
        }
        known.put(key, new WeakReference<>(pattern));
        return pattern;
    }
}
