package dev.upkeep.cli;

import dev.upkeep.api.control.StateDirectory;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.Map;

/**
 * Where a command runs: what it may read and where it prints.
 *
 * @param colour whether {@code out} understands colours and is wanted to have them
 */
record Terminal(PrintStream out, PrintStream err, Map<String, String> environment, Path directory,
        boolean root,
        boolean colour, InstantSource clock, ZoneId zone) {
    static Terminal ofThisProcess() {
        Map<String, String> environment = System.getenv();
        // https://no-color.org: any value but the empty one
        boolean colour = environment.getOrDefault("NO_COLOR", "").isEmpty()
                && !environment.getOrDefault("TERM", "dumb").equals("dumb") && System.console() != null
                && System.console().isTerminal();
        return new Terminal(System.out, System.err, environment, Path.of(""), StateDirectory.isRoot(), colour,
                InstantSource.system(),
                ZoneId.systemDefault());
    }

    /** Returns the text without what would move the cursor or hide something: a child chooses its own words. */
    static String harmless(String text) {
        return text.replaceAll("[\\p{Cc}\\p{Cf}&&[^\n]]+", " ");
    }
}
