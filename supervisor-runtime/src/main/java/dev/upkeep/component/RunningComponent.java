package dev.upkeep.component;

import dev.upkeep.api.ComponentContext;
import dev.upkeep.api.breaker.CircuitBreaker;
import dev.upkeep.api.child.ChildPath;
import dev.upkeep.api.settings.Durations;
import dev.upkeep.api.time.Ticker;
import dev.upkeep.supervise.InstanceId;
import dev.upkeep.tree.Vitals;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** One instance of a component, as it sees itself and as it is told to stop. */
final class RunningComponent implements ComponentContext {
    private final InstanceId instance;
    private final Vitals vitals;
    private final Ticker ticker;
    private final Function<String, Optional<CircuitBreaker>> breakers;
    // One latch per instance: interrupting many threads parked on one latch takes quadratic time.
    private final CountDownLatch stopAsked = new CountDownLatch(1);
    private volatile @Nullable Thread thread;

    RunningComponent(InstanceId instance, Vitals vitals, Ticker ticker,
            Function<String, Optional<CircuitBreaker>> breakers) {
        this.instance = instance;
        this.vitals = vitals;
        this.ticker = ticker;
        this.breakers = breakers;
    }

    void runsOn(Thread value) {
        thread = value;
    }

    void askToStop() {
        stopAsked.countDown();
    }

    void interrupt() {
        askToStop();
        Thread running = thread;
        if (running != null) {
            running.interrupt();
        }
    }

    void revoke() {
        vitals.revoke();
    }

    @Override
    public ChildPath path() {
        return instance.path();
    }

    @Override
    public long generation() {
        return instance.generation();
    }

    @Override
    public void heartbeat() {
        vitals.beat(ticker.nanos());
    }

    @Override
    public void record(boolean ok) {
        vitals.record(ok ? 1 : 0, ok ? 0 : 1);
    }

    @Override
    public boolean shouldStop() {
        return stopAsked.getCount() == 0;
    }

    @Override
    public boolean awaitStop(Duration atMost) throws InterruptedException {
        return stopAsked.await(Durations.saturatedNanos(atMost), TimeUnit.NANOSECONDS);
    }

    @Override
    public void save(byte[] state) throws IOException {
        throw new IOException("there is no store for the state of '" + instance.path() + "'");
    }

    @Override
    public CircuitBreaker breaker() {
        throw new IllegalStateException("child '" + instance.path() + "' has no breaker");
    }

    @Override
    public CircuitBreaker breaker(String name) {
        return breakers.apply(name)
                .orElseThrow(() -> new IllegalArgumentException(
                        "child '" + instance.path() + "' knows no breaker named '" + name + "'"));
    }
}
