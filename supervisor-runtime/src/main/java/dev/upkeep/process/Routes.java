package dev.upkeep.process;

import dev.upkeep.api.OutputRule;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Where the streams of one start lead to outside of it.
 *
 * @param file of its output, where its rule wants one and names none
 * @param into the stdin of the sibling that is its logger
 * @param from what its siblings write, if it is their logger
 */
public record Routes(@Nullable Path file, @Nullable LoggerPipe into, @Nullable LoggerPipe from) {
    public static final Routes NONE = new Routes(null, null, null);

    /** Returns the absolute path of the file. */
    String file(OutputRule.File rule) {
        return rule.path()
                .or(() -> Optional.ofNullable(file))
                .orElseThrow(() -> new IllegalArgumentException("its output has no file"))
                .toAbsolutePath()
                .normalize()
                .toString();
    }
}
