package dev.upkeep.breaker;

import dev.upkeep.api.breaker.BreakerContext;
import dev.upkeep.api.time.Ticker;
import dev.upkeep.api.time.Timers;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A context whose time stands still until the test moves it. */
final class VirtualContext implements BreakerContext {
    private record Due(long atNanos, Runnable task) {}

    private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 1_000_000);
    private final List<Due> timers = new CopyOnWriteArrayList<>();
    private final Random random = new Random(5);
    Executor listeners = Runnable::run;
    boolean timersFail;

    /** Moves time on, running what becomes due at its own moment. */
    void advance(Duration time) {
        long end = now.get() + time.toNanos();
        Optional<Due> next = next(end);
        while (next.isPresent()) {
            Due due = next.get();
            timers.remove(due);
            now.set(due.atNanos());
            due.task().run();
            next = next(end);
        }
        now.set(end);
    }

    /** Moves time on as if no timer ever came. */
    void advanceWithoutTimers(Duration time) {
        now.addAndGet(time.toNanos());
    }

    int pendingTimers() {
        return timers.size();
    }

    private Optional<Due> next(long end) {
        return timers.stream()
                .filter(due -> due.atNanos() - end <= 0)
                .min(Comparator.comparingLong(due -> due.atNanos() - end));
    }

    @Override
    public String name() {
        return "db";
    }

    @Override
    public int defaultTrials() {
        return 3;
    }

    @Override
    public Ticker ticker() {
        return now::get;
    }

    @Override
    public Timers timers() {
        return (delay, task) -> {
            if (timersFail) {
                throw new IllegalStateException("no timers");
            }
            Due due = new Due(now.get() + delay.toNanos(), task);
            timers.add(due);
            return () -> timers.remove(due);
        };
    }

    @Override
    public RandomGenerator random() {
        return random;
    }

    @Override
    public Executor listeners() {
        return listeners;
    }

    @Override
    public Logger log() {
        return LoggerFactory.getLogger(VirtualContext.class);
    }
}
