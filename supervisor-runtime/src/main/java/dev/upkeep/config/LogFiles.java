package dev.upkeep.config;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Which child writes to which file, the full ones included: two of them on one would rotate it under each other. */
final class LogFiles {
    private static final Pattern FULL = Pattern.compile("(.+)\\.([1-9]\\d{0,3})");

    private final Map<Path, Claim> claims = new HashMap<>();
    /** Those of them that have the name of a full one of another, by that one and their number. */
    private final Map<Path, TreeMap<Integer, String>> numbered = new HashMap<>();

    private record Claim(String child, int keep) {}

    /**
     * Notes a file.
     *
     * @param keep how many full ones there are beside it
     * @param child the path of whoever writes to it; it may ask again
     * @return what to tell if it is another's already
     */
    Optional<String> claim(Path file, int keep, String child) {
        Claim first = claims.putIfAbsent(file, new Claim(child, keep));
        if (first != null && !first.child().equals(child)) {
            return Optional
                    .of("'" + first.child() + "' writes to this file, too; ${name}, ${index} or ${path}"
                            + " in it makes it one for each");
        }
        Optional<String> full = Optional.ofNullable(numbered.get(file))
                .flatMap(others -> others.headMap(keep, true)
                        .values()
                        .stream()
                        .filter(other -> !other.equals(child))
                        .findFirst());
        Matcher number = FULL.matcher(String.valueOf(file.getFileName()));
        if (full.isEmpty() && number.matches()) {
            Path base = file.resolveSibling(number.group(1));
            int which = Integer.parseInt(number.group(2));
            numbered.computeIfAbsent(base, f -> new TreeMap<>()).putIfAbsent(which, child);
            full = Optional.ofNullable(claims.get(base))
                    .filter(other -> which <= other.keep() && !other.child().equals(child))
                    .map(Claim::child);
        }
        return full.map(other -> "a file of '" + other + "' and a full one of the other would have one name");
    }
}
