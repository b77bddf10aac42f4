package dev.upkeep.process;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;

/**
 * The calls on files that a log needs, by descriptor, which the JDK does not give. Paths are UTF-8 whatever the locale. For
 * one thread.
 */
final class Disk {
    private static final long OPENAT = Kernel.byProcessor(257, 56);
    private static final long MKDIRAT = Kernel.byProcessor(258, 34);
    private static final long UNLINKAT = Kernel.byProcessor(263, 35);
    private static final long RENAMEAT = Kernel.byProcessor(264, 38);
    private static final long LSEEK = Kernel.byProcessor(8, 62);
    private static final long STATX = Kernel.byProcessor(332, 291);

    private static final int AT_FDCWD = -100;
    private static final int AT_EMPTY_PATH = 0x1000;
    private static final int AT_SYMLINK_NOFOLLOW = 0x100;
    /** Of a symbolic link the link itself would be renamed, so it is refused; one above the file is not looked at. */
    private static final long O_NOFOLLOW = Kernel.byProcessor(0400000, 0100000);
    /** Write only, create, no terminal, without waiting for the reader of a fifo. Not O_APPEND: splice refuses it. */
    private static final int WRITE_NEW_OR_OLD = 01 | 0100 | 0400 | 04000 | 02000000;
    private static final int SEEK_SET = 0;
    /** What a child writes may be a secret. */
    private static final int FILE_MODE = 0600;
    private static final int DIRECTORY_MODE = 0700;

    private static final int LONGEST_PATH = 4096;
    private static final int SIZEOF_STATX = 256;
    private static final int BASIC_AND_BIRTH = 0xfff;
    private static final int BIRTH = 0x800;
    private static final int S_IFMT = 0170000;
    private static final int S_IFREG = 0100000;

    /**
     * What is known of a file.
     *
     * @param begun when it was made, or changed last where that is not known; seconds since 1970
     */
    record Stat(long device, long inode, long links, long size, long begun, boolean regular) {
        boolean isSameAs(Stat other) {
            return device == other.device && inode == other.inode;
        }
    }

    private final MemorySegment one;
    private final MemorySegment two;
    private final MemorySegment stat;

    Disk(Arena arena) {
        one = arena.allocate(LONGEST_PATH + 1L);
        two = arena.allocate(LONGEST_PATH + 1L);
        stat = arena.allocate(SIZEOF_STATX, 8);
    }

    private static long text(String path, MemorySegment into) throws CallFailed {
        byte[] bytes = path.getBytes(StandardCharsets.UTF_8);
        if (bytes.length > LONGEST_PATH) {
            throw new CallFailed("open", Errno.ENAMETOOLONG);
        }
        MemorySegment.copy(bytes, 0, into, ValueLayout.JAVA_BYTE, 0, bytes.length);
        into.set(ValueLayout.JAVA_BYTE, bytes.length, (byte) 0);
        return into.address();
    }

    /** Opens a file to write at its beginning; makes it, and the directories above it, if need be. */
    int open(String path) throws CallFailed {
        long result = tryOpen(path);
        if (result == -Errno.ENOENT) {
            makeDirectoriesAbove(path);
            result = tryOpen(path);
        }
        return Kernel.must("open", result);
    }

    private long tryOpen(String path) throws CallFailed {
        return Kernel.call(OPENAT, AT_FDCWD, text(path, one), WRITE_NEW_OR_OLD | O_NOFOLLOW, FILE_MODE, 0);
    }

    private void makeDirectoriesAbove(String path) throws CallFailed {
        for (int slash = path.indexOf('/', 1); slash > 0; slash = path.indexOf('/', slash + 1)) {
            long result = Kernel.call(MKDIRAT, AT_FDCWD, text(path.substring(0, slash), one), DIRECTORY_MODE,
                    0, 0);
            if (result < 0 && result != -Errno.EEXIST && slash == path.lastIndexOf('/')) {
                throw new CallFailed("mkdir", (int) -result);
            }
        }
    }

    void seek(int fd, long to) throws CallFailed {
        long result = Kernel.call(LSEEK, fd, to, SEEK_SET, 0, 0);
        if (result < 0) {
            throw new CallFailed("lseek", (int) -result);
        }
    }

    Stat statOf(int fd) throws CallFailed {
        one.set(ValueLayout.JAVA_BYTE, 0, (byte) 0);
        Kernel.must("statx",
                Kernel.call(STATX, fd, one.address(), AT_EMPTY_PATH, BASIC_AND_BIRTH, stat.address()));
        return read();
    }

    /** @throws CallFailed with ENOENT if there is nothing */
    Stat statOf(String path) throws CallFailed {
        Kernel.must("statx", Kernel.call(STATX, AT_FDCWD, text(path, one), AT_SYMLINK_NOFOLLOW,
                BASIC_AND_BIRTH, stat.address()));
        return read();
    }

    private Stat read() {
        boolean birth = (stat.get(JAVA_INT, 0) & BIRTH) != 0;
        return new Stat(stat.get(JAVA_LONG, 136), stat.get(JAVA_LONG, 32),
                Integer.toUnsignedLong(stat.get(JAVA_INT, 16)), stat.get(JAVA_LONG, 40),
                stat.get(JAVA_LONG, birth ? 80 : 112),
                (stat.get(JAVA_SHORT, 28) & S_IFMT) == S_IFREG);
    }

    boolean exists(String path) throws CallFailed {
        try {
            statOf(path);
            return true;
        } catch (CallFailed e) {
            if (e.errno() == Errno.ENOENT) {
                return false;
            }
            throw e;
        }
    }

    /** Gives a file another name, over whatever has it. Nothing happens if there is no such file. */
    void rename(String from, String to) throws CallFailed {
        long result = Kernel.call(RENAMEAT, AT_FDCWD, text(from, one), AT_FDCWD, text(to, two), 0);
        if (result < 0 && result != -Errno.ENOENT) {
            throw new CallFailed("rename", (int) -result);
        }
    }

    /** Returns whether there was such a file. */
    boolean delete(String path) throws CallFailed {
        long result = Kernel.call(UNLINKAT, AT_FDCWD, text(path, one), 0, 0, 0);
        if (result < 0 && result != -Errno.ENOENT) {
            throw new CallFailed("unlink", (int) -result);
        }
        return result == 0;
    }
}
