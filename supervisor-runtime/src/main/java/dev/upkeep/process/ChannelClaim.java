package dev.upkeep.process;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** A claim by a lock of {@link FileChannel}, thus fcntl(2): for hosts where flock cannot be called. */
final class ChannelClaim implements FileClaim {
    /**
     * The files held by this JVM. A lock of fcntl goes as soon as its process closes <em>any</em> descriptor of the file,
     * so a second claim in the same JVM must be refused before it opens the file.
     */
    private static final Set<Object> HELD = ConcurrentHashMap.newKeySet();

    private final FileChannel channel;
    private final Object key;

    private ChannelClaim(FileChannel channel, Object key) {
        this.channel = channel;
        this.key = key;
    }

    static Optional<FileClaim> take(Path file) throws IOException {
        try {
            Files.createFile(file,
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        } catch (java.nio.file.FileAlreadyExistsException e) {
            // As after every supervisor before.
        }
        @Nullable
        Object fileKey = Files.readAttributes(file, BasicFileAttributes.class).fileKey();
        Object key = fileKey == null ? file.toRealPath() : fileKey;
        if (!HELD.add(key)) {
            return Optional.empty();
        }
        Optional<FileClaim> claim = Optional.empty();
        try {
            claim = lock(file, key);
        } finally {
            if (claim.isEmpty()) {
                HELD.remove(key);
            }
        }
        return claim;
    }

    private static Optional<FileClaim> lock(Path file, Object key) throws IOException {
        FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
        try {
            @Nullable
            FileLock lock = channel.tryLock();
            if (lock != null) {
                return Optional.of(new ChannelClaim(channel, key));
            }
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
        channel.close();
        return Optional.empty();
    }

    @Override
    public void write(String text) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
        channel.truncate(0);
        for (long at = 0; bytes.hasRemaining();) {
            at += channel.write(bytes, at);
        }
    }

    @Override
    public void close() throws IOException {
        if (channel.isOpen()) {
            channel.close();
            HELD.remove(key);
        }
    }
}
