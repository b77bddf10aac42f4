package dev.upkeep.probe;

import dev.upkeep.api.ChildSpec;
import dev.upkeep.api.health.HealthCheck;
import dev.upkeep.probe.Attempt.Kind;
import dev.upkeep.probe.Attempt.Result;
import dev.upkeep.supervise.CheckAnswer;
import dev.upkeep.supervise.CheckTiming;
import dev.upkeep.supervise.InstanceId;
import dev.upkeep.tree.EventQueue;
import dev.upkeep.tree.Vitals;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What is decided under the lock of the {@link ProbeSchedule}: what is due, what is under way, what has come of it. */
final class Probing {
    /** A longer gap in this schedule's own clock is a pause of the supervisor itself (H7). */
    static final long MAX_LOCAL_PAUSE = Duration.ofSeconds(5).toNanos();
    /** What an interrupted call is given to end before it is stuck (H1). */
    static final long GRACE = Duration.ofSeconds(1).toNanos();
    /** Tasks that the checks of one instance may have waiting. */
    static final int MOST_TASKS = 1_000;
    /** Between sweeps while there are checks, so that a pause is seen even when nothing is due. */
    private static final long TICK = Duration.ofSeconds(1).toNanos();

    private static final Logger log = LoggerFactory.getLogger(Probing.class);

    private final ProbeSchedule schedule;
    private final EventQueue events;
    private final RandomGenerator random;
    private final ProbePace pace;
    private final Map<InstanceId, ProbedChild> children = new HashMap<>();
    private final Leftovers leftovers = new Leftovers();
    /** What is to run next. */
    private final Dues<Probe> runs = new Dues<>();
    /** What is under way: when to interrupt it, or when it is stuck if it was. */
    private final Dues<Attempt> patience = new Dues<>();
    private final Dues<CheckTask> tasks = new Dues<>();
    private List<Probe> stuck = List.of();
    private long lastSweep;
    /** When the next sweep comes by itself; it has to be asked for what is due before. */
    private OptionalLong nextSweep = OptionalLong.empty();
    private boolean wakes;

    Probing(ProbeSchedule schedule, EventQueue events, RandomGenerator random, ProbePace pace) {
        this.schedule = schedule;
        this.events = events;
        this.random = random;
        this.pace = pace;
    }

    void begin(InstanceId instance, ChildSpec spec, Vitals vitals, OptionalLong pid, long now) {
        if (children.containsKey(instance)) {
            return;
        }
        if (children.isEmpty()) {
            lastSweep = now;
            wakes = true;
        }
        ProbedChild child = new ProbedChild(instance, spec, vitals, pid, now, random);
        children.put(instance, child);
        child.probes.forEach(probe -> make(probe, now));
        settle(child, now);
    }

    /** Takes note of what the instance says itself of its being ready. */
    void hearWord(InstanceId instance, long now) {
        ProbedChild child = children.get(instance);
        if (child != null && child.hearWord()) {
            settle(child, now);
        }
    }

    void end(InstanceId instance, long now) {
        ProbedChild child = children.remove(instance);
        if (child != null) {
            end(child, now);
        }
    }

    void endAll(long now) {
        List<ProbedChild> all = List.copyOf(children.values());
        children.clear();
        all.forEach(child -> end(child, now));
    }

    private void end(ProbedChild child, long now) {
        child.ended = true;
        child.vitals.endLines();
        child.tasks.forEach(CheckTask::cancel);
        child.tasks = Set.of();
        for (Probe probe : child.probes) {
            probe.cancel();
            Attempt attempt = probe.attempt;
            HealthCheck check = probe.check;
            if (attempt != null) {
                leftovers.put(attempt);
                interrupt(attempt, now);
            } else if (check != null) {
                leftovers.put(start(Attempt.toClose(schedule, probe, check), now));
            } else {
                leftovers.forget(probe);
            }
        }
    }

    /**
     * Does what is due.
     *
     * @param most to be done at once
     * @return whether that was all
     */
    boolean sweep(long now, int most) {
        noticePause(now);
        lastSweep = now;
        int left = most;
        for (Attempt attempt; left > 0 && (attempt = patience.takeDue(now)) != null; left--) {
            lose(attempt, now);
        }
        for (CheckTask task; left > 0 && (task = tasks.takeDue(now)) != null; left--) {
            forget(task);
            pace.run("probe-task-" + task, task);
        }
        for (Probe probe; left > 0 && (probe = runs.takeDue(now)) != null; left--) {
            start(Attempt.toRun(schedule, probe), now);
        }
        return left > 0;
    }

    /** Returns when to sweep again at the latest. */
    OptionalLong planNext(long now) {
        long next = now + TICK;
        for (Dues<?> dues : List.of(runs, patience, tasks)) {
            if (!dues.isEmpty() && dues.firstNanos() - next < 0) {
                next = dues.firstNanos();
            }
        }
        nextSweep = children.isEmpty() && patience.isEmpty() ? OptionalLong.empty() : OptionalLong.of(next);
        wakes = false;
        return nextSweep;
    }

    /** Returns whether something is due before the next sweep, once. */
    boolean takeWakes() {
        boolean asked = wakes;
        wakes = false;
        return asked;
    }

    List<Probe> takeStuck() {
        List<Probe> taken = stuck;
        stuck = List.of();
        return taken;
    }

    private <T extends Dues.Entry> void schedule(Dues<T> dues, T entry, long atNanos) {
        dues.add(entry, atNanos);
        wakes |= nextSweep.isEmpty() || atNanos - nextSweep.getAsLong() < 0;
    }

    /** Makes the check, unless an earlier call into it has not ended: then that end begins it. */
    private void make(Probe probe, long now) {
        Attempt earlier = leftovers.of(probe);
        if (earlier == null) {
            start(Attempt.toMake(schedule, probe), now);
            return;
        }
        earlier.next = probe;
        if (earlier.stuck) {
            probe.cannotBeMade("an earlier call into it is stuck");
        }
    }

    private Attempt start(Attempt attempt, long now) {
        Probe probe = attempt.probe;
        probe.attempt = attempt;
        schedule(patience, attempt, now + CheckTiming.bounded(probe.spec.timeout()));
        try {
            attempt.interrupt = pace.run(attempt.threadName(), attempt);
        } catch (OutOfMemoryError e) {
            // No thread for it. It is taken when the lock is given back.
            attempt.end(new Result.Threw(e));
            schedule.ended(attempt);
        }
        return attempt;
    }

    private void interrupt(Attempt attempt, long now) {
        if (!attempt.interrupted) {
            attempt.interrupted = true;
            attempt.interrupt.run();
            schedule(patience, attempt, now + GRACE);
        }
    }

    /** Loses patience with a call. */
    private void lose(Attempt attempt, long now) {
        if (!attempt.interrupted) {
            interrupt(attempt, now);
            return;
        }
        attempt.stuck = true;
        if (stuck.isEmpty()) {
            stuck = new ArrayList<>();
        }
        stuck.add(attempt.probe);
        Probe next = attempt.next;
        if (next != null) {
            next.cannotBeMade("an earlier call into it is stuck");
            settle(next.child, now);
        } else if (attempt.kind == Kind.MAKE) {
            attempt.probe.cannotBeMade("it could not be made: that does not end");
            settle(attempt.probe.child, now);
        } else {
            judge(attempt.probe, new CheckAnswer.Erred("stuck: it did not end when it was interrupted"), now);
        }
    }

    /** Takes what a call came to. */
    void take(Attempt attempt, long now) {
        Probe probe = attempt.probe;
        attempt.cancel();
        probe.attempt = null;
        if (probe.child.ended) {
            takeLate(attempt, now);
        } else if (attempt.kind == Kind.MAKE) {
            probe.made(attempt.result());
            settle(probe.child, now);
        } else {
            attempt.answer().ifPresent(answer -> judge(probe, answer, now));
            scheduleNext(attempt, now);
        }
    }

    /** Its instance has gone meanwhile: what it says is dropped, and the check is closed (H6). */
    private void takeLate(Attempt attempt, long now) {
        Probe probe = attempt.probe;
        leftovers.remove(attempt);
        Probe next = attempt.next;
        @Nullable
        HealthCheck check = attempt.result() instanceof Result.Made(HealthCheck made, ClassLoader loader)
                ? made
                : probe.check;
        if (attempt.kind != Kind.CLOSE && check != null) {
            if (attempt.result() instanceof Result.Made made) {
                probe.made(made);
            }
            Attempt closing = start(Attempt.toClose(schedule, probe, check), now);
            closing.next = next;
            leftovers.put(closing);
        } else if (next != null) {
            make(next, now);
        }
    }

    private void judge(Probe probe, CheckAnswer answer, long now) {
        if (!probe.child.condemned && probe.judge(answer)) {
            settle(probe.child, now);
        }
    }

    /** Tells what has changed for the child, and begins what its checks now allow (H2). */
    private void settle(ProbedChild child, long now) {
        if (child.ended || child.condemned) {
            return;
        }
        child.releaseLines();
        child.changes(now, events);
        for (Probe probe : child.probes) {
            if (child.condemned) {
                probe.cancel();
            } else if (!probe.begun && probe.idle() && child.open(probe.spec.role())) {
                probe.begun = true;
                schedule(runs, probe,
                        now + CheckTiming.first(probe.spec, probe.byDeadline(), random.nextDouble()));
            }
        }
    }

    private void scheduleNext(Attempt attempt, long now) {
        Probe probe = attempt.probe;
        if (!probe.idle() || !probe.wanted()) {
            return;
        }
        long delay;
        if (attempt.isVoid && probe.byDeadline()) {
            delay = 0;
        } else if (attempt.result() instanceof Result.Waits(long deadline)) {
            delay = CheckTiming.untilDeadline(probe.spec, deadline, now, true);
            if (probe.bringsUp()) {
                delay = Math.min(delay, CheckTiming.next(probe.spec, true, 0));
            }
        } else if (attempt.result() instanceof Result.Answered(CheckAnswer answer, OptionalLong deadline)
                && deadline.isPresent()) {
            delay = CheckTiming.untilDeadline(probe.spec, deadline.getAsLong(), now, probe.well());
        } else {
            delay = CheckTiming.next(probe.spec, !probe.child.everReady, random.nextDouble());
        }
        schedule(runs, probe, now + delay);
    }

    /** The supervisor's own pause must not look like the silence of all its children (H7). */
    void noticePause(long now) {
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
        Attempt attempt = probe.attempt;
        probe.armOnly = true;
        if (attempt != null && !attempt.stuck) {
            attempt.isVoid = true;
            schedule(patience, attempt,
                    now + (attempt.interrupted ? GRACE : CheckTiming.bounded(probe.spec.timeout())));
        } else if (probe.isDue() && probe.byDeadline()) {
            schedule(runs, probe, now);
        } else if (probe.isDue() && probe.dueNanos() - now <= 0) {
            schedule(runs, probe,
                    now + CheckTiming.next(probe.spec, !probe.child.everReady, random.nextDouble()));
        }
    }

    /** Adds a task; not for an instance whose checks have ended. */
    void add(CheckTask task, long atNanos) {
        ProbedChild child = task.context.child();
        if (child.ended) {
            return;
        }
        if (child.tasks.size() >= MOST_TASKS) {
            throw new IllegalStateException("the checks of " + child.instance + " have " + MOST_TASKS
                    + " tasks waiting; no more are taken");
        }
        if (child.tasks.isEmpty()) {
            child.tasks = new HashSet<>();
        }
        child.tasks.add(task);
        schedule(tasks, task, atNanos);
    }

    void cancel(CheckTask task) {
        task.cancel();
        forget(task);
    }

    private static void forget(CheckTask task) {
        ProbedChild child = task.context.child();
        if (child.tasks.contains(task)) {
            child.tasks.remove(task);
        }
    }
}
