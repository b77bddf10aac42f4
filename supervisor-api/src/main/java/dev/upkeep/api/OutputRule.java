package dev.upkeep.api;

import dev.upkeep.api.child.ChildPath;
import dev.upkeep.api.settings.ByteSize;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** Where the stdout and stderr of a process go (P11). */
public sealed interface OutputRule {
    /** Line by line to the supervisor's own output, with the child's name before each; longer ones in pieces of 16 KiB. */
    record Prefixed() implements OutputRule {}

    /** It has the supervisor's own stdout and stderr: nothing is read, and there are no last words. */
    record Inherited() implements OutputRule {}

    /**
     * Into a file of its own, byte for byte; full ones are kept as {@code NAME.1} (the newest) to {@code NAME.<keep>}. No byte is
     * lost or doubled by a kill of the supervisor.
     *
     * @param path of the file; by default {@code logs/<path of the child>.log} in the state directory
     * @param maxSize when the next file is begun; default 10 MiB
     * @param maxAge when the next file is begun, even if this one is small; default never
     * @param keep how many full ones are kept; default 5
     * @param whenFull what follows while the file cannot be written; default drop
     */
    record File(Optional<Path> path, ByteSize maxSize, Optional<Duration> maxAge, int keep,
            WhenFull whenFull) implements OutputRule {
        public static final ByteSize DEFAULT_MAX_SIZE = new ByteSize(10L << 20);
        public static final int DEFAULT_KEEP = 5;
        /** A file of less would be rotated at almost every write. */
        public static final ByteSize LEAST_MAX_SIZE = new ByteSize(4L << 10);
        public static final int MOST_KEPT = 1000;

        public File {
            if (maxSize.bytes() < LEAST_MAX_SIZE.bytes()) {
                throw new IllegalArgumentException(
                        "maxSize must be at least " + LEAST_MAX_SIZE + ", but is " + maxSize);
            }
            if (keep < 0 || keep > MOST_KEPT) {
                throw new IllegalArgumentException(
                        "keep must be from 0 to " + MOST_KEPT + ", but is " + keep);
            }
            maxAge.filter(age -> age.isNegative() || age.isZero()).ifPresent(age -> {
                throw new IllegalArgumentException("maxAge must be longer than zero, but is " + age);
            });
        }

        /** Returns the rule with all defaults. */
        public static File byDefault() {
            return new File(Optional.empty(), DEFAULT_MAX_SIZE, Optional.empty(), DEFAULT_KEEP,
                    WhenFull.DROP);
        }
    }

    /**
     * Into the stdin of a sibling, through a pipe that outlives restarts of both. The builder lets the sibling start first.
     *
     * @param sibling its id; a process
     */
    record Logger(String sibling) implements OutputRule {
        public Logger {
            ChildPath.requireId(sibling);
        }
    }

    /** What follows while a file cannot be written: the disk is full, or its directory is gone. */
    enum WhenFull {
        /** The process waits as soon as its pipe is full, which holds 64 KiB. */
        BLOCK,
        /** What it writes is counted and thrown away. */
        DROP
    }

    OutputRule PREFIXED = new Prefixed();
    OutputRule INHERITED = new Inherited();
}
