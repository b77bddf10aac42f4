package dev.upkeep.component;

import dev.upkeep.api.StateStore;
import dev.upkeep.api.child.ChildPath;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Keeps states in memory, and fails or hangs where a test wants it. */
class StatesInMemory implements StateStore {
    final Map<ChildPath, byte[]> states = new ConcurrentHashMap<>();

    @Override
    public Optional<byte[]> load(ChildPath child) throws IOException {
        return Optional.ofNullable(states.get(child));
    }

    @Override
    public void save(ChildPath child, byte[] state) throws IOException {
        states.put(child, state);
    }

    @Override
    public void delete(ChildPath child) throws IOException {
        states.remove(child);
    }
}
