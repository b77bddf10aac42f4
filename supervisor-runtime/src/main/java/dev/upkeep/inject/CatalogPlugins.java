package dev.upkeep.inject;

import dev.upkeep.api.restart.Backoff;
import dev.upkeep.api.restart.RestartStrategy;
import dev.upkeep.api.settings.Choice;
import dev.upkeep.plugin.Catalog;
import dev.upkeep.supervise.Plugins;

/** The core's strategies and back-offs, from the catalog. */
record CatalogPlugins(Catalog catalog) implements Plugins {
    @Override
    public RestartStrategy strategy(Choice choice) {
        return catalog.strategy(choice);
    }

    @Override
    public Backoff backoff(Choice choice) {
        return catalog.backoff(choice);
    }
}
