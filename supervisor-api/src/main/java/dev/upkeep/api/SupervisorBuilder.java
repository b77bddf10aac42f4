package dev.upkeep.api;

import dev.upkeep.api.breaker.CircuitBreaker;
import dev.upkeep.api.event.TreeListener;
import dev.upkeep.api.settings.Choice;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
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
    private OptionalInt maxChildren = OptionalInt.empty();
    private final Map<String, PoolSpec> pools = new LinkedHashMap<>();
    private int maxConcurrentStarts = TreeSpec.defaultMaxConcurrentStarts();
    private Optional<StartRate> startRate = Optional.empty();
    private Optional<StateStore> stateStore = Optional.empty();
    private Map<String, CircuitBreaker.Snapshot> restoredBreakers = Map.of();
    private Optional<Consumer<Ending>> onRootGivesUp = Optional.empty();
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

    /**
     * Adds a pool: {@code count} children named {@code prefix-0}, {@code prefix-1} …, all or, if one cannot be built, none. It
     * can be scaled while it runs; {@code child} is then called on the thread that scales.
     */
    public SupervisorBuilder children(String prefix, int count, IntFunction<Consumer<ChildBuilder>> child) {
        Optional<String> name = Optional.of(prefix);
        PoolSpec pool = new PoolSpec(prefix, i -> {
            ChildBuilder builder = new ChildBuilder(PoolSpec.idOf(prefix, i)).pool(name);
            child.apply(i).accept(builder);
            return builder.build();
        });
        List<ChildSpec> members = pool.members(count);
        if (pools.putIfAbsent(prefix, pool) != null) {
            throw new IllegalArgumentException("two pools are named '" + prefix + "'");
        }
        children.addAll(members);
        return this;
    }

    /** Sets the most children it may have, those added while it runs included; unbounded by default. */
    public SupervisorBuilder maxChildren(int most) {
        maxChildren = OptionalInt.of(most);
        return this;
    }

    /** Sets how many starts may be under way at once; default max(4, 2 × cores). Counts only at the root. */
    public SupervisorBuilder maxConcurrentStarts(int most) {
        maxConcurrentStarts = most;
        return this;
    }

    /** Sets how many starts may begin per second; unlimited by default. Counts only at the root. */
    public SupervisorBuilder startRate(double perSecond, int burst) {
        startRate = Optional.of(new StartRate(perSecond, burst));
        return this;
    }

    /** Sets where the state of components is kept; files by default. Counts only at the root. */
    public SupervisorBuilder stateStore(StateStore store) {
        stateStore = Optional.of(store);
        return this;
    }

    /** Sets what is called once when the root itself gives up, on a virtual thread. Counts only at the root. */
    public SupervisorBuilder onRootGivesUp(Consumer<Ending> callback) {
        onRootGivesUp = Optional.of(callback);
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

    /**
     * Begins with breakers as they were when the program ended: what {@link Supervisor#breakerSnapshots} said, each with the
     * time since then taken off. Counts only at the root.
     */
    public SupervisorBuilder restoredBreakers(Map<String, CircuitBreaker.Snapshot> value) {
        restoredBreakers = Map.copyOf(value);
        return this;
    }

    SupervisorSpec spec() {
        return new SupervisorSpec(strategy, intensity, onGiveUp, onStartFailure, startOrder, autoShutdown,
                maxChildren, pools, children);
    }

    /** Returns the tree as a value. */
    public TreeSpec build() {
        return new TreeSpec(name, spec(), breakers, shutdownTimeout, maxConcurrentStarts, startRate);
    }

    /** Starts the tree and waits for the first start of its children; see {@link SupervisorEngine#start}. */
    public Supervisor start() {
        return SupervisorEngine.find()
                .start(build(), new Surroundings(listeners, stateStore, onRootGivesUp, restoredBreakers));
    }
}
