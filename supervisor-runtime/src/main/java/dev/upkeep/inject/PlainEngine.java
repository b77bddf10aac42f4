package dev.upkeep.inject;

import dev.upkeep.api.Ending;
import dev.upkeep.api.StartFailedException;
import dev.upkeep.api.Supervisor;
import dev.upkeep.api.SupervisorEngine;
import dev.upkeep.api.Surroundings;
import dev.upkeep.api.TreeSpec;
import dev.upkeep.api.child.Cause;
import dev.upkeep.api.child.ChildPath;
import dev.upkeep.api.event.TreeListener;
import dev.upkeep.api.time.Ticker;
import dev.upkeep.plugin.PluginScan;
import dev.upkeep.process.Processes;
import dev.upkeep.tree.EventLog;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The engine of an embedding program: what is on its class path, put together without Guice. */
public final class PlainEngine implements SupervisorEngine {
    /** For the ServiceLoader. */
    public PlainEngine() {}

    @Override
    public Supervisor start(TreeSpec spec, Surroundings surroundings) {
        ClassLoader classPath = Optional.ofNullable(Thread.currentThread().getContextClassLoader())
                .orElse(PlainEngine.class.getClassLoader());
        TreeAssembly assembly = new TreeAssembly(PluginScan.scan(classPath, Optional.empty()),
                Processes::forThisHost,
                Ticker.system(), InstantSource.system(), new InheritedOutput());
        return startAndWait(assembly, spec, logged(surroundings));
    }

    /** Returns the same surroundings, in which a log is written. */
    static Surroundings logged(Surroundings surroundings) {
        List<TreeListener> listeners = new ArrayList<>(surroundings.listeners());
        listeners.add(EventLog.live());
        return new Surroundings(listeners, surroundings.stateStore(), surroundings.onGiveUp(),
                surroundings.breakers());
    }

    /** Starts a tree and waits for its first start, as the api promises it. */
    static Supervisor startAndWait(TreeAssembly assembly, TreeSpec spec, Surroundings surroundings) {
        TreeAssembly.Launched launched = assembly.launch(spec, surroundings);
        launched.loop().started().join();
        if (launched.loop().ended().isDone()) {
            Ending ending = launched.loop().ended().join();
            if (ending.cause().kind() == Cause.Kind.START_FAILED) {
                // The deepest link is the child itself; those above it are the supervisors that failed with it.
                List<Cause.Link> chain = ending.cause().chain();
                Cause.Link leaf = chain.isEmpty()
                        ? new Cause.Link(new ChildPath(spec.name()), ending.cause())
                        : chain.get(chain.size() - 1);
                throw new StartFailedException(leaf.path(), leaf.cause());
            }
        }
        return launched.tree();
    }
}
