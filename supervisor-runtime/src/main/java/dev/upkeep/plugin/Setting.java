package dev.upkeep.plugin;

import dev.upkeep.api.settings.Alias;
import dev.upkeep.api.settings.Range;
import java.lang.reflect.Type;
import java.util.List;
import java.util.Optional;

/**
 * One component of a settings record.
 *
 * @param name its key in configuration
 * @param alias another key for it
 * @param type what it holds, with type arguments
 * @param fallback its value when the configuration does not name it; empty if it must be given
 * @param written the default as its author wrote it
 * @param range what it accepts
 * @param allowsForever whether it takes the word {@code forever}
 * @param doc one line about it
 */
public record Setting(String name, Optional<Alias> alias, Type type, Optional<Object> fallback,
        Optional<String> written, Optional<Range> range, boolean allowsForever, Optional<String> doc) {
    /** Returns the keys under which it may stand, its name first. */
    public List<String> keys() {
        return alias.map(a -> List.of(name, a.value())).orElseGet(() -> List.of(name));
    }
}
