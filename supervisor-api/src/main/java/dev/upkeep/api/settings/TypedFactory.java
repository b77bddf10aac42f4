package dev.upkeep.api.settings;

/**
 * What all plugin factories have in common: a type name for configuration, and a record of settings.
 *
 * <p>The record's components carry {@link Default}, {@link Range} and {@link Doc}; allowed types are primitives,
 * String, enums, Duration, {@link ByteSize}, Path, URI, Pattern, List, Map, nested records, Optional, and {@link Choice}
 * for another plugin of the same kind. Its compact constructor checks what several components must obey together, and throws IllegalArgumentException.
 *
 * @param <S> the settings record
 */
public interface TypedFactory<S extends Record> {
    /** Returns the name used in configuration: lower case with dashes, unique among the loaded factories of its kind. */
    String type();

    /** Returns the class of the settings record. */
    Class<S> settings();
}
