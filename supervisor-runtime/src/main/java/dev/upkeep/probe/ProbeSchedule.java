package dev.upkeep.probe;

import dev.upkeep.api.ChildSpec;
import dev.upkeep.api.health.HealthCheck;
import dev.upkeep.api.health.HealthCheckFactory;
import dev.upkeep.api.time.Ticker;
import dev.upkeep.probe.Attempt.Result;
import dev.upkeep.supervise.CheckAnswer;
import dev.upkeep.supervise.CheckTiming;
import dev.upkeep.supervise.InstanceId;
import dev.upkeep.tree.EventQueue;
import dev.upkeep.tree.ProbePort;
import dev.upkeep.tree.Vitals;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the checks of all instances of a tree (H1 to H7). All its state is guarded by its own lock, which is held for
 * decisions only; every call into a plugin happens on a virtual thread of that call's own.
 */
public final class ProbeSchedule implements ProbePort, AutoCloseable {
    /** A longer gap in this schedule's own clock is a pause of the supervisor itself (H7). */
    static final long MAX_LOCAL_PAUSE = Duration.ofSeconds(5).toNanos();
    /** What an interrupted run is given to end before its check is stuck (H1). */
    static final long GRACE = Duration.ofSeconds(1).toNanos();
    /** Between sweeps while there are checks, so that a pause is seen even when nothing is due. */
    private static final long TICK = Duration.ofSeconds(1).toNanos();

    private static final Logger log = LoggerFactory.getLogger(ProbeSchedule.class);

    private final EventQueue events;
    private final CheckMaker maker;
    private final Ticker ticker;
    private final RandomGenerator random;
    private final ProbePace pace;
    private final Map<InstanceId, ProbedChild> children = new HashMap<>();
    /** Runs that have not ended, those of dead generations among them: a hung check never runs twice at once. */
    private final Map<Probe.Key, Attempt> attempts = new HashMap<>();
    /** What waits for one of those to end. */
    private final Map<Probe.Key, Probe> held = new HashMap<>();
    private final TreeSet<Due> dues = new TreeSet<>();
    private long order;
    private long lastSweep;
    private boolean closed;

    ProbeSchedule(EventQueue events, Function<String, Optional<HealthCheckFactory<?>>> factories,
            Ticker ticker,
            InstantSource clock, RandomGenerator random, Function<ProbeSchedule, ProbePace> pace) {
        this.events = events;
        this.maker = new CheckMaker(factories, ticker, clock);
        this.ticker = ticker;
        this.random = random;
        this.pace = pace.apply(this);
    }

    /**
     * Returns a schedule on real time; its one timer thread starts with the first check.
     *
     * @param factories finds the factory of a type of check; called on the loop
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
    public synchronized void begin(InstanceId instance, ChildSpec spec, Vitals vitals, OptionalLong pid) {
        if (closed || spec.health().isEmpty() || children.containsKey(instance)) {
            return;
        }
        long now = ticker.nanos();
        if (children.isEmpty()) {
            lastSweep = now;
        }
        ProbedChild child = new ProbedChild(instance, spec, vitals, pid, now);
        children.put(instance, child);
        spec.health().forEach(check -> child.probes.add(new Probe(child, check)));
        child.probes.forEach(probe -> launch(probe, now));
        settle(child, now);
        pace.wake();
    }

    @Override
    public synchronized void end(InstanceId instance) {
        ProbedChild child = children.remove(instance);
        if (child == null) {
            return;
        }
        child.ended = true;
        for (Probe probe : child.probes) {
            cancel(probe);
            held.remove(probe.key, probe);
            Attempt attempt = probe.attempt;
            HealthCheck check = probe.check;
            if (attempt != null) {
                attempt.interrupt.run();
            } else if (check != null) {
                pace.run("probe-close-" + probe, () -> probe.close(check));
            }
        }
    }

    @Override
    public synchronized void close() {
        closed = true;
        List.copyOf(children.keySet()).forEach(this::end);
        pace.close();
    }

    /**
     * Does all that is due.
     *
     * @return when to call again at the latest; nothing while there are no checks
     */
    synchronized OptionalLong sweep() {
        long now = ticker.nanos();
        noticePause(now);
        lastSweep = now;
        while (!dues.isEmpty() && dues.first().atNanos() - now <= 0) {
            Due due = dues.removeFirst();
            due.probe().due = null;
            fire(due, now);
        }
        if (children.isEmpty()) {
            return OptionalLong.empty();
        }
        boolean soon = !dues.isEmpty() && dues.first().atNanos() - now < TICK;
        return OptionalLong.of(soon ? dues.first().atNanos() : now + TICK);
    }

    private void fire(Due due, long now) {
        Probe probe = due.probe();
        Attempt attempt = probe.attempt;
        if (due.kind() == Due.Kind.RUN || attempt == null) {
            launch(probe, now);
        } else if (due.kind() == Due.Kind.TIMEOUT) {
            attempt.timedOut = true;
            attempt.interrupt.run();
            schedule(probe, Due.Kind.STUCK, GRACE, now);
        } else {
            attempt.stuck = true;
            judge(probe, new CheckAnswer.Erred("stuck: it did not end when it was interrupted"), now);
        }
    }

    /** Makes the check, or runs it, unless an earlier call into it has not ended: then that end launches it. */
    private void launch(Probe probe, long now) {
        Attempt earlier = attempts.get(probe.key);
        if (earlier != null) {
            held.put(probe.key, probe);
            if (earlier.stuck) {
                judge(probe, new CheckAnswer.Erred("an earlier run of it is stuck"), now);
            }
            return;
        }
        Attempt attempt = new Attempt(probe);
        probe.attempt = attempt;
        attempts.put(probe.key, attempt);
        schedule(probe, Due.Kind.TIMEOUT, CheckTiming.bounded(probe.spec.timeout()), now);
        Callable<Result> call = probe.check == null
                ? maker.call(probe, random.nextLong())
                : probe.call(ticker);
        try {
            attempt.interrupt = pace.run((attempt.makes ? "probe-make-" : "probe-") + probe, () -> {
                Result result = probe.guarded(call);
                finished(attempt, result);
                if (result instanceof Result.Threw(OutOfMemoryError e)) {
                    throw e;
                }
            });
        } catch (OutOfMemoryError e) {
            // No thread for it.
            end(attempt, new Result.Threw(e), now);
        }
    }

    private void finished(Attempt attempt, Result result) {
        Optional<HealthCheck> orphan;
        synchronized (this) {
            long now = ticker.nanos();
            noticePause(now);
            orphan = end(attempt, result, now);
            pace.wake();
        }
        orphan.ifPresent(attempt.probe::close);
    }

    /** Takes what a call came to; returns the check if its instance has gone meanwhile. */
    private Optional<HealthCheck> end(Attempt attempt, Result result, long now) {
        Probe probe = attempt.probe;
        attempts.remove(probe.key, attempt);
        probe.attempt = null;
        cancel(probe);
        Optional<HealthCheck> orphan = Optional.empty();
        if (probe.child.ended) {
            orphan = Optional
                    .ofNullable(result instanceof Result.Made(HealthCheck made) ? made : probe.check);
        } else if (attempt.makes) {
            probe.made(result);
            settle(probe.child, now);
        } else {
            attempt.answer(result).ifPresent(answer -> judge(probe, answer, now));
            scheduleNext(attempt, result, now);
        }
        Probe next = held.remove(probe.key);
        if (next != null) {
            launch(next, now);
        }
        return orphan;
    }

    private void judge(Probe probe, CheckAnswer answer, long now) {
        if (!probe.child.condemned) {
            probe.judge(answer);
            settle(probe.child, now);
        }
    }

    /** Tells what has changed for the child, and begins what its checks now allow (H2). */
    private void settle(ProbedChild child, long now) {
        if (child.ended || child.condemned) {
            return;
        }
        child.changes(now, events);
        for (Probe probe : child.probes) {
            if (child.condemned) {
                cancel(probe);
            } else if (!probe.begun && probe.idle() && child.open(probe.spec.role())) {
                probe.begun = true;
                schedule(probe, Due.Kind.RUN,
                        CheckTiming.first(probe.spec, probe.byDeadline(), random.nextDouble()), now);
            }
        }
        pace.wake();
    }

    private void scheduleNext(Attempt attempt, Result result, long now) {
        Probe probe = attempt.probe;
        if (!probe.idle() || !probe.wanted()) {
            return;
        }
        long delay = CheckTiming.next(probe.spec, !probe.child.everReady, random.nextDouble());
        if (attempt.isVoid && probe.byDeadline()) {
            delay = 0;
        } else if (result instanceof Result.Waits(long deadline)) {
            delay = CheckTiming.untilDeadline(probe.spec, deadline, now, true);
        } else if (result instanceof Result.Answered answered && answered.deadline().isPresent()) {
            delay = CheckTiming.untilDeadline(probe.spec, answered.deadline().getAsLong(), now, probe.well());
        }
        schedule(probe, Due.Kind.RUN, delay, now);
    }

    /** The supervisor's own pause must not look like the silence of all its children (H7). */
    private void noticePause(long now) {
        long gap = now - lastSweep;
        if (children.isEmpty() || gap <= MAX_LOCAL_PAUSE) {
            return;
        }
        lastSweep = now;
        log.atWarn()
                .addKeyValue("pause", Duration.ofNanos(gap))
                .log("the supervisor itself was paused: checks under way are void, deadlines begin anew");
        for (ProbedChild child : children.values()) {
            child.quietBase = now;
            child.probes.forEach(probe -> beginAnew(probe, now));
        }
    }

    private void beginAnew(Probe probe, long now) {
        Due due = probe.due;
        Attempt attempt = probe.attempt;
        probe.armOnly = true;
        if (attempt != null && !attempt.stuck) {
            attempt.isVoid = true;
            boolean interrupted = attempt.timedOut;
            cancel(probe);
            schedule(probe, interrupted ? Due.Kind.STUCK : Due.Kind.TIMEOUT,
                    interrupted ? GRACE : CheckTiming.bounded(probe.spec.timeout()), now);
        } else if (due != null && probe.byDeadline()) {
            cancel(probe);
            schedule(probe, Due.Kind.RUN, 0, now);
        } else if (due != null && due.atNanos() - now <= 0) {
            cancel(probe);
            schedule(probe, Due.Kind.RUN,
                    CheckTiming.next(probe.spec, !probe.child.everReady, random.nextDouble()), now);
        }
    }

    private void schedule(Probe probe, Due.Kind kind, long delay, long now) {
        Due due = new Due(now + delay, order++, probe, kind);
        probe.due = due;
        dues.add(due);
    }

    private void cancel(Probe probe) {
        if (probe.due != null) {
            dues.remove(probe.due);
            probe.due = null;
        }
    }
}
