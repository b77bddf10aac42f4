package dev.upkeep.api;

import dev.upkeep.api.breaker.CircuitBreaker;
import dev.upkeep.api.event.TreeListener;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * What a program gives a tree besides its spec.
 *
 * @param listeners hear every event from the first
 * @param stateStore keeps the state of components; by default files below the user's state directory
 * @param onGiveUp called once, on a virtual thread, when the root itself gives up (B5); what it throws is logged
 * @param breakers what {@link Supervisor#breakerSnapshots} said before the program ended, by name, with the time since then
 *         taken off: an open breaker is open again (C8). Names of breakers that are not there are passed over
 */
public record Surroundings(List<TreeListener> listeners, Optional<StateStore> stateStore,
        Optional<Consumer<Ending>> onGiveUp, Map<String, CircuitBreaker.Snapshot> breakers) {
    public static final Surroundings NONE = of(List.of());

    public Surroundings {
        listeners = List.copyOf(listeners);
        breakers = Map.copyOf(breakers);
    }

    public static Surroundings of(List<TreeListener> listeners) {
        return new Surroundings(listeners, Optional.empty(), Optional.empty(), Map.of());
    }
}
