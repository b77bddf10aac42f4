package dev.upkeep.process;

import java.util.HexFormat;
import java.util.Iterator;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/**
 * Who belongs to one engine: the children it runs, and those that are gone but may have left somebody behind. Every child
 * has a mark in its environment, which all that come from it inherit.
 */
final class Kin {
    /** The variable of the mark. */
    static final String VARIABLE = "UPKEEP_INSTANCE";

    private static final long REMEMBERED_NANOS = TimeUnit.SECONDS.toNanos(3);
    /** In a storm that is worse, a stray is not attributed. */
    private static final int MOST_REMEMBERED = 10_000;

    /** A child of which nothing is left in its group. */
    static final class Gone {
        private final long number;
        private final long pid;
        private final ChildEvents events;
        private long lastOfInterest = System.nanoTime();

        Gone(long number, long pid, ChildEvents events) {
            this.number = number;
            this.pid = pid;
            this.events = events;
        }

        void strayed(ProcessTable.Process stray) {
            events.strayed("pid " + stray.pid() + " (" + stray.command()
                    + ") left the group of pid " + pid + " and lives on without it; it is left alone");
        }

        /** Another may turn up: what one stray leaves behind comes from this child, too. */
        void ofInterest() {
            lastOfInterest = System.nanoTime();
        }
    }

    private final String nonce = HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong());
    private final AtomicLong numbers = new AtomicLong();
    private final Supplier<Set<Long>> running;
    private final Queue<Gone> gone = new ConcurrentLinkedQueue<>();
    private final AtomicInteger remembered = new AtomicInteger();

    /** @param running returns the numbers of the children that were not reaped */
    Kin(Supplier<Set<Long>> running) {
        this.running = running;
    }

    /** Returns the number of a new child, which no other child of this engine has. */
    long number() {
        return numbers.incrementAndGet();
    }

    /** Returns the value of the child's {@link #VARIABLE}. */
    String mark(long number) {
        return nonce + ":" + number;
    }

    Set<Long> running() {
        return running.get();
    }

    /** Nothing is left in the child's group. */
    void gone(Gone child) {
        if (Orphans.areAdopted() && remembered.incrementAndGet() <= MOST_REMEMBERED) {
            gone.add(child);
        }
    }

    /** Returns whether somebody that a child left behind may have to be looked for. */
    boolean mayHaveStrays() {
        return !gone.isEmpty();
    }

    /** Returns which child that is gone a process came from. */
    Optional<Gone> whoLeft(ProcessTable.Process process, OptionalLong itsMark) {
        // A process without the mark, because it wrote its own title over it, may still be in the child's session.
        return gone.stream()
                .filter(each -> itsMark.isPresent()
                        ? each.number == itsMark.getAsLong()
                        : each.pid == process.session())
                .findFirst();
    }

    /** Returns the number in the mark that a process carries, if it is one of this engine's. */
    OptionalLong markIn(String variables) {
        String wanted = VARIABLE + "=" + nonce + ":";
        int at = variables.startsWith(wanted) ? 0 : variables.indexOf("\0" + wanted) + 1;
        if (!variables.startsWith(wanted, at)) {
            return OptionalLong.empty();
        }
        int begin = at + wanted.length();
        int end = variables.indexOf('\0', begin);
        try {
            return OptionalLong
                    .of(Long.parseLong(variables.substring(begin, end < 0 ? variables.length() : end)));
        } catch (NumberFormatException e) {
            return OptionalLong.empty();
        }
    }

    /** Forgets those that left nobody behind, or nobody any more. */
    void forgetOld() {
        long now = System.nanoTime();
        for (Iterator<Gone> all = gone.iterator(); all.hasNext();) {
            if (now - all.next().lastOfInterest > REMEMBERED_NANOS) {
                all.remove();
                remembered.decrementAndGet();
            }
        }
    }
}
