package dev.upkeep.inject;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Writes to a stream on a thread of its own, so that a reader which does not read, as a terminal after Ctrl-S or a full
 * pipe, stops nobody: neither the children's heartbeats nor the end of the program. What does not fit meanwhile is dropped
 * and counted (P12). The thread begins with the first line. Safe for any thread.
 */
public final class LineWriter implements AutoCloseable {
    /** Beyond this, lines of children are dropped; events of the tree have as much again. */
    static final int ROOM = 1 << 20;
    private static final long LAST_WRITE_NANOS = TimeUnit.SECONDS.toNanos(2);

    private final OutputStream out;
    private final String name;
    private final String reader;
    // Guarded by this.
    private ByteArrayOutputStream waiting = new ByteArrayOutputStream();
    private @Nullable Thread thread;
    private long dropped;
    /** What was taken is on its way. */
    private boolean writing;
    private boolean closing;
    private boolean done;

    /**
     * Makes one that has written nothing.
     *
     * @param name of the thread
     * @param reader who did not read, in the note of what was dropped
     */
    public LineWriter(OutputStream out, String name, String reader) {
        this.out = out;
        this.name = name;
        this.reader = reader;
    }

    /** Takes a line of a child's, or drops it. Never blocks. */
    public synchronized void childLine(byte[] prefix, byte[] buffer, int offset, int length) {
        if (waiting.size() + prefix.length + length >= ROOM) {
            dropped++;
            return;
        }
        waiting.write(prefix, 0, prefix.length);
        waiting.write(buffer, offset, length);
        waiting.write('\n');
        wake();
    }

    /** Takes a line of the tree's own, or drops it. Never blocks. */
    public synchronized void line(String text) {
        byte[] bytes = (text + "\n").getBytes(StandardCharsets.UTF_8);
        if (waiting.size() + bytes.length >= 2 * ROOM) {
            dropped++;
            return;
        }
        waiting.write(bytes, 0, bytes.length);
        wake();
    }

    private synchronized void wake() {
        if (thread == null) {
            thread = Thread.ofPlatform().daemon().name(name).start(this::run);
        }
        notifyAll();
    }

    private void run() {
        try {
            for (byte[] next = take(); next.length > 0; next = take()) {
                out.write(next);
                out.flush();
            }
        } catch (InterruptedException | IOException e) {
            // Nobody reads any more. The tree goes on without being watched.
            discardFromNowOn();
        }
        synchronized (this) {
            done = true;
            notifyAll();
        }
    }

    private synchronized void discardFromNowOn() {
        waiting = new ByteArrayOutputStream() {
            @Override
            public synchronized void write(int b) {}

            @Override
            public synchronized void write(byte[] b, int off, int len) {}
        };
    }

    /** Returns what is to be written next, waiting for it; nothing when it is closing and all is written. */
    private synchronized byte[] take() throws InterruptedException {
        writing = false;
        notifyAll();
        while (waiting.size() == 0 && dropped == 0 && !closing) {
            wait();
        }
        if (dropped > 0) {
            byte[] note = ("upkeep: " + dropped + " lines could not be shown: " + reader + " did not read\n")
                    .getBytes(StandardCharsets.UTF_8);
            waiting.write(note, 0, note.length);
            dropped = 0;
        }
        byte[] next = waiting.toByteArray();
        waiting.reset();
        writing = true;
        return next;
    }

    /** Waits until what was taken is written, 2 s at most. */
    public synchronized void settle() {
        awaitWritten(false);
    }

    /** Writes what is left, waiting for the reader 2 s at most. */
    @Override
    public synchronized void close() {
        closing = true;
        notifyAll();
        awaitWritten(true);
    }

    private synchronized void awaitWritten(boolean end) {
        long deadline = System.nanoTime() + LAST_WRITE_NANOS;
        Thread writer = thread;
        try {
            for (long left = LAST_WRITE_NANOS; writer != null && !done && left > 0
                    && (end || writing || waiting.size() > 0); left = deadline - System.nanoTime()) {
                TimeUnit.NANOSECONDS.timedWait(this, left);
            }
        } catch (InterruptedException e) {
            if (end && writer != null) {
                writer.interrupt();
            }
            Thread.currentThread().interrupt();
        }
    }
}
