package dev.upkeep.config;

import dev.upkeep.api.Component;
import java.util.Optional;
import java.util.concurrent.Callable;

/** Makes what {@code component:} names. */
@FunctionalInterface
public interface ComponentFactory {
    /**
     * Returns what makes a fresh instance for every start. Called while the configuration is read.
     *
     * @param settings an instance of the class's own nested record {@code Settings}; empty if it has none
     * @throws RuntimeException if instances cannot be made; its message becomes a problem of the file
     */
    Callable<? extends Component> of(Class<? extends Component> type, Optional<Record> settings);
}
