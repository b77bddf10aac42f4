package dev.upkeep.health;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Optional;

/** When a file was modified last, by its own account. */
final class ModificationTime {
    private ModificationTime() {}

    /**
     * Returns it, or nothing if there is no such file; a symbolic link is followed.
     *
     * @throws IOException if the path cannot be looked at
     */
    static Optional<FileTime> of(Path path) throws IOException {
        try {
            return Optional.of(Files.getLastModifiedTime(path));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }
}
