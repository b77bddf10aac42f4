package dev.upkeep.app;

import dev.upkeep.api.control.StateDirectory;
import dev.upkeep.config.Configuration;
import dev.upkeep.process.Orphans;
import dev.upkeep.state.Holder;
import dev.upkeep.state.StateHeldException;
import dev.upkeep.state.StateLock;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(name = "run", description = "Runs the tree of a configuration until it ends or is told to stop.", mixinStandardHelpOptions = true)
final class RunCommand implements Callable<Integer> {
    private static final int FAILED = 1;

    @Mixin
    private ConfigurationFile file = new ConfigurationFile();

    @Option(names = "--state", paramLabel = "DIR", description = "The directory for the control socket and what survives the supervisor.")
    private @Nullable Path state;

    @Override
    public Integer call() {
        Signals signals = Signals.hear();
        Installation installation = Installation.here(System.err);
        installation.tellProblems(System.err);
        Optional<Configuration> configuration = file.read(installation, System.err);
        if (configuration.isEmpty()) {
            return Main.USAGE;
        }
        Orphans.adoptAndReap();
        String name = configuration.get().tree().name();
        Path directory = StateDirectory.resolve(Optional.ofNullable(state), System.getenv(),
                StateDirectory.isRoot(),
                () -> name);
        Holder us = new Holder(name, ProcessHandle.current().pid(),
                Instant.now().truncatedTo(ChronoUnit.SECONDS));
        try (StateLock lock = StateLock.take(directory, us)) {
            return new TreeRun(installation, file.path(), configuration.get(), lock, us, signals)
                    .untilItEnds();
        } catch (StateHeldException | IOException e) {
            System.err.println("upkeep: " + e.getMessage());
            return FAILED;
        }
    }
}
