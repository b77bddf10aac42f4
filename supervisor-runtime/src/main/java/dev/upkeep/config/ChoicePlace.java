package dev.upkeep.config;

import dev.upkeep.plugin.PluginKind;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Where in a file a type is chosen.
 *
 * @param kind what can be chosen there
 * @param others the keys beside {@code type} and the settings, which somebody else reads
 * @param misplaced why keys that belong elsewhere do not belong there
 * @param fallback the type where none is named; empty if it must be
 */
record ChoicePlace(PluginKind kind, Collection<String> others, Map<String, String> misplaced,
        Optional<String> fallback) {
    /** A place where there are no keys but {@code type} and the settings. */
    static ChoicePlace alone(PluginKind kind) {
        return new ChoicePlace(kind, List.of(), Map.of(), Optional.empty());
    }

    /** A place where the runtime's keys for that kind stand beside. */
    static ChoicePlace withRuntimeKeys(PluginKind kind) {
        return new ChoicePlace(kind, kind.runtimeKeys(), Map.of(), Optional.empty());
    }

    /**
     * A place where the runtime's keys for that kind stand elsewhere.
     *
     * @param where they do, as in "a key of the check around it"
     */
    static ChoicePlace withoutRuntimeKeys(PluginKind kind, String where) {
        Map<String, String> misplaced = new LinkedHashMap<>();
        kind.runtimeKeys().forEach(key -> misplaced.put(key, where));
        return new ChoicePlace(kind, List.of(), misplaced, Optional.empty());
    }

    ChoicePlace orElse(String type) {
        return new ChoicePlace(kind, others, misplaced, Optional.of(type));
    }
}
