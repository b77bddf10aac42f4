package dev.upkeep.process;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What the supervisor may do for a child that is to run otherwise than itself, as far as a tool that it starts would have
 * it: a capability of its own that does not outlive an exec is none.
 */
final class Rights {
    static final int CAP_SETGID = 6;
    static final int CAP_SETUID = 7;
    static final int CAP_SYS_NICE = 23;
    static final int CAP_SYS_RESOURCE = 24;

    private static final long PRLIMIT = Kernel.byProcessor(302, 261);
    private static final long GETPRIORITY = Kernel.byProcessor(140, 141);
    private static final int RLIMIT_NICE = 13;
    /** getpriority returns 20 - nice, so that no answer looks like an error. */
    private static final int NICE_BASE = 20;

    private final long uid;
    private final long gid;
    private final long capabilities;

    /** @param capabilities a bit for each that a tool it starts would have */
    Rights(long uid, long gid, long capabilities) {
        this.uid = uid;
        this.gid = gid;
        this.capabilities = capabilities;
    }

    /** Reads those of this very thread. */
    static Rights ofThisThread() throws Refused {
        long uid = -1;
        long gid = -1;
        long bounding = 0;
        long inheritable = 0;
        long ambient = 0;
        try {
            for (String line : Files.readAllLines(Path.of("/proc/thread-self/status"),
                    StandardCharsets.ISO_8859_1)) {
                String[] fields = line.split("\\s+", 4);
                switch (fields[0]) {
                    case "Uid:" -> uid = Long.parseLong(fields[2]);
                    case "Gid:" -> gid = Long.parseLong(fields[2]);
                    case "CapInh:" -> inheritable = Long.parseUnsignedLong(fields[1], 16);
                    case "CapBnd:" -> bounding = Long.parseUnsignedLong(fields[1], 16);
                    case "CapAmb:" -> ambient = Long.parseUnsignedLong(fields[1], 16);
                    default -> {
                        // Not asked for.
                    }
                }
            }
        } catch (IOException e) {
            throw new Refused("openat", Errno.ENOENT,
                    "what this supervisor may do cannot be read from /proc/thread-self/status");
        }
        return new Rights(uid, gid, uid == 0 ? bounding | inheritable : ambient);
    }

    /** Returns the effective user. */
    long uid() {
        return uid;
    }

    /** Returns the effective group. */
    long gid() {
        return gid;
    }

    boolean has(int capability) {
        return (capabilities >>> capability & 1) == 1;
    }

    /** Returns as whom it has those rights, for a person. */
    String words() {
        return uid == 0 ? "this one runs as root without that capability" : "this one runs as uid " + uid;
    }

    /** Returns the nice value of this thread, which a child begins with. */
    static int ownNice() {
        return NICE_BASE - (int) Kernel.call(GETPRIORITY, 0, 0, 0, 0, 0);
    }

    /** Returns whether a child can be given that nice value, from the one it begins with. */
    boolean mayBeNice(int value, int own) {
        return value >= own || has(CAP_SYS_NICE) || NICE_BASE - value <= limit(RLIMIT_NICE)[0];
    }

    /** Returns {soft, hard} of this process, {@link Long#MAX_VALUE} for none. */
    static long[] limit(int resource) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment now = arena.allocate(JAVA_LONG, 2);
            Kernel.call(PRLIMIT, 0, resource, 0, now.address(), 0);
            return new long[]{bound(now.getAtIndex(JAVA_LONG, 0)), bound(now.getAtIndex(JAVA_LONG, 1))};
        }
    }

    private static long bound(long raw) {
        return raw < 0 ? Long.MAX_VALUE : raw;
    }
}
