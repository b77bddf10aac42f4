package dev.upkeep.state;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * One supervisor's claim on its state directory, held until closed or the process ends, however it ends (P17).
 *
 * <p>It is a lock of {@link FileChannel}, thus {@code fcntl(2)}: it keeps other supervisors out, but does not exclude
 * {@code flock(2)} and does not pass an exec on. To be changed to {@code flock} with the in-place upgrade.
 */
public final class StateLock implements AutoCloseable {
    private static final String FILE = "lock";

    /**
     * The directories held by this JVM. A lock of fcntl goes as soon as its process closes <em>any</em> descriptor of
     * the file, so a second claim in the same JVM must be refused before it opens the file.
     */
    private static final Map<Path, Holder> HELD = new ConcurrentHashMap<>();

    private final Path directory;
    private final FileChannel channel;

    private StateLock(Path directory, FileChannel channel) {
        this.directory = directory;
        this.channel = channel;
    }

    /**
     * Takes the directory, created with mode 0700 if it is missing.
     *
     * @param holder written into the lock file, for the one who comes second
     * @throws StateHeldException if another supervisor has it
     * @throws IOException if the directory cannot be made or is open to others' writing; the message says which
     */
    public static StateLock take(Path directory, Holder holder) throws IOException, StateHeldException {
        Path real = privateDirectory(directory);
        Holder first = HELD.putIfAbsent(real, holder);
        if (first != null) {
            throw new StateHeldException(real, Optional.of(first));
        }
        try {
            return new StateLock(real, lock(real, holder));
        } catch (IOException | StateHeldException | RuntimeException e) {
            HELD.remove(real);
            throw e;
        }
    }

    private static FileChannel lock(Path directory, Holder holder) throws IOException, StateHeldException {
        Path file = directory.resolve(FILE);
        FileChannel channel = FileChannel.open(file,
                Set.of(StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        try {
            FileLock lock = channel.tryLock();
            if (lock == null) {
                throw new StateHeldException(directory, Holder.parse(Files.readString(file)));
            }
            ByteBuffer text = ByteBuffer.wrap(holder.toText().getBytes(StandardCharsets.UTF_8));
            channel.truncate(0);
            while (text.hasRemaining()) {
                channel.write(text);
            }
            return channel;
        } catch (IOException | StateHeldException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    private static Path privateDirectory(Path directory) throws IOException {
        try {
            Files.createDirectories(directory,
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        } catch (FileAlreadyExistsException e) {
            throw new IOException(
                    "state directory " + directory + " cannot be made: " + e.getFile() + " is a file", e);
        }
        Path real = directory.toRealPath();
        Set<PosixFilePermission> mode = Files.getPosixFilePermissions(real);
        if (mode.contains(PosixFilePermission.GROUP_WRITE)
                || mode.contains(PosixFilePermission.OTHERS_WRITE)) {
            throw new IOException("state directory " + real + " can be written by others ("
                    + PosixFilePermissions.toString(mode) + "); give it to its owner alone: chmod 700 "
                    + real);
        }
        return real;
    }

    /** Returns the directory, as a real path. */
    public Path directory() {
        return directory;
    }

    /** Gives the directory free. The file stays: to remove it would let a third one lock a file nobody else sees. */
    @Override
    public void close() throws IOException {
        try {
            channel.close();
        } finally {
            HELD.remove(directory);
        }
    }
}
