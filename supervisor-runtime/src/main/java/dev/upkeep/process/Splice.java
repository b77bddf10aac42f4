package dev.upkeep.process;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;

/**
 * Pipes, and how bytes go through them without going through this program: what moves is never in two places, or in none.
 * Pipes of 1 MiB for busy streams were tried and were not faster than those of 64 KiB that all have.
 */
final class Splice {
    private static final long SPLICE = Kernel.byProcessor(275, 76);
    private static final long TEE = Kernel.byProcessor(276, 77);
    private static final long PIPE2 = Kernel.byProcessor(293, 59);
    private static final long OPENAT = Kernel.byProcessor(257, 56);
    private static final long FCNTL = Kernel.byProcessor(72, 25);
    private static final long IOCTL = Kernel.byProcessor(16, 29);

    private static final int AT_FDCWD = -100;
    private static final int O_WRONLY = 1;
    private static final int O_RDWR = 2;
    private static final int O_NONBLOCK = 04000;
    private static final int O_CLOEXEC = 02000000;
    private static final int F_SETFL = 4;
    private static final int F_DUPFD_CLOEXEC = 1030;
    private static final int FIONREAD = 0x541B;
    private static final int SPLICE_F_NONBLOCK = 2;

    private Splice() {}

    /**
     * Returns {our read end, the child's end, and perhaps one that nobody needs} of a new pipe. The child's is open for reading as well: so it holds a reader
     * itself, and does not die of SIGPIPE when this program does (P14). The stream ends all the same when the last who could
     * write is gone.
     */
    static int[] childPipe(Arena arena) throws CallFailed {
        int[] ends = pipe(arena, O_CLOEXEC | O_NONBLOCK);
        try {
            // Opened anew, so that ours alone does not block.
            return new int[]{ends[0], open(arena, ends[1], O_RDWR), ends[1]};
        } catch (CallFailed e) {
            if (Errno.isShortage(e.call(), e.errno())) {
                Kernel.close(ends[0]);
                Kernel.close(ends[1]);
                throw e;
            }
            // No /proc: the child's output breaks with this program.
            Kernel.call(FCNTL, ends[1], F_SETFL, 0, 0, 0);
            return ends;
        }
    }

    /** Returns {read end, write end} of a pipe on which neither a read nor a write waits. */
    static int[] pipe(Arena arena) throws CallFailed {
        return pipe(arena, O_CLOEXEC | O_NONBLOCK);
    }

    /** Returns {read end, write end} of a pipe on which both wait, as programs expect it. */
    static int[] waitingPipe(Arena arena) throws CallFailed {
        return pipe(arena, O_CLOEXEC);
    }

    private static int[] pipe(Arena arena, int flags) throws CallFailed {
        MemorySegment ends = arena.allocate(ValueLayout.JAVA_INT, 2);
        Kernel.must("pipe2", Kernel.call(PIPE2, ends.address(), flags, 0, 0, 0));
        return new int[]{ends.getAtIndex(ValueLayout.JAVA_INT, 0), ends.getAtIndex(ValueLayout.JAVA_INT, 1)};
    }

    /** Opens the pipe behind a descriptor once more, for reading and writing. */
    static int openBoth(Arena arena, int fd) throws CallFailed {
        return open(arena, fd, O_RDWR);
    }

    /** Opens the pipe behind a descriptor once more, for writing. */
    static int openToWrite(Arena arena, int fd) throws CallFailed {
        return open(arena, fd, O_WRONLY);
    }

    private static int open(Arena arena, int fd, int how) throws CallFailed {
        MemorySegment path = Libc.string(arena, ("/proc/self/fd/" + fd).getBytes(StandardCharsets.US_ASCII));
        return Kernel.must("openat", Kernel.call(OPENAT, AT_FDCWD, path.address(), how | O_CLOEXEC, 0, 0));
    }

    static int duplicate(int fd) throws CallFailed {
        return Kernel.must("fcntl", Kernel.call(FCNTL, fd, F_DUPFD_CLOEXEC, 3, 0, 0));
    }

    /** Moves bytes out of a pipe; returns how many, 0 at its end, or an error below zero. EAGAIN: there is nothing in it. */
    static long move(int pipe, int to, long most) {
        while (true) {
            long n = Libc.syscall(SPLICE, pipe, 0, to, 0, most, SPLICE_F_NONBLOCK);
            if (n != -Errno.EINTR) {
                return n;
            }
        }
    }

    /** Copies bytes from one pipe to another and leaves them where they are; answers as {@link #move} does. */
    static long copy(int pipe, int to, long most) {
        while (true) {
            long n = Kernel.call(TEE, pipe, to, most, SPLICE_F_NONBLOCK, 0);
            if (n != -Errno.EINTR) {
                return n;
            }
        }
    }

    /** Returns how many bytes are in a pipe. */
    static int content(int pipe) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment count = arena.allocate(ValueLayout.JAVA_INT);
            Kernel.call(IOCTL, pipe, FIONREAD, count.address(), 0, 0);
            return count.get(ValueLayout.JAVA_INT, 0);
        }
    }
}
