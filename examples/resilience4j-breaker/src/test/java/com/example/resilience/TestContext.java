package com.example.resilience;

import dev.upkeep.api.breaker.BreakerContext;
import dev.upkeep.api.time.Ticker;
import dev.upkeep.api.time.Timers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.helpers.NOPLogger;

/** What the tree gives a breaker, with a time that the test sets. Listeners are called when the test says so. */
final class TestContext implements BreakerContext {
    private record Task(long at, Runnable run) {}

    private final List<Task> tasks = new ArrayList<>();
    private final List<Runnable> told = new ArrayList<>();
    private long now = -5_000_000_000L;

    void advance(Duration time) {
        long until = now + time.toNanos();
        Optional<Task> next;
        while ((next = tasks.stream().filter(t -> t.at() <= until).min(Comparator.comparingLong(Task::at))).isPresent()) {
            tasks.remove(next.get());
            now = Math.max(now, next.get().at());
            next.get().run().run();
        }
        now = until;
    }

    void tell() {
        List<Runnable> all = List.copyOf(told);
        told.clear();
        all.forEach(Runnable::run);
    }

    int timersLeft() {
        return tasks.size();
    }

    @Override
    public String name() {
        return "db";
    }

    @Override
    public int defaultTrials() {
        return 1;
    }

    @Override
    public Ticker ticker() {
        return () -> now;
    }

    @Override
    public Timers timers() {
        return (delay, run) -> {
            Task task = new Task(now + delay.toNanos(), run);
            tasks.add(task);
            return () -> tasks.remove(task);
        };
    }

    @Override
    public RandomGenerator random() {
        return new Random(1);
    }

    @Override
    public Executor listeners() {
        return told::add;
    }

    @Override
    public Logger log() {
        return NOPLogger.NOP_LOGGER;
    }
}
