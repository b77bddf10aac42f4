package dev.upkeep.process;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Room for one datagram with what the kernel says of its sender: {@code struct msghdr}, the same on both processors. */
final class Datagram {
    private static final int SIZEOF_MSGHDR = 56;
    private static final int MSG_IOV = 16;
    private static final int MSG_IOVLEN = 24;
    private static final int MSG_CONTROL = 32;
    private static final int MSG_CONTROLLEN = 40;
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

    Datagram(Arena arena, int longest) {
        bytes = arena.allocate(longest, 8);
        vector = arena.allocate(16, 8);
        control = arena.allocate(CONTROL, 8);
        header = arena.allocate(SIZEOF_MSGHDR, 8);
        vector.set(JAVA_LONG, 0, bytes.address());
        vector.set(JAVA_LONG, 8, longest);
    }

    /** Waits for the next one; returns its length, or an error below zero. Blocks: on a platform thread alone. */
    int receive(int socket) {
        header.fill((byte) 0);
        header.set(JAVA_LONG, MSG_IOV, vector.address());
        header.set(JAVA_LONG, MSG_IOVLEN, 1);
        header.set(JAVA_LONG, MSG_CONTROL, control.address());
        header.set(JAVA_LONG, MSG_CONTROLLEN, CONTROL);
        return Kernel.receive(socket, header);
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
