package dev.upkeep.api;

import dev.upkeep.api.event.TreeListener;
import dev.upkeep.api.settings.Choice;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import java.util.function.IntFunction;

/** Builds a supervisor, or a whole tree. Not safe for several threads; what it builds is. */
public final class SupervisorBuilder {
    private final String name;
    private final List<ChildSpec> children = new ArrayList<>();
    private final List<TreeListener> listeners = new ArrayList<>();
    private final Map<String, Choice> breakers = new LinkedHashMap<>();
    private Choice strategy = Choice.of("one-for-one");
    private Intensity intensity = Intensity.DEFAULT;
    private SupervisorSpec.OnGiveUp onGiveUp = SupervisorSpec.OnGiveUp.ESCALATE;
    private SupervisorSpec.OnStartFailure onStartFailure = SupervisorSpec.OnStartFailure.FAIL;
    private SupervisorSpec.StartOrder startOrder = SupervisorSpec.StartOrder.DEPENDENCIES;
    private SupervisorSpec.AutoShutdown autoShutdown = SupervisorSpec.AutoShutdown.NEVER;
    private Duration shutdownTimeout = TreeSpec.DEFAULT_SHUTDOWN_TIMEOUT;

    SupervisorBuilder(String name) {
        this.name = name;
    }

    /** Sets the strategy by its type name, with its defaults: {@code one-for-one}, {@code one-for-all}, {@code rest-for-one}. */
    public SupervisorBuilder strategy(String type) {
        return strategy(Choice.of(type));
    }

    public SupervisorBuilder strategy(Choice choice) {
        strategy = choice;
        return this;
    }

    /** Sets the budget; default 5 in 60 s. */
    public SupervisorBuilder intensity(int max, Duration within) {
        intensity = new Intensity(max, within);
        return this;
    }

    public SupervisorBuilder onGiveUp(SupervisorSpec.OnGiveUp value) {
        onGiveUp = value;
        return this;
    }

    public SupervisorBuilder onStartFailure(SupervisorSpec.OnStartFailure value) {
        onStartFailure = value;
        return this;
    }

    public SupervisorBuilder startOrder(SupervisorSpec.StartOrder value) {
        startOrder = value;
        return this;
    }

    public SupervisorBuilder autoShutdown(SupervisorSpec.AutoShutdown value) {
        autoShutdown = value;
        return this;
    }

    /** Adds a component with all defaults; the factory makes a fresh one for every start. */
    public SupervisorBuilder child(String id, Callable<? extends Component> factory) {
        return child(id, c -> c.component(factory));
    }

    /** Adds a child. */
    public SupervisorBuilder child(String id, Consumer<ChildBuilder> child) {
        ChildBuilder builder = new ChildBuilder(id);
        child.accept(builder);
        children.add(builder.build());
        return this;
    }

    /** Adds {@code count} children named {@code prefix-0}, {@code prefix-1} … */
    public SupervisorBuilder children(String prefix, int count, IntFunction<Consumer<ChildBuilder>> child) {
        if (count < 0) {
            throw new IllegalArgumentException("cannot add " + count + " children '" + prefix + "'");
        }
        for (int i = 0; i < count; i++) {
            child(prefix + "-" + i, child.apply(i));
        }
        return this;
    }

    /** Adds a supervisor below this one. */
    public SupervisorBuilder supervisor(String id, Consumer<SupervisorBuilder> below) {
        return child(id, c -> c.supervisor(below));
    }

    /** Adds a shared breaker. Counts only at the root. */
    public SupervisorBuilder breaker(String breakerName, Choice choice) {
        breakers.put(breakerName, choice);
        return this;
    }

    /** Sets the deadline for stopping the whole tree; default 60 s. Counts only at the root. */
    public SupervisorBuilder shutdownTimeout(Duration value) {
        shutdownTimeout = value;
        return this;
    }

    /** Adds a listener that hears every event from the first. Counts only at the root. */
    public SupervisorBuilder listener(TreeListener listener) {
        listeners.add(listener);
        return this;
    }

    SupervisorSpec spec() {
        return new SupervisorSpec(strategy, intensity, onGiveUp, onStartFailure, startOrder, autoShutdown,
                children);
    }

    /** Returns the tree as a value. */
    public TreeSpec build() {
        return new TreeSpec(name, spec(), breakers, shutdownTimeout, TreeSpec.defaultMaxConcurrentStarts());
    }

    /** Starts the tree and waits for the first start of its children; see {@link SupervisorEngine#start}. */
    public Supervisor start() {
        return SupervisorEngine.find().start(build(), listeners);
    }
}
