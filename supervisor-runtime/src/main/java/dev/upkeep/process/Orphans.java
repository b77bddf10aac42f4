package dev.upkeep.process;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Processes whose parents are gone, and that fall to this one because it is PID 1 or a subreaper (P8): they are reaped when
 * they end. Those that came from a child which is gone are reported while they live; nobody is ever killed here.
 *
 * <p>The children of this JVM's own are somebody else's to reap: whoever asked for the status of one must get it. No call
 * tells an orphan from them, so only what has been dead for a while and is not known to an engine is taken for one: whoever
 * waits for a child of his own is woken by its death.
 */
public final class Orphans {
    private static final Logger log = LoggerFactory.getLogger(Orphans.class);
    private static final long PRCTL = 157;
    private static final long PRCTL_AARCH64 = 167;
    private static final int PR_SET_CHILD_SUBREAPER = 36;

    static final long BETWEEN_LOOKS_NANOS = TimeUnit.SECONDS.toNanos(1);
    /** A little less than the time between two looks, which may come a moment early. */
    private static final long GRACE_NANOS = TimeUnit.MILLISECONDS.toNanos(900);
    /** For what could be a direct child by its session: of the JVM, or just being started by an engine. */
    private static final long LONG_GRACE_NANOS = TimeUnit.SECONDS.toNanos(5);
    /** After such a pause those that wait for their children may have been held up as this was. */
    private static final long LONGEST_PAUSE_NANOS = TimeUnit.SECONDS.toNanos(3);

    private static final Set<Kin> ENGINES = ConcurrentHashMap.newKeySet();
    private static volatile boolean adopted;
    private static volatile boolean anEngineLooks;

    /** A process that was seen to be dead, and when first. */
    private record Dead(ProcessTable.Process process, long since) {}

    /**
     * A process that lives.
     *
     * @param mark the number of the child that it came from, among those of the engine
     * @param left that child, if it is gone and this was reported
     */
    private record Alive(ProcessTable.Process process, @Nullable Kin engine, OptionalLong mark,
            Kin.@Nullable Gone left) {
        static Alive marked(ProcessTable.Process process, String variables) {
            for (Kin engine : ENGINES) {
                OptionalLong mark = engine.markIn(variables);
                if (mark.isPresent()) {
                    return new Alive(process, engine, mark, null);
                }
            }
            return new Alive(process, null, OptionalLong.empty(), null);
        }
    }

    // Guarded by Orphans.class.
    private static long lookedAt;
    private static Map<Long, Dead> dead = new HashMap<>();
    private static Map<Long, Alive> alive = new HashMap<>();

    private Orphans() {}

    /**
     * Makes this process the parent of all orphans among its descendants, and has them reaped from now on. For a program
     * that is nothing but a supervisor, before it starts any process; an embedding program's orphans are its own affair.
     * Where that cannot be had, this says so and does nothing.
     */
    public static synchronized void adoptAndReap() {
        if (adopted) {
            return;
        }
        try {
            Kernel.must("prctl",
                    Kernel.call(Kernel.byProcessor(PRCTL, PRCTL_AARCH64), PR_SET_CHILD_SUBREAPER, 1,
                            0, 0, 0));
        } catch (CallFailed | UnsupportedOperationException | LinkageError | IllegalCallerException e) {
            log.atInfo().addKeyValue("why", e.toString()).log("orphans are not reaped by this supervisor");
            return;
        }
        adopted = true;
        lookedAt = System.nanoTime();
        Thread.ofPlatform().name("upkeep-orphans").daemon(true).start(Orphans::lookUntilAnEngineDoes);
    }

    static boolean areAdopted() {
        return adopted;
    }

    /**
     * An engine begins. Returns whether it is to call {@link #look} about every second, on a thread that it has anyway.
     */
    static synchronized boolean begins(Kin engine) {
        ENGINES.add(engine);
        anEngineLooks |= adopted;
        return adopted;
    }

    static void ends(Kin engine) {
        ENGINES.remove(engine);
    }

    private static void lookUntilAnEngineDoes() {
        try {
            while (!anEngineLooks) {
                TimeUnit.NANOSECONDS.sleep(BETWEEN_LOOKS_NANOS);
                look();
            }
        } catch (InterruptedException e) {
            return;
        }
    }

    /** Reaps and reports what there is, at most once a second. Costs one system call where nothing ended. */
    static synchronized void look() {
        long now = System.nanoTime();
        long pause = now - lookedAt;
        if (!adopted || pause < GRACE_NANOS) {
            return;
        }
        lookedAt = now;
        if (pause > LONGEST_PAUSE_NANOS) {
            dead.clear();
        }
        long someEnded = Wait.someEnded();
        if (someEnded != Kernel.NO_PROCESS || ENGINES.stream().anyMatch(Kin::mayHaveStrays)) {
            lookAtChildren(someEnded, now);
        } else {
            dead.clear();
        }
    }

    private static void lookAtChildren(long someEnded, long now) {
        Set<Long> children = ProcessTable.childrenOfTheFirstThread();
        if (someEnded != Kernel.NO_PROCESS && !children.contains(someEnded)) {
            // A child of the JVM that is about to be reaped, or an orphan that another thread got.
            children.addAll(ProcessTable.childrenOfAllThreads());
        }
        if (!children.isEmpty()) {
            ENGINES.forEach(engine -> children.removeAll(engine.running()));
        }
        ProcessTable.Process self = ProcessTable.self();
        Map<Long, Dead> deadNow = new HashMap<>();
        Map<Long, Alive> aliveNow = new HashMap<>();
        for (long pid : children) {
            ProcessTable.Process child = ProcessTable.find(pid);
            if (child == null || self == null || child.parent() != self.pid()) {
                continue;
            }
            if (child.ended()) {
                Dead before = dead.get(pid);
                Dead since = before != null && before.process.isSameAs(child) ? before : new Dead(child, now);
                if (now - since.since < grace(child, self) || !reap(child)) {
                    deadNow.put(pid, since);
                }
            } else {
                aliveNow.put(pid, see(child));
            }
        }
        dead = deadNow;
        alive = aliveNow;
        ENGINES.forEach(Kin::forgetOld);
    }

    private static long grace(ProcessTable.Process child, ProcessTable.Process self) {
        boolean likeAChildOfOurs = child.session() == self.session() || child.session() == child.pid();
        return likeAChildOfOurs ? LONG_GRACE_NANOS : GRACE_NANOS;
    }

    /** Looks at one that lives, and came from nobody that an engine runs. */
    private static Alive see(ProcessTable.Process child) {
        Alive seen = alive.get(child.pid());
        if (seen == null || !seen.process.isSameAs(child)) {
            seen = Alive.marked(child, ProcessTable.variables(child.pid()));
        }
        if (seen.left != null) {
            seen.left.ofInterest();
            return seen;
        }
        for (Kin engine : ENGINES) {
            OptionalLong mark = engine.equals(seen.engine) ? seen.mark : OptionalLong.empty();
            Optional<Kin.Gone> left = engine.whoLeft(child, mark);
            if (left.isPresent()) {
                left.get().ofInterest();
                left.get().strayed(child);
                return new Alive(child, seen.engine, seen.mark, left.get());
            }
        }
        return seen;
    }

    /** Reaps a dead child if it is still the same. Returns whether it is gone. */
    private static boolean reap(ProcessTable.Process orphan) {
        try {
            // The descriptor stays with who it is, even if somebody reaps it now and its number goes to another.
            int pidfd = Kernel.pidfd(orphan.pid());
            try {
                ProcessTable.@Nullable Process same = ProcessTable.find(orphan.pid());
                if (same == null || !same.isSameAs(orphan)) {
                    return true;
                }
                synchronized (Wait.class) {
                    return Wait.reap(pidfd) != null;
                }
            } finally {
                Kernel.close(pidfd);
            }
        } catch (CallFailed e) {
            return e.errno() == Errno.ESRCH;
        }
    }
}
