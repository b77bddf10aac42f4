package dev.upkeep.app;

import dev.upkeep.plugin.Catalog;
import dev.upkeep.plugin.CatalogEntry;
import dev.upkeep.plugin.PluginKind;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

@Command(name = "plugins", description = "Lists what is installed, and what should be and is not.", mixinStandardHelpOptions = true)
final class PluginsCommand implements Callable<Integer> {
    @Override
    public Integer call() {
        Installation installation = Installation.here(System.err);
        Catalog catalog = installation.catalog();
        System.out.printf("%-18s %-20s %s%n", "KIND", "TYPE", "SOURCE");
        for (PluginKind kind : PluginKind.values()) {
            for (CatalogEntry entry : catalog.entries(kind)) {
                System.out.printf("%-18s %-20s %s%n", kind.noun(), entry.type(), entry.source());
            }
        }
        installation.tellProblems(System.err);
        return catalog.problems().isEmpty() ? 0 : 1;
    }
}
