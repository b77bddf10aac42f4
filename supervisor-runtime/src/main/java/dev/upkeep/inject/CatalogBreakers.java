package dev.upkeep.inject;

import dev.upkeep.api.breaker.BreakerContext;
import dev.upkeep.api.breaker.CircuitBreaker;
import dev.upkeep.api.settings.Choice;
import dev.upkeep.plugin.Catalog;
import dev.upkeep.tree.BreakerMaker;

/** The breakers of a tree, from the catalog. */
record CatalogBreakers(Catalog catalog) implements BreakerMaker {
    @Override
    public CircuitBreaker make(Choice choice, BreakerContext context) {
        return catalog.breaker(choice, context);
    }

    @Override
    public boolean change(CircuitBreaker breaker, Choice choice) {
        return catalog.change(breaker, choice);
    }
}
