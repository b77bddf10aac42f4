package dev.upkeep.inject;

import dev.upkeep.api.ChildSpec;
import dev.upkeep.api.ComponentSpec;
import dev.upkeep.api.ProcessSpec;
import dev.upkeep.api.SupervisorSpec;
import dev.upkeep.api.TreeSpec;
import dev.upkeep.api.breaker.CircuitBreaker;
import dev.upkeep.api.child.ChildPath;
import dev.upkeep.component.CarrierWatch;
import dev.upkeep.plugin.Catalog;
import dev.upkeep.plugin.PluginKind;
import dev.upkeep.tree.Breakers;
import dev.upkeep.tree.ChildPort;
import dev.upkeep.tree.Groundwork;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The parts of one tree: some of them come with the first child that needs them, and all go with the tree. */
final class TreeParts implements Groundwork, AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(TreeParts.class);

    /** An engine of processes, and the port to it. */
    record Engine(AutoCloseable engine, ChildPort port) {}

    private final Catalog catalog;
    private final CatalogPlugins plugins;
    private final Breakers breakers;
    private final LateProcesses processes;
    private final Supplier<Engine> engine;
    private final Supplier<CarrierWatch> carrierWatch;
    private final Deque<AutoCloseable> parts = new ArrayDeque<>();
    private boolean watched;
    private boolean closed;

    /**
     * Makes the parts of a tree that has no children.
     *
     * @param engine asked for when the first process comes
     * @param carrierWatch asked for when the first component or check comes: nothing else burns carriers, and its canaries
     *         would keep idle ones from ending
     */
    TreeParts(Catalog catalog, CatalogPlugins plugins, Breakers breakers, LateProcesses processes,
            Supplier<Engine> engine,
            Supplier<CarrierWatch> carrierWatch) {
        this.catalog = catalog;
        this.plugins = plugins;
        this.breakers = breakers;
        this.processes = processes;
        this.engine = engine;
        this.carrierWatch = carrierWatch;
    }

    /** Has a part closed with the tree, before those that were there earlier. */
    synchronized void add(AutoCloseable part) {
        parts.push(part);
    }

    /**
     * Makes what the first spec of the tree needs. Its plugins are known to be there.
     *
     * @param restored breakers as they were, by name (C8)
     */
    void begin(TreeSpec spec, Map<String, CircuitBreaker.Snapshot> restored) {
        breakers.create(spec, restored);
        bring(new ChildPath(spec.name()), spec.root().children());
    }

    /** Throws what the api promises for a spec that names something that is not there. */
    static void require(Catalog catalog, TreeSpec spec) {
        spec.breakers()
                .values()
                .forEach(choice -> catalog.require(PluginKind.CIRCUIT_BREAKER, choice.type()));
        requireTypes(catalog, spec.root().children());
    }

    private static void requireTypes(Catalog catalog, List<ChildSpec> children) {
        for (ChildSpec child : children) {
            child.health().forEach(check -> catalog.require(PluginKind.HEALTH_CHECK, check.check().type()));
            child.breaker()
                    .flatMap(use -> use.own())
                    .ifPresent(choice -> catalog.require(PluginKind.CIRCUIT_BREAKER, choice.type()));
            if (child.work() instanceof SupervisorSpec below) {
                requireTypes(catalog, below.children());
            }
        }
    }

    @Override
    public void lay(ChildPath supervisor, List<ChildSpec> children, Set<String> shared) {
        requireTypes(catalog, children);
        requireShared(children, shared);
        meetPlugins(children);
        breakers.create(supervisor, children);
        bring(supervisor, children);
    }

    @Override
    public void lay(TreeSpec spec) {
        require(catalog, spec);
        plugins.strategy(spec.root().strategy());
        meetPlugins(spec.root().children());
        breakers.prepare(spec);
        bring(new ChildPath(spec.name()), spec.root().children());
    }

    private static void requireShared(List<ChildSpec> children, Set<String> shared) {
        for (ChildSpec child : children) {
            child.breaker()
                    .flatMap(use -> use.shared())
                    .filter(name -> !shared.contains(name))
                    .ifPresent(
                            name -> {
                                throw new IllegalArgumentException(
                                        "child '" + child.id() + "' names the breaker '"
                                                + name + "', but there is none");
                            });
            if (child.work() instanceof SupervisorSpec below) {
                requireShared(below.children(), shared);
            }
        }
    }

    /** Has strategies and back-offs made here, so that the loop finds them. */
    private void meetPlugins(List<ChildSpec> children) {
        for (ChildSpec child : children) {
            plugins.backoff(child.backoff());
            if (child.work() instanceof SupervisorSpec below) {
                plugins.strategy(below.strategy());
                meetPlugins(below.children());
            }
        }
    }

    private void bring(ChildPath supervisor, List<ChildSpec> children) {
        meetChecks(children);
        bringParts(supervisor, children);
    }

    /** Has checks asked here what is told to processes, so that the loop need not ask them. */
    private void meetChecks(List<ChildSpec> children) {
        for (ChildSpec child : children) {
            plugins.longestSilence(child);
            if (child.work() instanceof SupervisorSpec below) {
                meetChecks(below.children());
            }
        }
    }

    private synchronized void bringParts(ChildPath supervisor, List<ChildSpec> children) {
        processes.loggers().expect(supervisor, children);
        if (!watched && !closed
                && any(children,
                        child -> child.work() instanceof ComponentSpec || !child.health().isEmpty())) {
            watched = true;
            parts.push(carrierWatch.get());
        }
        if (!processes.isThere() && !closed && any(children, child -> child.work() instanceof ProcessSpec)) {
            Engine made = engine.get();
            parts.push(made.engine());
            processes.become(made.port());
        }
    }

    private static boolean any(List<ChildSpec> children, Predicate<ChildSpec> wanted) {
        return children.stream()
                .anyMatch(child -> wanted.test(child)
                        || (child.work() instanceof SupervisorSpec below && any(below.children(), wanted)));
    }

    @Override
    public void takeBack(ChildPath supervisor, List<ChildSpec> children) {
        breakers.takeBack(supervisor, children);
    }

    @Override
    public void takeBack(TreeSpec spec) {
        breakers.takeBack(spec);
    }

    @Override
    public synchronized void close() {
        closed = true;
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
}
