package dev.upkeep.plugin;

import dev.upkeep.api.settings.TypedFactory;

/**
 * One installed type.
 *
 * @param kind what it is
 * @param type its name in configuration
 * @param source the jar or class-path entry that brought it
 * @param factory makes it
 * @param settings what can be set
 */
public record CatalogEntry(PluginKind kind, String type, String source, TypedFactory<?> factory,
        SettingsShape settings) {
    /** Returns the name of the factory's class. */
    public String className() {
        return factory.getClass().getName();
    }
}
