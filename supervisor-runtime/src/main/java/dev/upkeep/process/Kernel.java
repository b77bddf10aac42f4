package dev.upkeep.process;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** The system calls in use, on the two processors whose numbers and layouts are known here. */
final class Kernel {
    private static final boolean X86 = isX86();

    private static final long CLOSE = X86 ? 3 : 57;
    private static final long READ = X86 ? 0 : 63;
    private static final long WRITE = X86 ? 1 : 64;
    private static final long OPENAT = X86 ? 257 : 56;
    private static final long EVENTFD2 = X86 ? 290 : 19;
    private static final long KILL = X86 ? 62 : 129;
    private static final long EPOLL_CREATE1 = X86 ? 291 : 20;
    private static final long EPOLL_CTL = X86 ? 233 : 21;
    private static final long EPOLL_PWAIT = X86 ? 281 : 22;
    private static final long SOCKET = X86 ? 41 : 198;
    private static final long BIND = X86 ? 49 : 200;
    private static final long SETSOCKOPT = X86 ? 54 : 208;
    private static final long SHUTDOWN = X86 ? 48 : 210;
    private static final long PIDFD_SEND_SIGNAL = 424;
    private static final long PIDFD_OPEN = 434;

    private static final int AT_FDCWD = -100;
    private static final int O_RDWR = 2;
    private static final int O_NONBLOCK = 04000;
    private static final int O_CLOEXEC = 02000000;
    private static final int EPOLLIN = 1;
    private static final int EPOLL_CTL_ADD = 1;
    private static final int EPOLL_CTL_DEL = 2;
    /** Since Linux 6.9: to the group whose number this pidfd's process has or had. */
    private static final int PIDFD_SIGNAL_PROCESS_GROUP = 4;

    private static final int SOCK_DGRAM = 2;
    private static final int SOL_SOCKET = 1;
    private static final int SO_PASSCRED = 16;
    private static final int SHUT_RD = 0;

    /** epoll_event is packed on x86-64 alone. */
    static final int SIZEOF_EPOLL_EVENT = X86 ? 12 : 16;

    static final int EPOLL_DATA = X86 ? 4 : 8;

    /** The number that no process and no group has. */
    static final long NO_PROCESS = 0;

    private Kernel() {}

    private static boolean isX86() {
        String arch = System.getProperty("os.arch", "").toLowerCase(Locale.ROOT);
        if (!System.getProperty("os.name", "").equals("Linux")) {
            throw new UnsupportedOperationException("this is not Linux");
        }
        return switch (arch) {
            case "amd64", "x86_64" -> true;
            case "aarch64" -> false;
            default -> throw new UnsupportedOperationException(
                    "the system calls of " + arch + " are not known here");
        };
    }

    /** Makes a call that has no method here; the numbers differ by processor, see {@link #byProcessor}. */
    static long call(long number, long a, long b, long c, long d, long e) {
        return Libc.syscall(number, a, b, c, d, e, 0);
    }

    /** Returns the number of a call, or of a flag that differs, on this processor. */
    static long byProcessor(long x86, long aarch64) {
        return X86 ? x86 : aarch64;
    }

    static int must(String call, long result) throws CallFailed {
        if (result < 0) {
            throw new CallFailed(call, (int) -result);
        }
        return (int) result;
    }

    // ---- descriptors

    /** Returns a new descriptor of /dev/null that is above 2 and close-on-exec. */
    static int devNull() throws CallFailed {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment path = Libc.string(arena, "/dev/null".getBytes(StandardCharsets.US_ASCII));
            // Where the JVM was started with 0, 1 or 2 closed they are filled for good: a pipe that got one of these
            // numbers would be overwritten between fork and exec.
            while (true) {
                int fd = must("openat", call(OPENAT, AT_FDCWD, path.address(), O_RDWR | O_CLOEXEC, 0, 0));
                if (fd > 2) {
                    return fd;
                }
            }
        }
    }

    static void close(int fd) {
        call(CLOSE, fd, 0, 0, 0, 0);
    }

    /** Returns the number of bytes, 0 at the end, or an error below zero. */
    static int read(int fd, MemorySegment buffer) {
        while (true) {
            long n = call(READ, fd, buffer.address(), buffer.byteSize(), 0, 0);
            if (n != -Errno.EINTR) {
                return (int) n;
            }
        }
    }

    static int eventfd() throws CallFailed {
        return must("eventfd2", call(EVENTFD2, 0, O_CLOEXEC | O_NONBLOCK, 0, 0, 0));
    }

    static void wake(int eventfd) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment one = arena.allocate(8, 8);
            one.set(JAVA_LONG, 0, 1);
            call(WRITE, eventfd, one.address(), 8, 0, 0);
        }
    }

    static void clear(int eventfd) {
        try (Arena arena = Arena.ofConfined()) {
            call(READ, eventfd, arena.allocate(8, 8).address(), 8, 0, 0);
        }
    }

    // ---- datagrams

    /** Returns a socket with a name in the file system, on which the kernel tells who sent what. */
    static int datagramSocket(String path) throws CallFailed {
        int socket = must("socket", call(SOCKET, UnixAddress.AF_UNIX, SOCK_DGRAM | O_CLOEXEC, 0, 0, 0));
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment one = arena.allocateFrom(JAVA_INT, 1);
            must("setsockopt", call(SETSOCKOPT, socket, SOL_SOCKET, SO_PASSCRED, one.address(), 4));
            UnixAddress address = UnixAddress.of(arena, path);
            must("bind", call(BIND, socket, address.bytes().address(), address.length(), 0, 0));
        } catch (CallFailed e) {
            close(socket);
            throw e;
        }
        return socket;
    }

    /** Ends the wait of whoever wants to read from it, for good. */
    static void shutdownReads(int socket) {
        call(SHUTDOWN, socket, SHUT_RD, 0, 0, 0);
    }

    // ---- epoll

    static int epoll() throws CallFailed {
        return must("epoll_create1", call(EPOLL_CREATE1, O_CLOEXEC, 0, 0, 0, 0));
    }

    static void epollAdd(int epoll, int fd, long token) throws CallFailed {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment event = arena.allocate(SIZEOF_EPOLL_EVENT, 8);
            event.set(JAVA_INT, 0, EPOLLIN);
            event.set(JAVA_LONG_UNALIGNED, EPOLL_DATA, token);
            must("epoll_ctl", call(EPOLL_CTL, epoll, EPOLL_CTL_ADD, fd, event.address(), 0));
        }
    }

    /** Must come before close: a child between vfork and exec holds a copy that would keep the registration alive. */
    static void epollDelete(int epoll, int fd) {
        call(EPOLL_CTL, epoll, EPOLL_CTL_DEL, fd, 0, 0);
    }

    /** Waits without limit; returns how many events there are, 0 after an interruption. */
    static int epollWait(int epoll, MemorySegment events) throws CallFailed {
        long most = events.byteSize() / SIZEOF_EPOLL_EVENT;
        long n = Libc.syscall(EPOLL_PWAIT, epoll, events.address(), most, -1, 0, 8);
        return n == -Errno.EINTR ? 0 : must("epoll_pwait", n);
    }

    // ---- processes

    static int pidfd(long pid) throws CallFailed {
        return must("pidfd_open", call(PIDFD_OPEN, pid, 0, 0, 0, 0));
    }

    static void signal(int pidfd, int signal) {
        call(PIDFD_SEND_SIGNAL, pidfd, signal, 0, 0, 0);
    }

    /** Returns 0 or an error below zero; signal 0 asks whether the group has a member, ended ones included. */
    static long signalGroupOf(int pidfd, int signal) {
        return call(PIDFD_SEND_SIGNAL, pidfd, signal, 0, PIDFD_SIGNAL_PROCESS_GROUP, 0);
    }

    /** Sends by number, below zero to a group; 0 or an error below zero. */
    static long kill(long pid, int signal) {
        return call(KILL, pid, signal, 0, 0, 0);
    }

    // ---- what this kernel can

    /** @throws UnsupportedOperationException naming the call that is missing or denied */
    static void requirePidfds() {
        try {
            int self = pidfd(ProcessHandle.current().pid());
            try {
                Wait.requirePidfd(self);
            } finally {
                close(self);
            }
        } catch (CallFailed e) {
            throw new UnsupportedOperationException(e.getMessage(), e);
        }
    }

    /** Returns whether a pidfd can stand for a process group. */
    static boolean pidfdsSignalGroups() {
        try {
            int self = pidfd(ProcessHandle.current().pid());
            long result = signalGroupOf(self, 0);
            close(self);
            // ESRCH: the JVM leads no group.
            return result == 0 || result == -Errno.ESRCH;
        } catch (CallFailed e) {
            return false;
        }
    }
}
