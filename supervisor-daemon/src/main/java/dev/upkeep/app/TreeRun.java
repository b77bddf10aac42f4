package dev.upkeep.app;

import dev.upkeep.api.Ending;
import dev.upkeep.api.Supervisor;
import dev.upkeep.api.Surroundings;
import dev.upkeep.api.child.Cause;
import dev.upkeep.api.child.ChildPath;
import dev.upkeep.api.event.TreeListener;
import dev.upkeep.api.time.Ticker;
import dev.upkeep.component.FileStateStore;
import dev.upkeep.config.Configuration;
import dev.upkeep.control.ControlServer;
import dev.upkeep.control.Identity;
import dev.upkeep.control.RecentEvents;
import dev.upkeep.control.StatusText;
import dev.upkeep.inject.TreeAssembly;
import dev.upkeep.state.Holder;
import dev.upkeep.state.KeptBreakers;
import dev.upkeep.state.RememberingTree;
import dev.upkeep.state.RequestedStops;
import dev.upkeep.state.StateLock;
import dev.upkeep.supervise.Event;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * One run of a tree by {@code upkeep run}, from before its first start to its last word.
 *
 * @param file where the configuration came from, and is read again
 * @param signals obeyed as soon as there is a tree
 */
record TreeRun(Installation installation, Path file, Configuration configuration, StateLock lock, Holder us,
        Signals signals) {
    private static final int FAILED = 1;

    /**
     * Runs it.
     *
     * @return the exit status for the process
     * @throws IOException if what the state directory keeps cannot be read; nothing was started
     */
    int untilItEnds() throws IOException {
        RequestedStops stops = RequestedStops.in(lock);
        InstantSource clock = installation.injector().getInstance(InstantSource.class);
        try (Superior superior = Superior.of(System.getenv(), us.pid(), Ticker.system());
                TerminalView view = installation.injector().getInstance(TerminalView.class);
                KeptBreakers breakers = KeptBreakers.in(lock, clock)) {
            Secrets secrets = new Secrets();
            secrets.add(configuration);
            view.mask(secrets);
            RecentEvents recent = new RecentEvents();
            signals.keepFromExiting();
            TreeAssembly.Launched launched = launch(stops, breakers, List.of(view, recent, breakers));
            Supervisor tree = new RememberingTree(launched.tree(), stops);
            breakers.keep(tree::breakerSnapshots);
            Reload reload = new Reload(file, installation.reader(), tree, stops, secrets, view::tell,
                    System.err);
            signals.obey(new Obedient(launched, reload, view, clock));
            return serve(launched, tree, recent, secrets, view, superior);
        }
    }

    private TreeAssembly.Launched launch(
            RequestedStops stops,
            KeptBreakers breakers,
            List<TreeListener> listeners) {
        FileStateStore components = new FileStateStore(lock.directory().resolve("components"));
        Surroundings surroundings = new Surroundings(listeners, Optional.of(components), Optional.empty(),
                breakers.restored());
        return installation.injector()
                .getInstance(TreeAssembly.class)
                .launch(stops.applyTo(configuration.tree()), surroundings, lock.directory().resolve("logs"));
    }

    /** After the children: nobody waits for the door while a service is down. */
    private int serve(
            TreeAssembly.Launched launched,
            Supervisor tree,
            RecentEvents recent,
            Secrets secrets,
            TerminalView view,
            Superior superior) {
        String version = Optional.ofNullable(TreeRun.class.getPackage().getImplementationVersion())
                .orElse("unknown");
        Identity identity = new Identity(us.name(), us.pid(), us.since(), version);
        try (ControlServer server = ControlServer.open(lock, tree, recent, identity, secrets,
                () -> launched.loop().offer(new Event.ShutdownAsked("upkeep shutdown")))) {
            return tell(view, superior.accompany(launched.loop()));
        } catch (IOException e) {
            view.tell("no commands can be taken, the tree goes on: " + e.getMessage());
            return tell(view, superior.accompany(launched.loop()));
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

    /** Does what signals ask for. */
    private record Obedient(TreeAssembly.Launched launched, Reload reload, TerminalView view,
            InstantSource clock) implements Signals.Hearer {
        @Override
        public void stop(String signal) {
            launched.loop().offer(new Event.ShutdownAsked(signal));
        }

        @Override
        public void apply() {
            reload.ask();
        }

        @Override
        public void report() {
            StatusText.of(launched.tree(), clock.instant()).forEach(view::tell);
        }
    }
}
