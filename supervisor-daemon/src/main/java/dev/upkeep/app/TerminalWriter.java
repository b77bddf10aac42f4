package dev.upkeep.app;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/**
 * Writes to the terminal on a thread of its own, so that a terminal that does not read, as after Ctrl-S or into a full
 * pipe, stops nobody: neither the children's heartbeats nor the end of the program. What does not fit meanwhile is dropped
 * and counted (P12). Safe for any thread.
 */
final class TerminalWriter implements AutoCloseable {
    /** Beyond this, lines of children are dropped; events of the tree have as much again. */
    static final int ROOM = 1 << 20;
    private static final long LAST_WRITE_NANOS = TimeUnit.SECONDS.toNanos(2);

    private final OutputStream out;
    private final Thread thread;
    // Guarded by this.
    private ByteArrayOutputStream waiting = new ByteArrayOutputStream();
    private long dropped;
    private boolean closing;
    private boolean done;

    TerminalWriter(OutputStream out) {
        this.out = out;
        this.thread = Thread.ofPlatform().daemon().name("upkeep-terminal").start(this::run);
    }

    /** Takes a line of a child's, or drops it. Never blocks. */
    synchronized void childLine(byte[] prefix, byte[] buffer, int offset, int length) {
        if (waiting.size() + prefix.length + length >= ROOM) {
            dropped++;
            return;
        }
        waiting.write(prefix, 0, prefix.length);
        waiting.write(buffer, offset, length);
        waiting.write('\n');
        notifyAll();
    }

    /** Takes a line of the tree's own, or drops it. Never blocks. */
    synchronized void line(String text) {
        byte[] bytes = (text + "\n").getBytes(StandardCharsets.UTF_8);
        if (waiting.size() + bytes.length >= 2 * ROOM) {
            dropped++;
            return;
        }
        waiting.write(bytes, 0, bytes.length);
        notifyAll();
    }

    private void run() {
        try {
            for (byte[] next = take(); next.length > 0; next = take()) {
                out.write(next);
                out.flush();
            }
        } catch (InterruptedException | java.io.IOException e) {
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
        while (waiting.size() == 0 && dropped == 0 && !closing) {
            wait();
        }
        if (dropped > 0) {
            byte[] note = ("upkeep: " + dropped + " lines could not be shown: the terminal did not read\n")
                    .getBytes(StandardCharsets.UTF_8);
            waiting.write(note, 0, note.length);
            dropped = 0;
        }
        byte[] next = waiting.toByteArray();
        waiting.reset();
        return next;
    }

    /** Writes what is left, waiting for the terminal 2 s at most. */
    @Override
    public synchronized void close() {
        closing = true;
        notifyAll();
        long deadline = System.nanoTime() + LAST_WRITE_NANOS;
        try {
            for (long left = LAST_WRITE_NANOS; !done && left > 0; left = deadline - System.nanoTime()) {
                TimeUnit.NANOSECONDS.timedWait(this, left);
            }
        } catch (InterruptedException e) {
            thread.interrupt();
            Thread.currentThread().interrupt();
        }
    }
}
