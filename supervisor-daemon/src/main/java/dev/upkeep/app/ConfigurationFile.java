package dev.upkeep.app;

import dev.upkeep.config.Configuration;
import dev.upkeep.config.ConfigurationException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Parameters;

/** The file that {@code run} and {@code check} take. */
final class ConfigurationFile {
    @Parameters(arity = "0..1", paramLabel = "FILE", description = "The configuration; by default ${DEFAULT-VALUE}.", defaultValue = "upkeep.yaml")
    private Path path = Path.of("upkeep.yaml");

    Path path() {
        return path;
    }

    /** Reads it, or tells everything that is wrong with it. */
    Optional<Configuration> read(Installation installation, PrintStream err) {
        try {
            return Optional.of(installation.reader().read(path));
        } catch (ConfigurationException e) {
            err.println(e.getMessage());
            return Optional.empty();
        }
    }
}
