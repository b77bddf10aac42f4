package dev.upkeep.api;

import dev.upkeep.api.child.RestartType;
import dev.upkeep.api.health.Role;
import dev.upkeep.api.settings.Choice;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Builds one child. Not safe for several threads. */
public final class ChildBuilder {
    private final String id;
    private final List<CheckSpec> health = new ArrayList<>();
    private final List<After> after = new ArrayList<>();
    private @Nullable Work work;
    private @Nullable StopRule stop;
    private RestartType restart = RestartType.PERMANENT;
    private Duration startTimeout = ChildSpec.DEFAULT_START_TIMEOUT;
    private Choice backoff = ChildSpec.DEFAULT_BACKOFF;
    private Optional<BreakerUse> breaker = Optional.empty();
    private boolean autostart = true;
    private boolean significant;
    private boolean essential;
    private boolean critical;
    private WhenAbandoned whenAbandoned = WhenAbandoned.HOLD;
    private Optional<String> pool = Optional.empty();

    ChildBuilder(String id) {
        this.id = id;
    }

    /** Makes it a component on a virtual thread; the factory makes a fresh one for every start. */
    public ChildBuilder component(Callable<? extends Component> factory) {
        return work(new ComponentSpec(id, factory, ComponentSpec.ThreadKind.VIRTUAL));
    }

    /** Makes it a process: the program and its arguments, without a shell. */
    public ChildBuilder process(String... command) {
        return work(ProcessSpec.of(command));
    }

    /** Makes it a process that may have more than a command. */
    public ChildBuilder process(ProcessSpec spec) {
        return work(spec);
    }

    /** Makes it a supervisor. */
    public ChildBuilder supervisor(Consumer<SupervisorBuilder> below) {
        SupervisorBuilder builder = new SupervisorBuilder(id);
        below.accept(builder);
        return work(builder.spec());
    }

    /** Makes it whatever the spec says. */
    public ChildBuilder work(Work value) {
        work = value;
        return this;
    }

    public ChildBuilder restart(RestartType value) {
        restart = value;
        return this;
    }

    public ChildBuilder stop(StopRule value) {
        stop = value;
        return this;
    }

    public ChildBuilder stopTimeout(Duration value) {
        return stop(StopRule.within(value));
    }

    public ChildBuilder startTimeout(Duration value) {
        startTimeout = value;
        return this;
    }

    public ChildBuilder backoff(Choice value) {
        backoff = value;
        return this;
    }

    public ChildBuilder breaker(BreakerUse value) {
        breaker = Optional.of(value);
        return this;
    }

    /** Restarts it when a check of that type says so; the check has all its defaults. */
    public ChildBuilder check(Choice type) {
        return check(CheckSpec.of(type, Role.LIVENESS));
    }

    /** Takes it for ready when a check of that type says so; the check has all its defaults. */
    public ChildBuilder readyWhen(Choice type) {
        return check(CheckSpec.of(type, Role.READINESS));
    }

    /** Adds a check with its role and rules. */
    public ChildBuilder check(CheckSpec value) {
        health.add(value);
        return this;
    }

    /** Starts it once that sibling is ready. */
    public ChildBuilder after(String sibling) {
        after.add(After.ready(sibling));
        return this;
    }

    public ChildBuilder autostart(boolean value) {
        autostart = value;
        return this;
    }

    public ChildBuilder significant(boolean value) {
        significant = value;
        return this;
    }

    public ChildBuilder essential(boolean value) {
        essential = value;
        return this;
    }

    public ChildBuilder critical(boolean value) {
        critical = value;
        return this;
    }

    /** Sets what follows when it would not stop and cannot be killed; default {@code HOLD}. */
    public ChildBuilder whenAbandoned(WhenAbandoned value) {
        whenAbandoned = value;
        return this;
    }

    /** One object for all members: there may be very many. */
    ChildBuilder pool(Optional<String> name) {
        pool = name;
        return this;
    }

    ChildSpec build() {
        if (work == null) {
            throw new IllegalArgumentException(
                    "child '" + id + "' has nothing to do; give it a component, a process or a supervisor");
        }
        // A logger starts before those that write to it, unless they say how they wait for it.
        SiblingLoggers.of(work)
                .filter(logger -> after.stream().noneMatch(a -> a.id().equals(logger)))
                .ifPresent(logger -> after.add(new After(logger, After.Condition.STARTED)));
        StopRule rule = stop == null ? ChildSpec.defaultStop(work) : stop;
        return new ChildSpec(id, work, restart, rule, startTimeout, backoff, breaker, health, after,
                autostart,
                significant, essential, critical, whenAbandoned, pool);
    }
}
