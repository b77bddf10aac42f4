package dev.upkeep.process;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A claim on a file that one process of this host can have at a time: held until it is closed or the process is gone,
 * however it ended (P17). Children do not inherit it.
 */
public interface FileClaim extends AutoCloseable {
    /**
     * Claims a file, made with mode 0600 if it is missing; its content stays as it is. By {@code flock(2)}, as the tool of that
     * name does it; where native access is denied and on other systems by a lock of {@link java.nio.channels.FileChannel}, which
     * is said at INFO: that one keeps out others that do the same, but nobody who uses flock.
     *
     * @return nothing if somebody else has it, in this process or another one
     * @throws IOException if the file cannot be opened, or its file system knows no such claims
     */
    static Optional<FileClaim> take(Path file) throws IOException {
        try {
            return FlockClaim.take(file);
        } catch (UnsupportedOperationException | LinkageError | IllegalCallerException e) {
            Logger log = LoggerFactory.getLogger(FileClaim.class);
            log.atInfo()
                    .addKeyValue("file", file)
                    .addKeyValue("why", e.getMessage())
                    .log("claimed by a lock of fcntl(2): flock(2) cannot be called here");
            return ChannelClaim.take(file);
        }
    }

    /** Replaces the content of the file. */
    void write(String text) throws IOException;

    /** Gives the file free. It stays: to remove it would let a third one claim a file that nobody else sees. */
    @Override
    void close() throws IOException;
}
