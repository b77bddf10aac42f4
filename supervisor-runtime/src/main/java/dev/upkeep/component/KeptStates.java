package dev.upkeep.component;

import dev.upkeep.api.StateStore;
import dev.upkeep.api.child.ChildPath;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The store as one tree uses it: for one child never twice at once, and never for an instance that is over. An instance
 * is over before its successor begins, so an old one cannot overwrite what a newer one saved, however late it comes.
 */
final class KeptStates {
    private static final Logger log = LoggerFactory.getLogger(KeptStates.class);

    /** Only of children that had to do with the store. */
    private final Map<ChildPath, Shelf> shelves = new ConcurrentHashMap<>();
    private final StateStore store;

    KeptStates(StateStore store) {
        this.store = store;
    }

    /** Where the state of one child is. */
    private static final class Shelf {
        final ReentrantLock lock = new ReentrantLock();
        /** What is in the store belongs to a child that is gone: whoever comes first takes it out. */
        volatile boolean stale;
    }

    /** Reads what the last instance saved. On the thread of the instance. */
    Optional<byte[]> load(ChildPath child) throws IOException {
        Shelf shelf = locked(child);
        try {
            clear(child, shelf);
            return store.load(child);
        } finally {
            shelf.lock.unlock();
        }
    }

    /**
     * Saves; blocks until the store has it.
     *
     * @param over asked when all who came before are done: whether the state comes too late
     * @throws IOException if it came too late, or the store failed
     */
    void save(ChildPath child, byte[] state, BooleanSupplier over) throws IOException {
        Shelf shelf = locked(child);
        try {
            if (over.getAsBoolean()) {
                throw new IOException("the state of '" + child + "' comes too late: this instance is over");
            }
            clear(child, shelf);
            store.save(child, state);
        } finally {
            shelf.lock.unlock();
        }
    }

    /** Forgets a child. Returns at once: what comes after for the same path finds nothing. */
    void forget(ChildPath child) {
        Shelf shelf = shelf(child);
        shelf.stale = true;
        try {
            Thread.ofVirtual()
                    .name(child.value() + " forget")
                    .inheritInheritableThreadLocals(false)
                    .start(() -> clean(child, shelf));
        } catch (OutOfMemoryError e) {
            log.atWarn().addKeyValue("child", child).setCause(e).log("no thread to delete its state, kept");
        }
    }

    private void clean(ChildPath child, Shelf shelf) {
        shelf.lock.lock();
        try {
            clear(child, shelf);
            shelves.remove(child, shelf);
        } catch (Exception | LinkageError e) {
            log.atWarn().addKeyValue("child", child).setCause(e).log("state of a removed child not deleted");
        } finally {
            shelf.lock.unlock();
        }
    }

    private void clear(ChildPath child, Shelf shelf) throws IOException {
        if (shelf.stale) {
            store.delete(child);
            shelf.stale = false;
        }
    }

    private Shelf shelf(ChildPath child) {
        return shelves.computeIfAbsent(child, path -> new Shelf());
    }

    private Shelf locked(ChildPath child) throws IOException {
        Shelf shelf = shelf(child);
        try {
            shelf.lock.lockInterruptibly();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while another instance of '" + child
                    + "' was at its state");
        }
        return shelf;
    }
}
