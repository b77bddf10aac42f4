package dev.upkeep.app;

import dev.upkeep.api.Ending;
import dev.upkeep.api.Surroundings;
import dev.upkeep.api.child.Cause;
import dev.upkeep.api.child.ChildPath;
import dev.upkeep.api.control.StateDirectory;
import dev.upkeep.component.FileStateStore;
import dev.upkeep.config.Configuration;
import dev.upkeep.control.ControlServer;
import dev.upkeep.control.Identity;
import dev.upkeep.control.RecentEvents;
import dev.upkeep.inject.TreeAssembly;
import dev.upkeep.state.Holder;
import dev.upkeep.state.KeptBreakers;
import dev.upkeep.state.RememberingTree;
import dev.upkeep.state.RequestedStops;
import dev.upkeep.state.StateHeldException;
import dev.upkeep.state.StateLock;
import dev.upkeep.supervise.Event;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
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
        Installation installation = Installation.here(System.err);
        installation.tellProblems(System.err);
        Optional<Configuration> configuration = file.read(installation, System.err);
        if (configuration.isEmpty()) {
            return Main.USAGE;
        }
        String name = configuration.get().tree().name();
        Path directory = StateDirectory.resolve(Optional.ofNullable(state), System.getenv(),
                StateDirectory.isRoot(),
                () -> name);
        Holder us = new Holder(name, ProcessHandle.current().pid(),
                Instant.now().truncatedTo(ChronoUnit.SECONDS));
        try (StateLock lock = StateLock.take(directory, us)) {
            return run(installation, configuration.get(), lock, us);
        } catch (StateHeldException | IOException e) {
            System.err.println("upkeep: " + e.getMessage());
            return FAILED;
        }
    }

    private static int run(
            Installation installation,
            Configuration configuration,
            StateLock lock,
            Holder us) throws IOException {
        RequestedStops stops = RequestedStops.in(lock);
        try (TerminalView view = installation.injector().getInstance(TerminalView.class);
                KeptBreakers breakers = KeptBreakers.in(lock, InstantSource.system())) {
            return run(installation, configuration, lock, us, stops, breakers, view);
        }
    }

    private static int run(
            Installation installation,
            Configuration configuration,
            StateLock lock,
            Holder us,
            RequestedStops stops,
            KeptBreakers breakers,
            TerminalView view) {
        view.mask(configuration::masked);
        RecentEvents recent = new RecentEvents();
        TreeAssembly assembly = installation.injector().getInstance(TreeAssembly.class);
        Surroundings surroundings = new Surroundings(List.of(view, recent, breakers),
                Optional.of(new FileStateStore(lock.directory().resolve("components"))), Optional.empty(),
                breakers.restored());
        TreeAssembly.Launched launched = assembly.launch(stops.applyTo(configuration.tree()), surroundings);
        RememberingTree tree = new RememberingTree(launched.tree(), stops);
        breakers.keep(tree::breakerSnapshots);
        Signals.hear(signal -> launched.loop().offer(new Event.ShutdownAsked(signal)));
        String version = Optional.ofNullable(RunCommand.class.getPackage().getImplementationVersion())
                .orElse("unknown");
        Identity identity = new Identity(us.name(), us.pid(), us.since(), version);
        // After the children: nobody waits for the door while a service is down.
        try (ControlServer server = ControlServer.open(lock, tree, recent, identity,
                () -> launched.loop().offer(new Event.ShutdownAsked("upkeep shutdown")))) {
            return tell(view, launched.loop().ended().join());
        } catch (IOException e) {
            view.tell("no commands can be taken, the tree goes on: " + e.getMessage());
            return tell(view, launched.loop().ended().join());
        }
    }

    private static int tell(TerminalView view, Ending ending) {
        if (!ending.leftRunning().isEmpty()) {
            view.tell("did not stop in time: " + ending.leftRunning()
                    .stream()
                    .map(ChildPath::shortValue)
                    .collect(Collectors.joining(", ")));
        }
        for (Cause.Link link : ending.cause().chain()) {
            view.tell("  because " + link.path().shortValue() + ": " + link.cause());
        }
        view.tell("ended: " + ending.cause());
        return ending.leftRunning().isEmpty() ? ending.exitCode() : Math.max(FAILED, ending.exitCode());
    }
}
