package dev.upkeep.tree;

import dev.upkeep.api.breaker.BreakerState;
import dev.upkeep.api.breaker.CircuitBreaker;
import dev.upkeep.api.breaker.Permit;
import dev.upkeep.api.time.Timers.Cancellable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A breaker that does what the test says. */
final class FakeBreaker implements CircuitBreaker {
    final List<String> reports = new ArrayList<>();
    private final List<Consumer<View>> listeners = new ArrayList<>();
    private View view;
    Runnable afterRefusal = () -> {};
    boolean broken;
    int asked;

    FakeBreaker(String name) {
        view = new View(name, 0, BreakerState.CLOSED, Optional.empty(), "");
    }

    void become(BreakerState state) {
        become(state, "test");
    }

    private void become(BreakerState state, String why) {
        view = new View(view.name(), view.epoch() + 1, state, Optional.empty(), why);
        listeners.forEach(listener -> listener.accept(view));
    }

    @Override
    public Optional<Permit> tryAcquire() {
        asked++;
        if (view.state() != BreakerState.CLOSED) {
            afterRefusal.run();
            return Optional.empty();
        }
        return Optional.of(new Permit() {
            @Override
            public void success() {
                note("success");
            }

            @Override
            public void failure(@Nullable Throwable why) {
                note("failure " + why);
            }

            @Override
            public void ignore() {
                note("ignore");
            }

            /** What was reported is not ignored as well. */
            @Override
            public void close() {}
        });
    }

    @Override
    public View view() {
        if (broken) {
            throw new IllegalStateException("broken");
        }
        return view;
    }

    @Override
    public Cancellable onChange(Consumer<View> listener) {
        listeners.add(listener);
        return () -> listeners.remove(listener);
    }

    @Override
    public void reset() {
        note("reset");
    }

    @Override
    public void force(BreakerState state, String why) {
        become(state, why);
    }

    @Override
    public Optional<Snapshot> snapshot() {
        return Optional.of(new Snapshot(view.state(), 1, Optional.of(Duration.ofSeconds(9)), view.reason()));
    }

    @Override
    public void restore(Snapshot snapshot) {
        if (broken) {
            throw new IllegalStateException("broken");
        }
        become(snapshot.state(), snapshot.reason());
    }

    @Override
    public void close() {
        note("close");
    }

    private void note(String what) {
        if (broken) {
            throw new AssertionError("broken");
        }
        reports.add(what);
    }
}
