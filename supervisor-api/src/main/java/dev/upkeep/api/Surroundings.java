package dev.upkeep.api;

import dev.upkeep.api.event.TreeListener;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * What a program gives a tree besides its spec.
 *
 * @param listeners hear every event from the first
 * @param stateStore keeps the state of components; by default files below the user's state directory
 * @param onGiveUp called once, on a virtual thread, when the root itself gives up (B5); what it throws is logged
 */
public record Surroundings(List<TreeListener> listeners, Optional<StateStore> stateStore,
        Optional<Consumer<Ending>> onGiveUp) {
    public static final Surroundings NONE = new Surroundings(List.of(), Optional.empty(), Optional.empty());

    public Surroundings {
        listeners = List.copyOf(listeners);
    }

    public static Surroundings of(List<TreeListener> listeners) {
        return new Surroundings(listeners, Optional.empty(), Optional.empty());
    }
}
