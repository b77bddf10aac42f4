package dev.upkeep.api;

import dev.upkeep.api.child.ChildPath;
import java.io.IOException;
import java.util.Optional;

/**
 * Where the state of components is kept (S9). Called on components' threads and on virtual threads, never on the tree's
 * loop, for different children at once and for one child never twice at once. It may block.
 */
public interface StateStore {
    /** Returns what was saved last for the child; nothing if it never saved, or was removed since. */
    Optional<byte[]> load(ChildPath child) throws IOException;

    /** Keeps the state, whole or not at all: a reader sees the state before or this one. */
    void save(ChildPath child, byte[] state) throws IOException;

    /** Forgets a child that is gone for good. Nothing to forget is no error. */
    void delete(ChildPath child) throws IOException;
}
