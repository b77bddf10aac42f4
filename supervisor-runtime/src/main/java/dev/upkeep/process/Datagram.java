package dev.upkeep.process;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;

/** Room for one datagram with what the kernel says of its sender: {@code struct msghdr}, the same on both processors. */
final class Datagram {
    private static final int SIZEOF_MSGHDR = 56;
    private static final int MSG_IOV = 16;
    private static final int MSG_IOVLEN = 24;
    private static final int MSG_CONTROL = 32;
    private static final int MSG_CONTROLLEN = 40;
    private static final int MSG_FLAGS = 48;
    private static final int MSG_TRUNC = 0x20;
    private static final int MSG_DONTWAIT = 0x40;
    private static final int MSG_NOSIGNAL = 0x4000;
    private static final int MSG_CMSG_CLOEXEC = 0x40000000;
    private static final long RECVMSG = Kernel.byProcessor(47, 212);
    private static final long SENDTO = Kernel.byProcessor(44, 206);
    private static final long SOCKET = Kernel.byProcessor(41, 198);
    private static final long CONNECT = Kernel.byProcessor(42, 203);
    private static final long PPOLL = Kernel.byProcessor(271, 73);
    private static final int SOCK_DGRAM = 2;
    private static final int SOCK_CLOEXEC = 02000000;
    private static final short POLLIN = 1;
    private static final long SIZEOF_POLLFD = 8;
    private static final long NANOS = 1_000_000_000;
    /** Enough for the credentials and 253 descriptors, which is the most that the kernel lets through. */
    private static final int CONTROL = 32 + 16 + 256 * 4;
    private static final int CMSG_LEVEL = 8;
    private static final int CMSG_TYPE = 12;
    private static final int CMSG_DATA = 16;
    private static final int SOL_SOCKET = 1;
    private static final int SCM_RIGHTS = 1;
    private static final int SCM_CREDENTIALS = 2;

    private final MemorySegment bytes;
    private final MemorySegment vector;
    private final MemorySegment control;
    private final MemorySegment header;
    private final MemorySegment polled;
    private final MemorySegment time;

    Datagram(Arena arena, int longest) {
        bytes = arena.allocate(longest, 8);
        vector = arena.allocate(16, 8);
        control = arena.allocate(CONTROL, 8);
        header = arena.allocate(SIZEOF_MSGHDR, 8);
        polled = arena.allocate(2 * SIZEOF_POLLFD, 8);
        time = arena.allocate(16, 8);
        vector.set(JAVA_LONG, 0, bytes.address());
        vector.set(JAVA_LONG, 8, longest);
    }

    /** Returns a socket without a name, to send from. */
    static int sendingSocket() throws CallFailed {
        return Kernel.must("socket",
                Kernel.call(SOCKET, UnixAddress.AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0, 0, 0));
    }

    /** Sends one; returns a number below zero, the error, if that cannot be done at once. */
    static int send(int socket, byte[] text, UnixAddress to) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment copy = arena.allocate(text.length + 1L);
            MemorySegment.copy(text, 0, copy, JAVA_BYTE, 0, text.length);
            return (int) Libc.syscall(SENDTO, socket, copy.address(), text.length,
                    MSG_DONTWAIT | MSG_NOSIGNAL,
                    to.bytes().address(), to.length());
        }
    }

    /** Returns whether somebody may be listening there. */
    static boolean isHeard(Path path) {
        try (Arena arena = Arena.ofConfined()) {
            UnixAddress address = UnixAddress.of(arena, path.toString());
            int socket = sendingSocket();
            long result = Kernel.call(CONNECT, socket, address.bytes().address(), address.length(), 0, 0);
            Kernel.close(socket);
            return result != -Errno.ECONNREFUSED && result != -Errno.ENOENT;
        } catch (CallFailed e) {
            return true;
        }
    }

    /** Takes the next one; returns its length, or an error below zero: {@code -EAGAIN} if there is none. */
    int receive(int socket) {
        header.fill((byte) 0);
        header.set(JAVA_LONG, MSG_IOV, vector.address());
        header.set(JAVA_LONG, MSG_IOVLEN, 1);
        header.set(JAVA_LONG, MSG_CONTROL, control.address());
        header.set(JAVA_LONG, MSG_CONTROLLEN, CONTROL);
        return (int) Kernel.call(RECVMSG, socket, header.address(), MSG_CMSG_CLOEXEC | MSG_DONTWAIT, 0, 0);
    }

    /**
     * Waits until there is one, the socket was shut, or the other descriptor can be read. Blocks: on a platform thread alone.
     *
     * @param nanos the longest wait; for ever if it is below zero
     */
    void await(int socket, int other, long nanos) {
        polled.set(JAVA_INT, 0, socket);
        polled.set(JAVA_SHORT, 4, POLLIN);
        polled.set(JAVA_INT, SIZEOF_POLLFD, other);
        polled.set(JAVA_SHORT, SIZEOF_POLLFD + 4, POLLIN);
        time.set(JAVA_LONG, 0, nanos / NANOS);
        time.set(JAVA_LONG, 8, nanos % NANOS);
        // An error, as an interruption, is no more than a short wait.
        Kernel.call(PPOLL, polled.address(), 2, nanos < 0 ? 0 : time.address(), 0, 8);
    }

    /** Returns whether the last one was longer than there was room. */
    boolean isCut() {
        return (header.get(JAVA_INT, MSG_FLAGS) & MSG_TRUNC) != 0;
    }

    MemorySegment bytes() {
        return bytes;
    }

    /** Returns the pid of the last one's sender. */
    long sender() {
        for (long at = 0; holds(at); at = next(at)) {
            if (is(at, SCM_CREDENTIALS)) {
                return control.get(JAVA_INT, at + CMSG_DATA);
            }
        }
        return Kernel.NO_PROCESS;
    }

    /** Closes what descriptors came along: nobody here wants any. */
    void closeDescriptors() {
        for (long at = 0; holds(at); at = next(at)) {
            if (is(at, SCM_RIGHTS)) {
                for (long fd = at + CMSG_DATA; fd < at + lengthAt(at); fd += 4) {
                    Kernel.close(control.get(JAVA_INT, fd));
                }
            }
        }
    }

    private boolean is(long at, int type) {
        return control.get(JAVA_INT, at + CMSG_LEVEL) == SOL_SOCKET
                && control.get(JAVA_INT, at + CMSG_TYPE) == type;
    }

    private boolean holds(long at) {
        long end = header.get(JAVA_LONG, MSG_CONTROLLEN);
        return at + CMSG_DATA <= end && lengthAt(at) >= CMSG_DATA && at + lengthAt(at) <= end;
    }

    private long lengthAt(long at) {
        return control.get(JAVA_LONG, at);
    }

    private long next(long at) {
        return at + (lengthAt(at) + 7) / 8 * 8;
    }
}
