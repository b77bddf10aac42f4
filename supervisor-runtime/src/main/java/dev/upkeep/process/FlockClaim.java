package dev.upkeep.process;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A claim by flock(2). It belongs to the open file and not to the process: a second one in this process is refused like any
 * other, it goes only when the last descriptor of this opening is closed, and a descriptor that is kept over exec keeps it.
 */
final class FlockClaim implements FileClaim {
    private static final long OPENAT = Kernel.byProcessor(257, 56);
    private static final long FLOCK = Kernel.byProcessor(73, 32);
    private static final long FTRUNCATE = Kernel.byProcessor(77, 46);
    private static final long PWRITE64 = Kernel.byProcessor(18, 68);

    private static final int AT_FDCWD = -100;
    private static final int O_RDWR = 2;
    private static final int O_CREAT = 0100;
    private static final int O_CLOEXEC = 02000000;
    private static final int OWNER_ONLY = 0600;
    private static final int LOCK_EX = 2;
    private static final int LOCK_NB = 4;
    private static final int CLOSED = -1;

    private final Path file;
    private final AtomicInteger descriptor;

    private FlockClaim(Path file, int descriptor) {
        this.file = file;
        this.descriptor = new AtomicInteger(descriptor);
    }

    /** @throws UnsupportedOperationException, LinkageError or IllegalCallerException if the kernel cannot be called */
    static Optional<FileClaim> take(Path file) throws IOException {
        try {
            int fd = open(file);
            long result;
            do {
                result = Kernel.call(FLOCK, fd, LOCK_EX | LOCK_NB, 0, 0, 0);
            } while (result == -Errno.EINTR);
            if (result == 0) {
                return Optional.of(new FlockClaim(file, fd));
            }
            Kernel.close(fd);
            if (result == -Errno.EAGAIN) {
                return Optional.empty();
            }
            throw new CallFailed("flock", (int) -result);
        } catch (CallFailed e) {
            throw new IOException(file + " cannot be claimed: " + e.getMessage(), e);
        }
    }

    private static int open(Path file) throws CallFailed {
        try (Arena arena = Arena.ofConfined()) {
            // As the JVM itself writes names of files.
            byte[] name = file.toAbsolutePath().toString().getBytes(StandardCharsets.UTF_8);
            return Kernel.must("open", Kernel.call(OPENAT, AT_FDCWD, Libc.string(arena, name).address(),
                    O_RDWR | O_CREAT | O_CLOEXEC, OWNER_ONLY, 0));
        }
    }

    /** Through the descriptor, which is the claimed file whatever has become of its name. */
    @Override
    public void write(String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        int fd = descriptor.get();
        try (Arena arena = Arena.ofConfined()) {
            Kernel.must("ftruncate", Kernel.call(FTRUNCATE, fd, 0, 0, 0, 0));
            MemorySegment content = Libc.string(arena, bytes);
            for (int at = 0; at < bytes.length;) {
                at += Kernel.must("pwrite",
                        Kernel.call(PWRITE64, fd, content.address() + at, bytes.length - at, at, 0));
            }
        } catch (CallFailed e) {
            throw new IOException(file + " cannot be written: " + e.getMessage(), e);
        }
    }

    @Override
    public void close() {
        int fd = descriptor.getAndSet(CLOSED);
        if (fd != CLOSED) {
            Kernel.close(fd);
        }
    }
}
