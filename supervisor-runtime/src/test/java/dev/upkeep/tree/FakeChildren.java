package dev.upkeep.tree;

import dev.upkeep.api.ChildSpec;
import dev.upkeep.api.StopRule;
import dev.upkeep.api.breaker.CircuitBreaker;
import dev.upkeep.supervise.Action;
import dev.upkeep.supervise.Event;
import dev.upkeep.supervise.InstanceId;
import dev.upkeep.supervise.Outcome;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Children that do what a test says, and the other ports, which do nothing. */
final class FakeChildren implements ChildPort {
    /** One call of start, and what the thread it came on looked like. */
    record Start(InstanceId instance, Thread thread, boolean interrupted, @Nullable ClassLoader loader) {}

    private final Queue<Start> starts = new ConcurrentLinkedQueue<>();
    private volatile Consumer<InstanceId> onStart = instance -> {};
    private volatile Consumer<InstanceId> onStop = instance -> {};
    private volatile @Nullable InstanceId latest;

    /** Lets every instance run, and stop when it is asked to. */
    void obey(EventQueue queue) {
        onStart(instance -> queue.offer(new Event.Started(instance, OptionalLong.empty())));
        onStop(instance -> queue.offer(new Event.Ended(instance, new Outcome.Returned(), List.of(), false)));
    }

    void onStart(Consumer<InstanceId> does) {
        onStart = does;
    }

    void onStop(Consumer<InstanceId> does) {
        onStop = does;
    }

    List<Start> starts() {
        return List.copyOf(starts);
    }

    /** Returns the instance started last. */
    InstanceId latest() {
        InstanceId known = latest;
        if (known == null) {
            throw new IllegalStateException("nothing was started");
        }
        return known;
    }

    @Override
    public void start(InstanceId instance, ChildSpec spec, Vitals vitals) {
        Thread thread = Thread.currentThread();
        starts.add(new Start(instance, thread, thread.isInterrupted(), thread.getContextClassLoader()));
        latest = instance;
        onStart.accept(instance);
    }

    @Override
    public void stop(InstanceId instance, StopRule rule, boolean save) {
        onStop.accept(instance);
    }

    @Override
    public void kill(InstanceId instance) {}

    Ports ports() {
        return new Ports(this, this, NO_PROBES, NO_BREAKERS);
    }

    private static final ProbePort NO_PROBES = new ProbePort() {
        @Override
        public void begin(InstanceId instance, ChildSpec spec, Vitals vitals, OptionalLong pid) {}

        @Override
        public void end(InstanceId instance) {}
    };

    private static final BreakerPort NO_BREAKERS = new BreakerPort() {
        @Override
        public void acquire(String breaker, InstanceId instance, boolean byHand, Duration lease) {}

        @Override
        public void report(String breaker, long permit, Action.StartResult result) {}

        @Override
        public void reset(String breaker) {}

        @Override
        public Optional<CircuitBreaker> find(String breaker) {
            return Optional.empty();
        }
    };
}
