package dev.upkeep.component;

import dev.upkeep.api.StateStore;
import dev.upkeep.api.child.ChildPath;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps each state in a file of its own, which only this user may read. The directory is made when something is saved
 * for the first time. A file is there whole or not at all, and survives a loss of power once it was saved.
 */
public final class FileStateStore implements StateStore {
    private static final Logger log = LoggerFactory.getLogger(FileStateStore.class);

    /** The most bytes one state may have: 16 MiB. It is held in memory to be written and read. */
    public static final int MOST_BYTES = 16 << 20;

    private static final String SUFFIX = ".state";
    private static final String UNFINISHED = ".tmp";
    /** Nothing is written for that long: what is older was left by a program that died. */
    private static final Duration LEFT_OVER = Duration.ofHours(1);
    /** A file's name may have 255 bytes on all usual file systems, and it gets an ending while it is written. */
    private static final int LONGEST_NAME = 200;

    private final Path directory;
    private final AtomicBoolean swept = new AtomicBoolean();

    /** @param directory where the files are; made with its parents when it is needed */
    public FileStateStore(Path directory) {
        this.directory = directory;
    }

    @Override
    public Optional<byte[]> load(ChildPath child) throws IOException {
        Path file = fileOf(child);
        try (FileChannel in = FileChannel.open(file, StandardOpenOption.READ)) {
            long size = in.size();
            if (size > MOST_BYTES) {
                throw new IOException("the state of '" + child + "' in " + file + " has " + size
                        + " bytes; allowed are at most " + MOST_BYTES);
            }
            ByteBuffer bytes = ByteBuffer.allocate((int) size);
            while (bytes.hasRemaining()) {
                if (in.read(bytes) < 0) {
                    throw new IOException("the state of '" + child + "' in " + file
                            + " became shorter while it was read");
                }
            }
            return Optional.of(bytes.array());
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    @Override
    public void save(ChildPath child, byte[] state) throws IOException {
        if (state.length > MOST_BYTES) {
            throw new IOException("the state of '" + child + "' has " + state.length
                    + " bytes; allowed are at most " + MOST_BYTES);
        }
        makeDirectory();
        Path file = fileOf(child);
        // Random, because another program with a tree of that name may write at the same moment.
        Path unfinished = file.resolveSibling(
                nameOf(child) + "." + Long.toHexString(ThreadLocalRandom.current().nextLong()) + UNFINISHED);
        try {
            write(unfinished, state);
            Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException | RuntimeException | Error e) {
            deleteQuietly(unfinished);
            throw e;
        }
        syncDirectory();
    }

    @Override
    public void delete(ChildPath child) throws IOException {
        if (Files.deleteIfExists(fileOf(child))) {
            syncDirectory();
        }
    }

    private void write(Path file, byte[] state) throws IOException {
        try (FileChannel out = FileChannel.open(file,
                Set.of(StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW),
                ownerOnly("rw-------"))) {
            ByteBuffer bytes = ByteBuffer.wrap(state);
            while (bytes.hasRemaining()) {
                out.write(bytes);
            }
            out.force(true);
        }
    }

    private void makeDirectory() throws IOException {
        if (!Files.isDirectory(directory)) {
            Files.createDirectories(directory, ownerOnly("rwx------"));
        }
        if (swept.compareAndSet(false, true)) {
            sweep();
        }
    }

    /** Takes away what programs left that died while they wrote. */
    private void sweep() {
        Instant old = Instant.now().minus(LEFT_OVER);
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory,
                "*" + SUFFIX + ".*" + UNFINISHED)) {
            for (Path file : files) {
                if (Files.getLastModifiedTime(file).toInstant().isBefore(old)) {
                    deleteQuietly(file);
                }
            }
        } catch (IOException | java.nio.file.DirectoryIteratorException e) {
            log.atDebug().addKeyValue("directory", directory).setCause(e).log("left-over files not deleted");
        }
    }

    /** The rename lasts only when the directory is on the disk, too. Some file systems cannot be told so. */
    private void syncDirectory() {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        } catch (IOException e) {
            log.atDebug().addKeyValue("directory", directory).setCause(e).log("directory not synced");
        }
    }

    private static void deleteQuietly(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            log.atDebug().addKeyValue("file", file).setCause(e).log("unfinished file not deleted");
        }
    }

    private FileAttribute<?>[] ownerOnly(String permissions) {
        return directory.getFileSystem().supportedFileAttributeViews().contains("posix")
                ? new FileAttribute<?>[]{
                        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))}
                : new FileAttribute<?>[0];
    }

    Path fileOf(ChildPath child) {
        return directory.resolve(nameOf(child));
    }

    /** The path with '%', which no id has, between the ids; where that is too long a digest, after '%', which no path begins with. */
    private static String nameOf(ChildPath child) {
        String name = child.value().replace('/', '%');
        return (name.length() <= LONGEST_NAME ? name : "%" + digest(child.value())) + SUFFIX;
    }

    private static String digest(String text) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256")
                            .digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JVM has SHA-256", e);
        }
    }
}
