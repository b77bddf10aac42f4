package dev.upkeep.api.settings;

import java.util.Optional;

/**
 * A plugin chosen by the name of its type.
 *
 * @param type as {@link TypedFactory#type()} gives it
 * @param settings an instance of its settings record; all defaults if empty
 */
public record Choice(String type, Optional<Record> settings) {
    /** Returns the type with all its defaults. */
    public static Choice of(String type) {
        return new Choice(type, Optional.empty());
    }

    public static Choice of(String type, Record settings) {
        return new Choice(type, Optional.of(settings));
    }
}
