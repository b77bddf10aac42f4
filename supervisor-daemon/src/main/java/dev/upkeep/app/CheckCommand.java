package dev.upkeep.app;

import dev.upkeep.api.SupervisorSpec;
import dev.upkeep.config.Configuration;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(name = "check", description = "Says everything that is wrong with a configuration; starts nothing.", mixinStandardHelpOptions = true)
final class CheckCommand implements Callable<Integer> {
    @Mixin
    private ConfigurationFile file = new ConfigurationFile();

    @Override
    public Integer call() {
        Installation installation = Installation.here(System.err);
        installation.tellProblems(System.err);
        Optional<Configuration> configuration = file.read(installation, System.err);
        configuration.ifPresent(c -> System.out.println(file.path() + ": ok, '" + c.tree().name() + "' with "
                + count(c.tree().root()) + " children"));
        return configuration.isPresent() ? 0 : Main.USAGE;
    }

    private static int count(SupervisorSpec supervisor) {
        return supervisor.children()
                .stream()
                .mapToInt(c -> 1 + (c.work() instanceof SupervisorSpec below ? count(below) : 0))
                .sum();
    }
}
