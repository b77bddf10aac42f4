package dev.upkeep.probe;

import dev.upkeep.api.ChildSpec;
import dev.upkeep.api.ProcessSpec;
import dev.upkeep.api.ReadyBy;
import dev.upkeep.api.child.HealthStatus;
import dev.upkeep.api.health.Role;
import dev.upkeep.supervise.Event;
import dev.upkeep.supervise.InstanceId;
import dev.upkeep.tree.EventQueue;
import dev.upkeep.tree.Vitals;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

/** One instance with its checks. Guarded by the schedule's lock, but for what is final or volatile. */
final class ProbedChild {
    private static final Logger log = LoggerFactory.getLogger(ProbedChild.class);

    final InstanceId instance;
    final Vitals vitals;
    final OptionalLong pid;
    final List<Probe> probes;
    /** What its checks want done later; a set that can grow is made for the first of it. */
    Set<CheckTask> tasks = Set.of();
    private final boolean hasReadiness;
    /** Whether it has not said yet that it is ready, or has taken that back; never of one that need not say it (P9). */
    private boolean wordMissing;
    private final boolean givesWord;
    /** Silence before this moment is not the child's. */
    volatile long quietBase;
    boolean everReady;
    boolean ready;
    /** A liveness check has given it up: no more checks until the next instance (H5). */
    boolean condemned;
    boolean ended;
    private boolean linesReleased;
    /** What was told last; at first what the core takes the child for. */
    private HealthStatus reported;

    ProbedChild(InstanceId instance, ChildSpec spec, Vitals vitals, OptionalLong pid, long now,
            RandomGenerator random) {
        this.instance = instance;
        this.vitals = vitals;
        this.pid = pid;
        this.quietBase = now;
        this.reported = spec.health().isEmpty() ? HealthStatus.HEALTHY : HealthStatus.UNKNOWN;
        this.hasReadiness = spec.hasReadiness();
        this.givesWord = spec.work() instanceof ProcessSpec process
                && !(process.ready() instanceof ReadyBy.Start);
        this.wordMissing = givesWord;
        // Without readiness the child is taken for ready as soon as it has started (S1).
        this.everReady = !hasReadiness;
        this.ready = !hasReadiness;
        this.probes = spec.health().stream().map(check -> new Probe(this, check, random.nextLong())).toList();
    }

    /** Returns whether the checks of that role may run now (H2). */
    boolean open(Role role) {
        return switch (role) {
            case STARTUP -> !everReady;
            case READINESS -> everReady || passes(Role.STARTUP);
            case LIVENESS -> everReady;
        };
    }

    /** Returns whether it has given a sign of life since the silence began that is its own. */
    boolean hasBeaten() {
        long base = quietBase;
        return vitals.lastBeatNanos(base) != base;
    }

    /** Looks what it says itself; returns whether that is new. */
    boolean hearWord() {
        boolean missing = givesWord && !vitals.saysReady();
        boolean news = missing != wordMissing;
        wordMissing = missing;
        return news;
    }

    /**
     * Returns whether it says itself that it may be used, where it has to, and its startup and readiness checks agree. Startup
     * counts only once.
     */
    boolean usable() {
        return !hasReadiness
                || (!wordMissing && (everReady || passes(Role.STARTUP)) && passes(Role.READINESS));
    }

    private boolean passes(Role role) {
        for (Probe probe : probes) {
            if (probe.spec.role() == role && !probe.lets()) {
                return false;
            }
        }
        return true;
    }

    /** Lets go of the lines that were kept for its checks, once all of them are made or cannot be. */
    void releaseLines() {
        if (!linesReleased && probes.stream().allMatch(Probe::isDecided)) {
            linesReleased = true;
            vitals.checksMade();
        }
    }

    /** Takes note of what its checks now say, and tells what is new. */
    void changes(long now, EventQueue events) {
        Probe worst = worst();
        HealthStatus health = worst == null ? HealthStatus.HEALTHY : worst.health();
        if (health != reported) {
            reported = health;
            events.offer(new Event.HealthChanged(instance, health, worst == null ? "" : worst.reason()));
        }
        boolean usable = usable();
        if (usable != ready) {
            ready = usable;
            if (usable && !everReady) {
                everReady = true;
                quietBase = now;
            }
            events.offer(new Event.ReadyChanged(instance, usable));
        }
        for (Probe probe : probes) {
            if (!condemned && probe.spec.role() == Role.LIVENESS && !probe.verdict.passing()) {
                condemned = true;
                events.offer(
                        new Event.FoundUnhealthy(instance, probe.spec.name(), probe.verdict.reason()));
            }
        }
    }

    LoggingEventBuilder warn() {
        return log.atWarn()
                .addKeyValue("child", instance.path())
                .addKeyValue("generation", instance.generation());
    }

    /** Returns the probe with the worst health, or nothing if there is none that counts (H8). */
    private @Nullable Probe worst() {
        Probe worst = null;
        for (Probe probe : probes) {
            if (probe.counts() && (worst == null || probe.health().compareTo(worst.health()) > 0)) {
                worst = probe;
            }
        }
        return worst;
    }
}
