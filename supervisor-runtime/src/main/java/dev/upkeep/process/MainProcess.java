package dev.upkeep.process;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.upkeep.api.child.ExitStatus;
import dev.upkeep.supervise.Outcome;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The process of a child's session that the child named as its main one ({@code MAINPID}), by its pidfd. */
final class MainProcess extends Poller.Watch {
    private static final long IOCTL = Kernel.byProcessor(16, 29);
    private static final long SEND_SIGNAL = 424;
    private static final long PIDFD_GET_INFO = 0xC040FF0BL;
    private static final int SIZEOF_INFO = 64;
    private static final int INFO_EXIT_CODE = 60;
    private static final long INFO_EXIT = 8;
    private static final int CORE = 0x80;
    private static final int SIGNAL = 0x7f;
    /** How often it is looked, a millisecond apart, whether its parent has reaped it. */
    private static final int MOST_LOOKS = 50;

    final PosixChild child;
    final long pid;
    private int looks;
    // Guarded by this, so that nobody is asked for behind a descriptor that has gone to another child, who would be reaped.
    private boolean closed;

    private MainProcess(int pidfd, PosixChild child, long pid) {
        super(pidfd);
        this.child = child;
        this.pid = pid;
    }

    /** Returns that process, if it lives in the session that this number leads. */
    static Optional<MainProcess> find(PosixChild child, long session, long pid) {
        int pidfd;
        try {
            pidfd = Kernel.pidfd(pid);
        } catch (CallFailed e) {
            return Optional.empty();
        }
        Optional<ProcessStat> found = ProcessStat.of(pid)
                .filter(stat -> stat.lives() && stat.session() == session);
        // It was there after that was read, so that it was the one that was read about.
        boolean same = Kernel.call(SEND_SIGNAL, pidfd, 0, 0, 0, 0) == 0;
        if (found.isEmpty() || !same) {
            Kernel.close(pidfd);
            return Optional.empty();
        }
        return Optional.of(new MainProcess(pidfd, child, pid));
    }

    /**
     * Returns how it ended; null if that is to be asked again. Who is not its parent learns it from kernels since 6.15 alone,
     * once its parent has reaped it.
     */
    synchronized Outcome.@Nullable Exited ended() {
        if (closed) {
            return null;
        }
        Outcome.Exited reaped = Wait.reap(fd);
        if (reaped == null || !reaped.status().equals(ExitStatus.UNKNOWN)) {
            return reaped;
        }
        Optional<ExitStatus> told = statusOfAnothers();
        if (told.isEmpty() && ++looks < MOST_LOOKS) {
            return null;
        }
        return told.map(Outcome.Exited::new).orElse(reaped);
    }

    synchronized void close() {
        closed = true;
        Kernel.close(fd);
    }

    private Optional<ExitStatus> statusOfAnothers() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment info = arena.allocate(SIZEOF_INFO, 8);
            info.set(JAVA_LONG, 0, INFO_EXIT);
            long result = Kernel.call(IOCTL, fd, PIDFD_GET_INFO, info.address(), 0, 0);
            if (result < 0 || (info.get(JAVA_LONG, 0) & INFO_EXIT) == 0) {
                return Optional.empty();
            }
            int status = info.get(JAVA_INT, INFO_EXIT_CODE);
            int signal = status & SIGNAL;
            return Optional.of(signal == 0
                    ? ExitStatus.ofCode(status >> 8 & 0xff)
                    : ExitStatus.ofSignal(signal, (status & CORE) != 0));
        }
    }
}
