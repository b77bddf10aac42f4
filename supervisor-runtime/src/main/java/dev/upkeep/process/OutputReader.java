package dev.upkeep.process;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * The output thread: reads the pipes of all children. One buffer for all; from one child at most 64 KiB before the next
 * has its turn.
 */
final class OutputReader implements Poller.Handler<OutputReader.PipeEnd> {
    private static final int BUFFER_SIZE = 64 * 1024;
    /** The largest pipe an unprivileged child can make for itself is 1 MiB. */
    private static final int READS_OF_A_FULL_PIPE = 16;

    /** The read end of a pipe. */
    static final class PipeEnd extends Poller.Watch {
        private final PosixChild child;
        private final ChildStream stream;

        PipeEnd(int fd, PosixChild child, boolean stderr) {
            super(fd);
            this.child = child;
            this.stream = new ChildStream(child.launch(), child.events(), child.lastWords(), stderr);
        }
    }

    private record Drain(PosixChild child, Runnable then) {}

    private final Arena arena = Arena.ofShared();
    private final MemorySegment buffer = arena.allocate(BUFFER_SIZE);
    private final byte[] bytes = new byte[BUFFER_SIZE];
    private final Queue<Drain> drains = new ConcurrentLinkedQueue<>();
    private final Poller<PipeEnd> poller;

    OutputReader() throws CallFailed {
        poller = new Poller<>("upkeep-output", this);
    }

    void start() {
        poller.start();
    }

    void close() {
        poller.close();
    }

    /** Reads this from now on and closes it at its end. If it fails, the caller closes it. */
    void add(PipeEnd end) throws CallFailed {
        poller.add(end);
    }

    /** Reads what is in the child's pipes, then runs the rest on the output thread. Any thread. */
    void drain(PosixChild child, Runnable then) {
        drains.add(new Drain(child, then));
        poller.wake();
    }

    @Override
    public void ready(Poller<PipeEnd> unused, PipeEnd end) {
        readOnce(end);
    }

    @Override
    public void woken(Poller<PipeEnd> unused) {
        for (Drain drain = drains.poll(); drain != null; drain = drains.poll()) {
            try {
                for (PipeEnd end : drain.child.pipes()) {
                    empty(end);
                }
            } finally {
                drain.then.run();
            }
        }
    }

    @Override
    public void closed(Poller<PipeEnd> unused) {
        poller.watched().forEach(end -> Kernel.close(end.fd));
        arena.close();
    }

    private void empty(PipeEnd end) {
        for (int i = 0; i < READS_OF_A_FULL_PIPE; i++) {
            if (!poller.watches(end) || !readOnce(end)) {
                return;
            }
        }
    }

    /** Returns whether there may be more. */
    private boolean readOnce(PipeEnd end) {
        int n = Kernel.read(end.fd, buffer);
        if (n > 0) {
            MemorySegment.copy(buffer, ValueLayout.JAVA_BYTE, 0, bytes, 0, n);
            end.stream.feed(bytes, 0, n);
            return n == BUFFER_SIZE;
        }
        if (n != -Errno.EAGAIN && poller.remove(end)) {
            Kernel.close(end.fd);
            end.stream.end();
            end.child.streamClosed();
        }
        return false;
    }
}
