package dev.upkeep.process;

import dev.upkeep.supervise.Outcome;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * From the reaped leader to {@code leaderEnded} and {@code gone}.
 *
 * <p>P5 wants the leader peeked and reaped last, so that its number stays taken. Here it is reaped at once: that the
 * group is empty then takes one system call instead of a walk through /proc, which is what makes a restart fast, and
 * {@link GroupAccess} says why no stranger is signalled. Only where the kernel still knows members is /proc read, on a
 * thread of its own and for all such groups together, because a member that waits for a slow PID 1 to reap it is dead
 * already and must not delay the replacement.
 */
final class Endings {
    private static final Logger log = LoggerFactory.getLogger(Endings.class);

    /** How long the report of an exit waits for what is in the pipes. The output thread may hang in a sink. */
    private static final long LONGEST_DRAIN_MILLIS = 50;

    /** Long enough for members that were killed with their leader to end, too. */
    private static final long FIRST_LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(1);
    private static final long LONGEST_LOOK_NANOS = TimeUnit.SECONDS.toNanos(1);
    /** After so many looks that saw nobody alive, and not the same dead, there is somebody. */
    private static final int MOST_DOUBTS = 4;

    /** A group that lost its leader. */
    private static final class Leaderless {
        private final PosixChild child;
        private final Outcome.Exited how;
        private boolean reported;
        private boolean empty;
        /** The members that were seen to be dead when no live one was seen, the last time. */
        private Set<Long> seenDead = Set.of();
        private int doubts;

        Leaderless(PosixChild child, Outcome.Exited how) {
            this.child = child;
            this.how = how;
        }

        /**
         * Returns whether only the dead are left, whom the kernel still counts. Not at first sight: of members that follow each
         * other none may be seen, but for a trace of those before.
         */
        private boolean isDead(ProcessTable.Groups seen) {
            long number = child.pid().orElse(Kernel.NO_PROCESS);
            if (seen.live().contains(number) || child.isPopulated()) {
                seenDead = Set.of();
                doubts = MOST_DOUBTS;
                return false;
            }
            Set<Long> dead = seen.deadOf(number);
            boolean same = !dead.isEmpty() && dead.equals(seenDead);
            seenDead = dead;
            doubts++;
            return same;
        }

        /** Returns whether it may be known after the next look. */
        private boolean isInDoubt() {
            return doubts > 0 && doubts < MOST_DOUBTS;
        }
    }

    private final OutputReader output;
    private final ScheduledExecutorService timer = Executors
            .newSingleThreadScheduledExecutor(
                    Thread.ofPlatform().name("upkeep-endings").daemon(true).factory());
    private final Queue<Leaderless> arrivals = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean lookingSoon = new AtomicBoolean();
    private volatile long restNanos;

    // Of the timer's thread alone, until that has ended.
    private final List<Leaderless> leaderless = new ArrayList<>();
    private long delayNanos = FIRST_LOOK_NANOS;
    private @Nullable ScheduledFuture<?> nextLook;

    Endings(OutputReader output) {
        this.output = output;
    }

    /** The leader was reaped. Called on the events thread. */
    void leaderEnded(PosixChild child, Outcome.Exited how) {
        if (child.groupEmpty()) {
            child.release();
            report(child, how, false);
        } else {
            arrivals.add(new Leaderless(child, how));
            lookSoon();
        }
    }

    /** A group without leader may be empty before long. Any thread. */
    void lookSoon() {
        if (lookingSoon.compareAndSet(false, true)) {
            var _ = schedule(() -> {
                lookingSoon.set(false);
                delayNanos = FIRST_LOOK_NANOS;
                look();
            }, Math.max(FIRST_LOOK_NANOS, restNanos));
        }
    }

    /** Looks after orphans once a second from now on. */
    void lookAgainAndAgain() {
        var _ = schedule(() -> {
            try {
                Orphans.look();
            } finally {
                lookAgainAndAgain();
            }
        }, Orphans.BETWEEN_LOOKS_NANOS);
    }

    /** Ends the thread; lets go of the groups that are left. */
    void close() {
        timer.shutdownNow();
        try {
            if (!timer.awaitTermination(1, TimeUnit.SECONDS)) {
                log.atWarn().log("the thread that watches ending process groups does not end");
                return;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return;
        }
        arrivals.forEach(each -> each.child.release());
        leaderless.forEach(each -> each.child.release());
    }

    private void look() {
        if (nextLook != null) {
            nextLook.cancel(false);
        }
        for (Leaderless each = arrivals.poll(); each != null; each = arrivals.poll()) {
            leaderless.add(each);
        }
        long began = System.nanoTime();
        try {
            settle();
        } finally {
            // At most half of a processor, however many processes there are and however many leaders end.
            restNanos = System.nanoTime() - began;
            if (!leaderless.isEmpty()) {
                nextLook = schedule(this::look, Math.max(delayNanos, restNanos));
                delayNanos = Math.min(delayNanos * 2, LONGEST_LOOK_NANOS);
            }
        }
    }

    /** Tells what can be told of the groups without leader, and drops those that are gone. */
    private void settle() {
        boolean someLeft = false;
        for (Leaderless each : leaderless) {
            each.empty = each.child.reapOrphansAndSeeGroupEmpty();
            someLeft |= !each.empty;
        }
        Optional<ProcessTable.Groups> seen = someLeft ? ProcessTable.groups() : Optional.empty();
        for (Iterator<Leaderless> all = leaderless.iterator(); all.hasNext();) {
            Leaderless each = all.next();
            boolean gone = each.empty || (seen.isPresent() && each.isDead(seen.get()));
            if (gone && !each.empty) {
                // The last member may have ended since the first look, and would stay a zombie of ours.
                each.empty = each.child.reapOrphansAndSeeGroupEmpty();
            }
            if (!gone && !each.reported && each.isInDoubt()) {
                continue;
            }
            if (!each.reported) {
                each.reported = true;
                if (gone) {
                    all.remove();
                    each.child.release();
                }
                report(each.child, each.how, !gone);
            } else if (gone && each.child.events().leaderEndTold()) {
                all.remove();
                each.child.release();
                each.child.events().gone();
            }
        }
    }

    private void report(PosixChild child, Outcome.Exited how, boolean membersLeft) {
        Runnable tell = () -> {
            child.events().leaderEnded(how, child.lastWords(), membersLeft);
            if (!membersLeft) {
                child.events().gone();
            }
        };
        if (child.outputEnded()) {
            tell.run();
        } else {
            output.drain(child, tell);
            var _ = schedule(tell, TimeUnit.MILLISECONDS.toNanos(LONGEST_DRAIN_MILLIS));
        }
    }

    /** Has something quick done after so many nanoseconds, on the thread of this; not if this is closed. */
    void later(Runnable task, long delay) {
        var _ = schedule(task, delay);
    }

    private @Nullable ScheduledFuture<?> schedule(Runnable task, long delay) {
        try {
            return timer.schedule(() -> {
                try {
                    task.run();
                } catch (Throwable e) {
                    log.atError().setCause(e).log("an ending process could not be followed up");
                }
            }, delay, TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException e) {
            // Closed: nothing is told any more.
            return null;
        }
    }
}
