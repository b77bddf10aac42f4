package dev.upkeep.bench.process;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** One kind of supervisor, and how it is told to keep so many of one child running. */
interface Keeper {
    String name();

    /** Returns what it needs and is not there. */
    default Optional<String> missing() {
        return Optional.empty();
    }

    /**
     * Writes down what is to be kept and returns the commands to run for it, one for most.
     *
     * @param directory empty, its own
     * @param children how many
     * @param command what each of them is
     * @param logged whether what they write goes to files
     */
    List<List<String>> prepare(Path directory, int children, List<String> command, boolean logged)
            throws IOException;

    /** Does what a person does who asks it how things are; measured supervisors have been asked once. */
    default void ask(Path directory) throws IOException, InterruptedException {}

    /** Whether it ends its children and itself on SIGTERM to what was run. */
    default boolean stopsOnTerm() {
        return false;
    }
}
