package dev.upkeep.plugin;

import java.util.Collection;
import java.util.Locale;
import java.util.Optional;

/** Finds what a person probably meant by a word that is not one of those allowed. */
public final class Nearest {
    private static final int LONGEST = 64;

    private Nearest() {}

    /**
     * Returns the candidate that differs least from the word, if it differs by a third of the word's letters at
     * most. Case, dashes and underscores do not count, and two letters swapped count one.
     */
    public static Optional<String> to(String word, Collection<String> candidates) {
        String plain = plain(word);
        if (plain.isEmpty() || plain.length() > LONGEST) {
            return Optional.empty();
        }
        int least = Math.max(1, plain.length() / 3) + 1;
        Optional<String> best = Optional.empty();
        for (String candidate : candidates) {
            String other = plain(candidate);
            if (!other.isEmpty() && Math.abs(other.length() - plain.length()) < least) {
                int distance = distance(plain, other);
                // A word of which no letter is left is no likeness, however short both are.
                if (distance < least && distance < Math.max(plain.length(), other.length())) {
                    least = distance;
                    best = Optional.of(candidate);
                }
            }
        }
        return best;
    }

    /** Returns " Did you mean 'x'?" or nothing. */
    public static String hint(String word, Collection<String> candidates) {
        return to(word, candidates).map(n -> " Did you mean '" + n + "'?").orElse("");
    }

    private static String plain(String word) {
        return word.toLowerCase(Locale.ROOT).replace("-", "").replace("_", "");
    }

    /** Optimal string alignment: insertions, deletions, replacements and swaps of neighbours. */
    private static int distance(String a, String b) {
        int[][] cost = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            cost[i][0] = i;
        }
        for (int j = 0; j <= b.length(); j++) {
            cost[0][j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            for (int j = 1; j <= b.length(); j++) {
                boolean same = a.charAt(i - 1) == b.charAt(j - 1);
                int least = Math.min(cost[i - 1][j - 1] + (same ? 0 : 1),
                        Math.min(cost[i - 1][j], cost[i][j - 1]) + 1);
                if (i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2)
                        && a.charAt(i - 2) == b.charAt(j - 1)) {
                    least = Math.min(least, cost[i - 2][j - 2] + 1);
                }
                cost[i][j] = least;
            }
        }
        return cost[a.length()][b.length()];
    }
}
