package dev.upkeep.inject;

import dev.upkeep.api.ChildSpec;
import dev.upkeep.api.StopRule;
import dev.upkeep.api.child.ChildPath;
import dev.upkeep.process.LoggerPipes;
import dev.upkeep.supervise.InstanceId;
import dev.upkeep.tree.ChildPort;
import dev.upkeep.tree.Vitals;
import org.jspecify.annotations.Nullable;

/** The processes of a tree that has none at first: the engine is there before the first of them reaches the loop. */
final class LateProcesses implements ChildPort {
    private final LoggerPipes loggers = new LoggerPipes();
    private volatile @Nullable ChildPort engine;

    LoggerPipes loggers() {
        return loggers;
    }

    boolean isThere() {
        return engine != null;
    }

    void become(ChildPort processes) {
        engine = processes;
    }

    @Override
    public void start(InstanceId instance, ChildSpec spec, Vitals vitals) {
        ChildPort processes = engine;
        if (processes == null) {
            throw new IllegalStateException("a tree without processes starts " + instance);
        }
        processes.start(instance, spec, vitals);
    }

    @Override
    public void stop(InstanceId instance, StopRule rule, boolean save) {
        ChildPort processes = engine;
        if (processes != null) {
            processes.stop(instance, rule, save);
        }
    }

    @Override
    public void kill(InstanceId instance) {
        ChildPort processes = engine;
        if (processes != null) {
            processes.kill(instance);
        }
    }

    @Override
    public void forget(ChildPath path) {
        ChildPort processes = engine;
        if (processes != null) {
            processes.forget(path);
        }
    }
}
