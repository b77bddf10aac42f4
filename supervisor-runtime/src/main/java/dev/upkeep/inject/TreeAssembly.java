package dev.upkeep.inject;

import dev.upkeep.api.Ending;
import dev.upkeep.api.StateStore;
import dev.upkeep.api.Surroundings;
import dev.upkeep.api.TreeSpec;
import dev.upkeep.api.child.Cause;
import dev.upkeep.api.control.StateDirectory;
import dev.upkeep.api.settings.Durations;
import dev.upkeep.api.time.Ticker;
import dev.upkeep.api.time.Timers;
import dev.upkeep.component.CarrierWatch;
import dev.upkeep.component.ComponentChildren;
import dev.upkeep.component.FileStateStore;
import dev.upkeep.plugin.Catalog;
import dev.upkeep.probe.ProbeSchedule;
import dev.upkeep.process.OutputPlaces;
import dev.upkeep.process.ProcessChildren;
import dev.upkeep.process.Processes;
import dev.upkeep.supervise.Event;
import dev.upkeep.tree.Breakers;
import dev.upkeep.tree.Ports;
import dev.upkeep.tree.RunningTree;
import dev.upkeep.tree.TreeLoop;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes the parts of one tree, connects them, and takes them down when the tree has ended. */
public final class TreeAssembly {
    private static final Logger log = LoggerFactory.getLogger(TreeAssembly.class);

    private final Catalog catalog;
    private final Supplier<Processes> processes;
    private final Ticker ticker;
    private final InstantSource clock;
    private final Output output;

    /** @param processes asked once for each tree that has processes; what it gives is closed with the tree */
    public TreeAssembly(Catalog catalog, Supplier<Processes> processes, Ticker ticker, InstantSource clock,
            Output output) {
        this.catalog = catalog;
        this.processes = processes;
        this.ticker = ticker;
        this.clock = clock;
        this.output = output;
    }

    /** A tree on its way up. */
    public record Launched(RunningTree tree, TreeLoop loop) {}

    /**
     * Starts a tree and returns at once.
     *
     * @throws IllegalArgumentException if the spec names a plugin that is not there; nothing was started
     */
    public Launched launch(TreeSpec spec, Surroundings surroundings) {
        return launch(spec, surroundings, stateOf(spec.name()).resolve("logs"));
    }

    /**
     * Starts a tree and returns at once.
     *
     * @param logs the directory for the output of those processes that want a file and name none
     * @throws IllegalArgumentException if the spec names a plugin that is not there; nothing was started
     */
    public Launched launch(TreeSpec spec, Surroundings surroundings, Path logs) {
        TreeParts.require(catalog, spec);
        SplittableRandom seeds = new SplittableRandom();
        CatalogPlugins plugins = new CatalogPlugins(catalog);
        TreeLoop loop = new TreeLoop(spec, plugins, ticker, clock, seeds.nextLong());

        ScheduledThreadPoolExecutor timers = new ScheduledThreadPoolExecutor(1,
                task -> Thread.ofPlatform().daemon().name("upkeep-timers").unstarted(task));
        timers.setRemoveOnCancelPolicy(true);
        Breakers breakers = new Breakers(loop, ticker, timersOn(timers), seeds.nextLong(), timers,
                task -> Thread.ofVirtual().name("breaker-listener").start(task),
                new CatalogBreakers(catalog), loop::specOf);
        ProbeSchedule probes = ProbeSchedule.live(loop, catalog::findCheckFactory, ticker, clock,
                seeds.split());
        LateProcesses processChildren = new LateProcesses();
        TreeParts parts = new TreeParts(catalog, plugins, breakers, processChildren,
                () -> engineFor(loop, plugins, new OutputPlaces(output::of, logs, processChildren.loggers())),
                () -> CarrierWatch.start(parallelism -> loop.offer(new Event.CarriersBusy(parallelism))));
        parts.add(timers::shutdownNow);
        parts.add(output::settle);
        parts.add(processChildren.loggers());
        parts.add(breakers);
        parts.add(probes);
        parts.begin(spec, surroundings.breakers());
        surroundings.listeners().forEach(loop::listen);
        StateStore store = surroundings.stateStore().orElseGet(() -> filesOf(spec.name()));
        var _ = loop.ended().thenRun(parts::close);
        surroundings.onGiveUp().ifPresent(callback -> tellWhenItGivesUp(loop, callback));
        loop.start(
                new Ports(processChildren, new ComponentChildren(loop, ticker, breakers::find, store), probes,
                        breakers));
        return new Launched(new RunningTree(loop, breakers, parts), loop);
    }

    private TreeParts.Engine engineFor(TreeLoop loop, CatalogPlugins plugins, OutputPlaces places) {
        Processes engine = processes.get();
        return new TreeParts.Engine(engine,
                new ProcessChildren(engine, loop, ticker, places, plugins::longestSilence));
    }

    private static void tellWhenItGivesUp(TreeLoop loop, Consumer<Ending> callback) {
        var _ = loop.ended().thenAccept(ending -> {
            if (ending.cause().kind() == Cause.Kind.GAVE_UP) {
                Thread.ofVirtual().name("on-give-up").start(() -> {
                    try {
                        callback.accept(ending);
                    } catch (Exception | LinkageError | StackOverflowError | AssertionError e) {
                        log.atWarn().setCause(e).log("what was to be called when the tree gives up failed");
                    }
                });
            }
        });
    }

    /** Files below the state directory of this user, which are made when something is saved. */
    private static StateStore filesOf(String tree) {
        return new FileStateStore(stateOf(tree).resolve("components"));
    }

    private static Path stateOf(String tree) {
        return StateDirectory.resolve(Optional.empty(), System.getenv(), StateDirectory.isRoot(), () -> tree);
    }

    private static Timers timersOn(ScheduledThreadPoolExecutor executor) {
        return (delay, task) -> {
            var future = executor.schedule(() -> {
                try {
                    task.run();
                } catch (Exception | LinkageError | AssertionError e) {
                    log.atWarn().setCause(e).log("a plugin's timer failed");
                }
            }, Durations.saturatedNanos(delay), TimeUnit.NANOSECONDS);
            return () -> future.cancel(false);
        };
    }
}
