package dev.upkeep.process;

import dev.upkeep.api.ReadyBy;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Our end of the pipe by which a child says that it is ready: by a newline, as services of s6 do (P9). What comes before it is
 * passed over. It is closed at the newline, at the end of the pipe, or after 64 KiB without one.
 */
final class ReadyDescriptor extends Poller.Watch {
    private static final Logger log = LoggerFactory.getLogger(ReadyDescriptor.class);
    private static final long FCNTL = Kernel.byProcessor(72, 25);
    private static final int F_DUPFD_CLOEXEC = 1030;
    private static final int AT_ONCE = 4096;
    private static final int MOST = 64 * 1024;

    private final PosixChild child;
    private int passedOver;
    // Guarded by this, so that nothing is read from a descriptor that has gone to somebody else.
    private boolean closed;

    ReadyDescriptor(int fd, PosixChild child) {
        super(fd);
        this.child = child;
    }

    /** Returns a duplicate that is close-on-exec and has the next free number above that one. */
    static int duplicateAbove(int descriptor, int number) throws CallFailed {
        return Kernel.must("fcntl", Kernel.call(FCNTL, descriptor, F_DUPFD_CLOEXEC, number + 1L, 0, 0));
    }

    /** Reads what is there and tells what it means; returns whether it is of no more use. On the events thread. */
    boolean read() {
        int length;
        boolean newline = false;
        synchronized (this) {
            if (closed) {
                return false;
            }
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment bytes = arena.allocate(AT_ONCE);
                length = Kernel.read(fd, bytes);
                for (int i = 0; i < length && !newline; i++) {
                    newline = bytes.get(ValueLayout.JAVA_BYTE, i) == '\n';
                }
            }
        }
        // Told without the monitor: whoever releases a child has its monitor and comes for this one.
        if (newline) {
            child.events().ready(true);
            return true;
        }
        if (length > 0) {
            passedOver += length;
            return passedOver >= MOST && giveUp("wrote 64 KiB to");
        }
        if (length == -Errno.EAGAIN) {
            return false;
        }
        // At its end all descriptors are closed, and that is told anyway.
        boolean lives = child.pid().isPresent()
                && ProcessStat.of(child.pid().getAsLong()).filter(ProcessStat::lives).isPresent();
        return !lives || giveUp("closed");
    }

    private boolean giveUp(String what) {
        String text = what + " its ready descriptor"
                + (child.launch().spec().ready() instanceof ReadyBy.Descriptor(int n) ? " " + n : "")
                + " without a newline";
        log.atWarn()
                .addKeyValue("child", child.launch().path())
                .addKeyValue("generation", child.launch().generation())
                .log("it " + text + ": it will never be ready by that");
        child.events().said(text);
        return true;
    }

    synchronized void close() {
        closed = true;
        Kernel.close(fd);
    }
}
