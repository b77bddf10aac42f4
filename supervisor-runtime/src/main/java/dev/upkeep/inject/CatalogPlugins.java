package dev.upkeep.inject;

import dev.upkeep.api.ChildSpec;
import dev.upkeep.api.restart.Backoff;
import dev.upkeep.api.restart.RestartStrategy;
import dev.upkeep.api.settings.Choice;
import dev.upkeep.plugin.Catalog;
import dev.upkeep.supervise.Plugins;
import java.time.Duration;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * The core's strategies and back-offs, from the catalog. They are pure functions, so all who choose the same have one
 * object; and what was asked for once is there without calling a plugin's factory.
 */
final class CatalogPlugins implements Plugins {
    /** Choices that nobody has any more stay until there are so many. */
    private static final int MOST = 10_000;

    private final Map<Choice, RestartStrategy> strategies = new ConcurrentHashMap<>();
    private final Map<Choice, Backoff> backoffs = new ConcurrentHashMap<>();
    private final Map<Choice, Optional<Duration>> silences = new ConcurrentHashMap<>();
    private final Catalog catalog;

    CatalogPlugins(Catalog catalog) {
        this.catalog = catalog;
    }

    @Override
    public RestartStrategy strategy(Choice choice) {
        return known(strategies, choice, catalog::strategy);
    }

    @Override
    public Backoff backoff(Choice choice) {
        return known(backoffs, choice, catalog::backoff);
    }

    /** Returns the longest that the checks of a child let it be silent. */
    Optional<Duration> longestSilence(ChildSpec child) {
        return child.health()
                .stream()
                .map(check -> known(silences, check.check(), catalog::longestSilence))
                .flatMap(Optional::stream)
                .min(Comparator.naturalOrder());
    }

    private static <T> T known(Map<Choice, T> made, Choice choice, Function<Choice, T> maker) {
        T known = made.get(choice);
        if (known != null) {
            return known;
        }
        // Not within the map: a factory that hangs must not hold up those who choose something else.
        T fresh = maker.apply(choice);
        if (made.size() >= MOST) {
            made.clear();
        }
        T earlier = made.putIfAbsent(choice, fresh);
        return earlier == null ? fresh : earlier;
    }
}
