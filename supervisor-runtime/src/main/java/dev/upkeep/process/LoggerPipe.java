package dev.upkeep.process;

import java.lang.foreign.Arena;

/**
 * The pipe from some children to the stdin of their sibling. Both its ends are held here, so that what is in it waits for the
 * next start of either. Safe for any thread.
 */
final class LoggerPipe implements AutoCloseable {
    private static final int NONE = -1;

    // Guarded by this.
    private int readEnd = NONE;
    private int writeEnd = NONE;
    private boolean closed;

    /** Returns a new descriptor from which the logger reads; it comes to an end only after {@link #finish}. */
    synchronized int forLogger(Arena arena) throws CallFailed {
        open(arena);
        if (writeEnd == NONE) {
            writeEnd = Splice.openToWrite(arena, readEnd);
        }
        return Splice.duplicate(readEnd);
    }

    /** Returns a new descriptor to write to. It reads as well, so its holder needs neither this program nor the logger. */
    synchronized int forWriter(Arena arena) throws CallFailed {
        open(arena);
        return Splice.openBoth(arena, readEnd);
    }

    private void open(Arena arena) throws CallFailed {
        if (closed) {
            throw new CallFailed("pipe2", Errno.ECANCELED);
        }
        if (readEnd == NONE) {
            int[] ends = Splice.waitingPipe(arena);
            readEnd = ends[0];
            writeEnd = ends[1];
        }
    }

    /** The logger shall see the end when the last of those that write is gone. */
    synchronized void finish() {
        if (writeEnd != NONE) {
            Kernel.close(writeEnd);
            writeEnd = NONE;
        }
    }

    /** What is still in it is lost. */
    @Override
    public synchronized void close() {
        closed = true;
        finish();
        if (readEnd != NONE) {
            Kernel.close(readEnd);
            readEnd = NONE;
        }
    }
}
