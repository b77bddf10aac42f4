package dev.upkeep.config;

import dev.upkeep.config.YamlNode.Entry;
import dev.upkeep.config.YamlNode.Mapping;
import dev.upkeep.plugin.Nearest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The keys of one mapping. A look-up that finds nothing usable is empty; what is wrong has been told then, so the caller
 * goes on with a default.
 */
final class Fields {
    /** Keys of the specification that this version does not know how to obey. */
    private static final Set<String> NOT_YET = Set.of("whenSupervisorDies");

    private final Mapping mapping;
    private final Map<String, Inherited> inherited;
    private final String path;
    private final Scope scope;
    private final Reading reading;

    Fields(Mapping mapping, Map<String, Inherited> inherited, String path, Scope scope, Reading reading) {
        this.mapping = mapping;
        this.inherited = inherited;
        this.path = path;
        this.scope = scope;
        this.reading = reading;
    }

    Fields(Mapping mapping, String path, Scope scope, Reading reading) {
        this(mapping, Map.of(), path, scope, reading);
    }

    Position at() {
        return mapping.at();
    }

    String path() {
        return path;
    }

    Scope scope() {
        return scope;
    }

    Mapping mapping() {
        return mapping;
    }

    boolean has(String key) {
        return mapping.entries().containsKey(key);
    }

    Optional<YamlNode> node(String key) {
        return Optional.ofNullable(mapping.entries().get(key))
                .map(Entry::value)
                .or(() -> Optional.ofNullable(inherited.get(key)).map(Inherited::value));
    }

    /** Returns the path of a key: that of the {@code defaults:} it came from, if it did. */
    String path(String key) {
        Inherited from = inherited.get(key);
        return from != null && !has(key) ? from.path() : join(path, key);
    }

    static String join(String path, String key) {
        return path.isEmpty() ? key : path + "." + key;
    }

    Optional<String> text(String key) {
        return node(key).flatMap(n -> reading.text(n, path(key), scope));
    }

    <T> Optional<T> leaf(String key, Class<T> type, Bounds bounds) {
        return node(key).flatMap(n -> reading.leaf(n, type, false, bounds, path(key), scope));
    }

    <T> T leaf(String key, Class<T> type, T fallback) {
        return leaf(key, type, Bounds.NONE).orElse(fallback);
    }

    Duration duration(String key, Bounds bounds, Duration fallback) {
        return leaf(key, Duration.class, bounds).orElse(fallback);
    }

    int number(String key, Bounds bounds, int fallback) {
        return leaf(key, Integer.class, bounds).orElse(fallback);
    }

    boolean flag(String key, boolean fallback) {
        return leaf(key, Boolean.class, fallback);
    }

    List<Integer> numbers(String key, Bounds bounds, List<Integer> fallback) {
        Optional<YamlNode> node = node(key);
        if (node.isEmpty()) {
            return fallback;
        }
        List<Integer> numbers = new ArrayList<>();
        List<YamlNode> items = reading.list(node.get(), path(key), "whole numbers");
        for (int i = 0; i < items.size(); i++) {
            reading.leaf(items.get(i), Integer.class, false, bounds, path(key) + "[" + i + "]", scope)
                    .ifPresent(numbers::add);
        }
        return numbers;
    }

    /** Returns the mapping below a key. */
    Optional<Fields> fields(String key, String expected) {
        return node(key).flatMap(n -> reading.mapping(n, path(key), expected))
                .map(m -> new Fields(m, path(key), scope, reading));
    }

    /** Tells what is wrong with a value, at its place; at that of the whole mapping if it is not there. */
    void tell(String key, String message) {
        reading.problems().add(node(key).map(YamlNode::at).orElse(at()), path(key), message);
    }

    /** Tells of each key that is not one of those known. Keys {@code x-…} are a place for anchors (F8). */
    void refuseUnknown(Collection<String> known, Map<String, String> elsewhere) {
        mapping.entries().forEach((key, entry) -> {
            if (!known.contains(key) && !key.startsWith("x-")) {
                reading.problems().add(entry.keyAt(), join(path, key), unknown(key, known, elsewhere));
            }
        });
    }

    private static String unknown(String key, Collection<String> known, Map<String, String> elsewhere) {
        String why = elsewhere.get(key);
        if (why != null) {
            return why;
        }
        if (NOT_YET.contains(key)) {
            return "not supported yet";
        }
        return "unknown key; expected " + Leaves.oneOf(List.copyOf(known)) + "." + Nearest.hint(key, known);
    }

    /**
     * A value out of {@code defaults:}.
     *
     * @param path where it stands
     */
    record Inherited(YamlNode value, String path) {}
}
