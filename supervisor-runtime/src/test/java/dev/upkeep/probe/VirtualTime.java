package dev.upkeep.probe;

import dev.upkeep.api.CheckSpec;
import dev.upkeep.api.ChildSpec;
import dev.upkeep.api.Component;
import dev.upkeep.api.ComponentSpec;
import dev.upkeep.api.WhenAbandoned;
import dev.upkeep.api.child.ChildPath;
import dev.upkeep.api.child.RestartType;
import dev.upkeep.api.health.HealthCheckFactory;
import dev.upkeep.supervise.Event;
import dev.upkeep.supervise.InstanceId;
import dev.upkeep.tree.Vitals;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;

/** A schedule whose time stands still until the test moves it, and whose runs end at once unless the test holds them. */
final class VirtualTime implements ProbePace {
    /** A run that the test holds back: one that hangs. */
    final class Held {
        private final Runnable body;
        boolean interrupted;
        int interrupts;

        Held(Runnable body) {
            this.body = body;
        }

        private void interrupt() {
            interrupted = true;
            interrupts++;
        }

        /** Ends the run. */
        void end() {
            body.run();
            runAll();
        }
    }

    final List<Event> events = new ArrayList<>();
    final List<Held> held = new ArrayList<>();
    /** Runs of threads whose names end so are held. */
    String hang = "-";
    long nanos = Long.MAX_VALUE - Duration.ofSeconds(7).toNanos();
    private final List<Runnable> ready = new ArrayList<>();
    private final Map<String, HealthCheckFactory<?>> types = new HashMap<>();
    final ProbeSchedule schedule = new ProbeSchedule(events::add, this::find, () -> nanos,
            InstantSource.fixed(Instant.EPOCH), new Random(7), schedule -> this);

    private Optional<HealthCheckFactory<?>> find(String type) {
        return Optional.ofNullable(types.get(type));
    }

    FakeChecks.Scripted type(String type) {
        return (FakeChecks.Scripted) types.computeIfAbsent(type, FakeChecks.Scripted::new);
    }

    void install(HealthCheckFactory<?> factory) {
        types.put(factory.type(), factory);
    }

    void end(InstanceId id) {
        schedule.end(id);
        runAll();
    }

    InstanceId begin(long generation, Vitals vitals, CheckSpec... checks) {
        InstanceId id = new InstanceId(new ChildPath("shop/api"), generation);
        schedule.begin(id, child(checks), vitals, OptionalLong.empty());
        runAll();
        return id;
    }

    /** Returns a component with these checks. */
    static ChildSpec child(CheckSpec... checks) {
        Component idle = context -> {};
        ComponentSpec work = ComponentSpec.of(() -> idle);
        return new ChildSpec("api", work, RestartType.PERMANENT, ChildSpec.defaultStop(work),
                ChildSpec.DEFAULT_START_TIMEOUT, ChildSpec.DEFAULT_BACKOFF, Optional.empty(), List.of(checks),
                List.of(), true, false, false, false, WhenAbandoned.HOLD, Optional.empty());
    }

    InstanceId begin(CheckSpec... checks) {
        return begin(1, new Vitals(), checks);
    }

    /** Lets time pass, sweeping as often as the schedule wants. */
    void pass(Duration time) {
        long end = nanos + time.toNanos();
        while (true) {
            OptionalLong next = settle();
            if (next.isEmpty() || next.getAsLong() - end > 0) {
                break;
            }
            nanos = Math.max(next.getAsLong() - nanos, 1) + nanos;
        }
        nanos = end;
        settle();
    }

    private OptionalLong settle() {
        OptionalLong next = schedule.sweep();
        while (!ready.isEmpty()) {
            runAll();
            next = schedule.sweep();
        }
        return next;
    }

    /** Lets time pass with nobody awake to see it. */
    void freeze(Duration time) {
        nanos += time.toNanos();
    }

    List<Event> drain() {
        List<Event> seen = List.copyOf(events);
        events.clear();
        return seen;
    }

    private void runAll() {
        while (!ready.isEmpty()) {
            ready.removeFirst().run();
        }
    }

    @Override
    public void wake() {}

    @Override
    public Runnable run(String name, Runnable body) {
        if (!name.endsWith(hang)) {
            ready.add(body);
            return () -> {};
        }
        Held one = new Held(body);
        held.add(one);
        return one::interrupt;
    }

    @Override
    public void close() {}
}
