package dev.upkeep.process;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** What the output thread works with: one of each for the streams of all children. */
final class OutputTools implements AutoCloseable {
    /** As much as a pipe holds. */
    static final int CHUNK = 64 * 1024;

    private final Arena arena = Arena.ofShared();
    private final MemorySegment buffer = arena.allocate(CHUNK);
    private final byte[] bytes = new byte[CHUNK];
    private final int copyIn;
    private final int copyOut;
    private final int devNull;
    private final LogFiles files;

    OutputTools() throws CallFailed {
        devNull = Kernel.devNull();
        int[] copy = Splice.pipe(arena);
        copyOut = copy[0];
        copyIn = copy[1];
        files = new LogFiles(new Disk(arena), devNull);
    }

    LogFiles files() {
        return files;
    }

    /** Returns what was read last. */
    byte[] bytes() {
        return bytes;
    }

    /** Reads into {@link #bytes}; returns how many there are, 0 at the end, or an error below zero. */
    int read(int pipe) {
        int n = Kernel.read(pipe, buffer);
        if (n > 0) {
            MemorySegment.copy(buffer, ValueLayout.JAVA_BYTE, 0, bytes, 0, n);
        }
        return n;
    }

    /** As {@link #read}, but what was read is still in the pipe. */
    int peek(int pipe) {
        long copied = Splice.copy(pipe, copyIn, CHUNK);
        int from = 0;
        while (from < copied) {
            int n = Kernel.read(copyOut, buffer.asSlice(0, copied - from));
            if (n <= 0) {
                throw new IllegalStateException("a copy of " + copied + " bytes ended after " + from);
            }
            MemorySegment.copy(buffer, ValueLayout.JAVA_BYTE, 0, bytes, from, n);
            from += n;
        }
        return (int) copied;
    }

    @Override
    public void close() {
        files.close();
        Kernel.close(copyIn);
        Kernel.close(copyOut);
        Kernel.close(devNull);
        arena.close();
    }
}
