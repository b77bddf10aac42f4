package dev.upkeep.probe;

import dev.upkeep.api.ChildSpec;
import dev.upkeep.api.health.HealthCheckFactory;
import dev.upkeep.api.time.Ticker;
import dev.upkeep.api.time.Timers.Cancellable;
import dev.upkeep.supervise.CheckTiming;
import dev.upkeep.supervise.InstanceId;
import dev.upkeep.tree.EventQueue;
import dev.upkeep.tree.ProbePort;
import dev.upkeep.tree.Vitals;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.random.RandomGenerator;

/**
 * Runs the checks of all instances of a tree (H1 to H7). All its state is guarded by its own lock, which is held for
 * decisions only; every call into a plugin happens on a virtual thread of that call's own. A thread whose call has ended never
 * waits for the lock: whoever holds it takes what has ended before he is done.
 */
public final class ProbeSchedule implements ProbePort, AutoCloseable {
    /** So many things are done with the lock held once. */
    private static final int BATCH = 256;

    final CheckMaker maker;
    private final ReentrantLock lock = new ReentrantLock();
    private final FinishedAttempts finished = new FinishedAttempts();
    private final Ticker ticker;
    private final ProbePace pace;
    private final Probing probing;
    private boolean closed;

    ProbeSchedule(EventQueue events, Function<String, Optional<HealthCheckFactory<?>>> factories,
            Ticker ticker, InstantSource clock, RandomGenerator random,
            Function<ProbeSchedule, ProbePace> pace) {
        this.ticker = ticker;
        this.maker = new CheckMaker(factories, ticker, clock, this::after);
        this.pace = pace.apply(this);
        this.probing = new Probing(this, events, random, this.pace);
    }

    /**
     * Returns a schedule on real time; its one timer thread starts with the first check.
     *
     * @param factories finds the factory of a type of check; called on any thread
     * @param random for jitter; need not be safe for several threads, but belongs to the schedule from now on
     */
    public static ProbeSchedule live(
            EventQueue events,
            Function<String, Optional<HealthCheckFactory<?>>> factories,
            Ticker ticker,
            InstantSource clock,
            RandomGenerator random) {
        return new ProbeSchedule(events, factories, ticker, clock, random,
                schedule -> new LivePace(ticker, schedule::sweep));
    }

    @Override
    public void begin(InstanceId instance, ChildSpec spec, Vitals vitals, OptionalLong pid) {
        if (spec.health().isEmpty() && !spec.hasReadiness()) {
            return;
        }
        lock.lock();
        try {
            if (!closed) {
                probing.begin(instance, spec, vitals, pid, ticker.nanos());
                // Before anybody looks what it has said so far, so that no word of it is missed.
                vitals.onReady(() -> hearWord(instance));
                probing.hearWord(instance, ticker.nanos());
            }
        } finally {
            release();
        }
    }

    /** The instance says something else of its being ready than before. */
    private void hearWord(InstanceId instance) {
        lock.lock();
        try {
            probing.hearWord(instance, ticker.nanos());
        } finally {
            release();
        }
    }

    @Override
    public void end(InstanceId instance) {
        lock.lock();
        try {
            probing.end(instance, ticker.nanos());
        } finally {
            release();
        }
    }

    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            probing.endAll(ticker.nanos());
        } finally {
            release();
        }
        pace.close();
    }

    /**
     * Does all that is due.
     *
     * @return when to call again at the latest; nothing while there are no checks
     */
    OptionalLong sweep() {
        while (true) {
            List<Probe> stuck;
            boolean all;
            OptionalLong next;
            lock.lock();
            try {
                all = probing.sweep(ticker.nanos(), BATCH);
                stuck = probing.takeStuck();
                next = probing.planNext(ticker.nanos());
            } finally {
                release();
            }
            for (Probe probe : stuck) {
                probe.child.warn()
                        .addKeyValue("check", probe.spec.name())
                        .log("health check is stuck: it did not end when it was interrupted; not run again until it ends");
            }
            if (all) {
                return next;
            }
        }
    }

    /** Takes an attempt that has ended. */
    void finished(Attempt attempt) {
        finished.put(attempt);
        takeFinished();
    }

    /** Takes an attempt that ended before it began, once the holder of the lock gives that back. */
    void ended(Attempt attempt) {
        finished.put(attempt);
    }

    /** Whoever puts one in while the lock is held leaves it to the holder, who looks again after he has given it back. */
    private void takeFinished() {
        while (!finished.isEmpty() && lock.tryLock()) {
            boolean wakes;
            try {
                long now = ticker.nanos();
                probing.noticePause(now);
                for (Attempt next = finished.take(); next != null; next = finished.take()) {
                    probing.take(next, now);
                }
            } finally {
                wakes = probing.takeWakes();
                lock.unlock();
            }
            if (wakes) {
                pace.wake();
            }
        }
    }

    private void release() {
        boolean wakes = probing.takeWakes();
        lock.unlock();
        if (wakes) {
            pace.wake();
        }
        takeFinished();
    }

    private Cancellable after(InstanceCheckContext context, Duration delay, Runnable work) {
        CheckTask task = new CheckTask(context, work);
        lock.lock();
        try {
            probing.add(task, ticker.nanos() + Math.max(0, CheckTiming.bounded(delay)));
        } finally {
            release();
        }
        return () -> cancel(task);
    }

    private void cancel(CheckTask task) {
        lock.lock();
        try {
            probing.cancel(task);
        } finally {
            release();
        }
    }
}
