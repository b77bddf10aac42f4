package dev.upkeep.state;

import dev.upkeep.process.FileClaim;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One supervisor's claim on its state directory, held until closed or the process ends, however it ends (P17). */
public final class StateLock implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(StateLock.class);
    private static final String FILE = "lock";
    /** What a holder writes is far shorter; what else may be in the file is nobody's affair. */
    private static final int LONGEST_HOLDER = 4 << 10;

    private final Path directory;
    private final FileClaim claim;

    private StateLock(Path directory, FileClaim claim) {
        this.directory = directory;
        this.claim = claim;
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
        Path file = real.resolve(FILE);
        Optional<FileClaim> claim = FileClaim.take(file);
        if (claim.isEmpty()) {
            throw new StateHeldException(real, holderIn(file));
        }
        try {
            claim.get().write(holder.toText());
            return new StateLock(real, claim.get());
        } catch (IOException | RuntimeException e) {
            claim.get().close();
            throw e;
        }
    }

    /** Returns nothing if the file says nothing: in the moment before it is written, or if a stranger holds it. */
    private static Optional<Holder> holderIn(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            return Holder.parse(new String(in.readNBytes(LONGEST_HOLDER), StandardCharsets.UTF_8));
        } catch (IOException e) {
            return Optional.empty();
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

    /** Gives the directory free. */
    @Override
    public void close() throws IOException {
        try {
            // What stays in the file would be told of whoever claims it next and is no supervisor.
            claim.write("");
        } catch (IOException e) {
            log.atDebug()
                    .addKeyValue("directory", directory)
                    .setCause(e)
                    .log("the name of its holder stays in its lock");
        } finally {
            claim.close();
        }
    }
}
