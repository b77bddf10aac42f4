package dev.upkeep.cli;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * The children that names on the command line stand for: a path, with or without the root's name; a glob, in which
 * {@code *} and {@code ?} stay within one id and {@code **} does not; or the name before the number of replicas (F7). A
 * glob never means the root.
 */
final class Names {
    private final List<Child> children;

    Names(List<Child> children) {
        this.children = children;
    }

    /** Returns the children a name stands for, in start order; none if it stands for nothing. */
    List<Child> matching(String name) {
        List<Child> exact = which(child -> child.path().equals(name) || child.name().equals(name));
        if (!exact.isEmpty()) {
            return exact;
        }
        if (name.contains("*") || name.contains("?")) {
            Predicate<String> glob = glob(name).asMatchPredicate();
            return which(child -> !child.isRoot() && (glob.test(child.name()) || glob.test(child.path())));
        }
        Predicate<String> replica = Pattern.compile(Pattern.quote(name) + "-\\d{1,9}").asMatchPredicate();
        return which(child -> replica.test(child.name()) || replica.test(child.path()));
    }

    /** Returns the children of all names, each once, in start order; what stands for nothing is added to the list. */
    List<Child> matchingAny(List<String> names, List<String> unknown) {
        Set<Child> chosen = new LinkedHashSet<>();
        for (String name : names) {
            List<Child> found = matching(name);
            if (found.isEmpty()) {
                unknown.add(name);
            }
            chosen.addAll(found);
        }
        return which(chosen::contains);
    }

    private List<Child> which(Predicate<Child> wanted) {
        return children.stream().filter(wanted).toList();
    }

    private static Pattern glob(String name) {
        StringBuilder pattern = new StringBuilder();
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (c == '*' && i + 1 < name.length() && name.charAt(i + 1) == '*') {
                pattern.append(".*");
                i++;
            } else {
                pattern.append(c == '*' ? "[^/]*" : c == '?' ? "[^/]" : Pattern.quote(String.valueOf(c)));
            }
        }
        return Pattern.compile(pattern.toString());
    }

    /** Says that a name stands for nothing, and which it may have meant. */
    String unknown(String name) {
        String root = children.isEmpty() ? "the supervisor" : "'" + children.getFirst().path() + "'";
        List<Child> sameId = which(child -> child.name().endsWith("/" + name));
        String near = sameId.isEmpty()
                ? children.stream()
                        .map(Child::name)
                        .min(Comparator.comparingInt(other -> distance(name, other)))
                        .filter(other -> distance(name, other) <= Math.max(1, name.length() / 3))
                        .orElse("")
                : sameId.getFirst().name();
        return "'" + name + "' is no child of " + root
                + (near.isEmpty() ? "" : ". Did you mean '" + near + "'?");
    }

    /** Levenshtein's, of names that are at most a few hundred letters. */
    static int distance(String a, String b) {
        List<Integer> above = new ArrayList<>();
        for (int j = 0; j <= b.length(); j++) {
            above.add(j);
        }
        for (int i = 1; i <= a.length(); i++) {
            List<Integer> row = new ArrayList<>(List.of(i));
            for (int j = 1; j <= b.length(); j++) {
                int change = above.get(j - 1) + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                row.add(Math.min(change, Math.min(above.get(j), row.get(j - 1)) + 1));
            }
            above = row;
        }
        return above.get(b.length());
    }
}
