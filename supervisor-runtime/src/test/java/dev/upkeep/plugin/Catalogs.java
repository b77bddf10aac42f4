package dev.upkeep.plugin;

import dev.upkeep.api.settings.TypedFactory;
import java.util.Arrays;
import java.util.List;

/** Catalogs for tests, of factories at hand. */
public final class Catalogs {
    private Catalogs() {}

    /** Returns what would be there if a jar named test.jar had brought these. */
    public static Catalog of(TypedFactory<?>... factories) {
        return of(List.of(), factories);
    }

    public static Catalog of(List<LoadProblem> problems, TypedFactory<?>... factories) {
        return new Catalog(Arrays.stream(factories).map(f -> entry(f, "test.jar")).toList(), problems);
    }

    static CatalogEntry entry(TypedFactory<?> factory, String source) {
        PluginKind kind = Arrays.stream(PluginKind.values())
                .filter(k -> k.service().isInstance(factory))
                .findFirst()
                .orElseThrow();
        return new CatalogEntry(kind, factory.type(), source, factory,
                SettingsShape.of(factory.settings(), kind));
    }
}
