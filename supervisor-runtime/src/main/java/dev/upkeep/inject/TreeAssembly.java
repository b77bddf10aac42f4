package dev.upkeep.inject;

import dev.upkeep.api.ChildSpec;
import dev.upkeep.api.ComponentSpec;
import dev.upkeep.api.ProcessSpec;
import dev.upkeep.api.StateStore;
import dev.upkeep.api.StopRule;
import dev.upkeep.api.SupervisorSpec;
import dev.upkeep.api.Surroundings;
import dev.upkeep.api.TreeSpec;
import dev.upkeep.api.control.StateDirectory;
import dev.upkeep.api.settings.Durations;
import dev.upkeep.api.time.Ticker;
import dev.upkeep.api.time.Timers;
import dev.upkeep.component.CarrierWatch;
import dev.upkeep.component.ComponentChildren;
import dev.upkeep.component.FileStateStore;
import dev.upkeep.plugin.Catalog;
import dev.upkeep.plugin.PluginKind;
import dev.upkeep.probe.ProbeSchedule;
import dev.upkeep.process.ProcessChildren;
import dev.upkeep.process.Processes;
import dev.upkeep.supervise.Event;
import dev.upkeep.supervise.InstanceId;
import dev.upkeep.tree.Breakers;
import dev.upkeep.tree.ChildPort;
import dev.upkeep.tree.Ports;
import dev.upkeep.tree.RunningTree;
import dev.upkeep.tree.TreeLoop;
import dev.upkeep.tree.Vitals;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
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
        requireChecks(spec.root());
        spec.breakers()
                .values()
                .forEach(choice -> catalog.require(PluginKind.CIRCUIT_BREAKER, choice.type()));
        SplittableRandom seeds = new SplittableRandom();
        TreeLoop loop = new TreeLoop(spec, new CatalogPlugins(catalog), ticker, clock, seeds.nextLong());
        Deque<AutoCloseable> parts = new ArrayDeque<>();

        ScheduledThreadPoolExecutor timers = new ScheduledThreadPoolExecutor(1,
                task -> Thread.ofPlatform().daemon().name("upkeep-timers").unstarted(task));
        timers.setRemoveOnCancelPolicy(true);
        parts.push(timers::shutdownNow);
        Breakers breakers = new Breakers(loop, ticker, timersOn(timers), seeds.nextLong(), timers,
                catalog::breaker);
        parts.push(breakers);
        breakers.create(spec);
        ProbeSchedule probes = ProbeSchedule.live(loop, catalog::findCheckFactory, ticker, clock,
                seeds.split());
        parts.push(probes);
        if (has(spec.root(), child -> child.work() instanceof ComponentSpec || !child.health().isEmpty())) {
            // Nothing else burns carriers; and its canaries would keep idle ones from ending.
            parts.push(CarrierWatch.start(parallelism -> loop.offer(new Event.CarriersBusy(parallelism))));
        }
        ChildPort processChildren = NO_PROCESSES;
        if (has(spec.root(), child -> child.work() instanceof ProcessSpec)) {
            Processes engine = processes.get();
            parts.push(engine);
            processChildren = new ProcessChildren(engine, loop, ticker, output::of);
        }
        surroundings.listeners().forEach(loop::listen);
        StateStore store = surroundings.stateStore().orElseGet(() -> filesOf(spec.name()));
        var _ = loop.ended().thenRun(() -> close(parts));
        loop.start(
                new Ports(processChildren, new ComponentChildren(loop, ticker, breakers::find, store), probes,
                        breakers));
        return new Launched(new RunningTree(spec, loop, breakers), loop);
    }

    /** Files below the state directory of this user, which are made when something is saved. */
    private static StateStore filesOf(String tree) {
        return new FileStateStore(StateDirectory
                .resolve(Optional.empty(), System.getenv(), StateDirectory.isRoot(), () -> tree)
                .resolve("components"));
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

    private void requireChecks(SupervisorSpec supervisor) {
        for (ChildSpec child : supervisor.children()) {
            child.health().forEach(check -> catalog.require(PluginKind.HEALTH_CHECK, check.check().type()));
            child.breaker()
                    .flatMap(use -> use.own())
                    .ifPresent(choice -> catalog.require(PluginKind.CIRCUIT_BREAKER, choice.type()));
            if (child.work() instanceof SupervisorSpec below) {
                requireChecks(below);
            }
        }
    }

    private static boolean has(SupervisorSpec supervisor, Predicate<ChildSpec> wanted) {
        return supervisor.children()
                .stream()
                .anyMatch(child -> wanted.test(child)
                        || (child.work() instanceof SupervisorSpec below && has(below, wanted)));
    }

    private static void close(Deque<AutoCloseable> parts) {
        while (!parts.isEmpty()) {
            AutoCloseable part = parts.pop();
            try {
                part.close();
            } catch (Exception e) {
                log.atWarn()
                        .setCause(e)
                        .addKeyValue("part", part.getClass().getSimpleName())
                        .log("a part of an ended tree did not close");
            }
        }
    }

    /** Stands where processes would be started, in a tree that has none. */
    private static final ChildPort NO_PROCESSES = new ChildPort() {
        @Override
        public void start(InstanceId instance, ChildSpec spec, Vitals vitals) {
            throw new IllegalStateException("a tree without processes starts " + instance);
        }

        @Override
        public void stop(InstanceId instance, StopRule rule, boolean save) {}

        @Override
        public void kill(InstanceId instance) {}
    };
}
