package dev.upkeep.tree;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * One who hears the lines of an instance that a pattern finds. The thread that reads output only leaves the bytes here;
 * they are looked at on a virtual thread of the hearer's own, so that neither a pattern that backtracks without end nor a
 * listener that hangs keeps anybody's output, or another hearer, waiting. At most 256 KiB wait; what comes meanwhile is
 * counted and lost.
 */
final class LineHearer {
    /** How many characters a pattern may look at for one line, backtracking included: some 50 ms. */
    static final long MOST_LOOKS = 10_000_000;
    /** After a line that took all of that, so that such a pattern takes a tenth of one processor at most. */
    static final Duration REST = Duration.ofMillis(500);

    private static final Logger log = LoggerFactory.getLogger(LineHearer.class);

    private final String name;
    private final Pattern pattern;
    private final Consumer<String> listener;

    // Guarded by this.
    private KeptLines waiting;
    private boolean busy;
    private boolean over;
    private long lost;

    /** Of the one thread that looks at lines: what goes wrong is said once. */
    private boolean tookTooLong;
    private boolean listenerFailed;

    /** @param soFar what was written before; belongs to the hearer from now on */
    LineHearer(String name, Pattern pattern, Consumer<String> listener, KeptLines soFar) {
        this.name = name;
        this.pattern = pattern;
        this.listener = listener;
        this.waiting = soFar;
    }

    void offer(byte[] line, int offset, int length) {
        synchronized (this) {
            waiting.add(line, offset, length);
        }
        wake();
    }

    /** Sees to it that what waits is looked at. */
    void wake() {
        synchronized (this) {
            if (busy || over || waiting.isEmpty()) {
                return;
            }
            busy = true;
        }
        boolean started = false;
        try {
            Thread.ofVirtual().name(name).start(this::lookAtAll);
            started = true;
        } finally {
            if (!started) {
                rest();
            }
        }
    }

    /** It hears nothing more. */
    synchronized void end() {
        over = true;
        waiting = new KeptLines();
    }

    /** Returns how many lines went by unheard. */
    synchronized long lost() {
        return lost + waiting.dropped();
    }

    private synchronized void rest() {
        busy = false;
    }

    private synchronized boolean isOver() {
        return over;
    }

    private void lookAtAll() {
        Thread.currentThread().setContextClassLoader(listener.getClass().getClassLoader());
        boolean ended = false;
        try {
            for (KeptLines lines = take(); !lines.isEmpty(); lines = take()) {
                lines.forEach(this::look);
            }
            ended = true;
        } finally {
            if (!ended) {
                rest();
            }
        }
    }

    /** Takes what waits; if that is nothing, the thread is done. */
    private KeptLines take() {
        KeptLines taken;
        long before;
        long now;
        synchronized (this) {
            taken = waiting;
            before = lost;
            lost += taken.dropped();
            now = lost;
            waiting = new KeptLines();
            busy = !taken.isEmpty();
        }
        // At the first, and whenever the number has another digit in binary: a flood of output is no flood of warnings.
        if (Long.numberOfLeadingZeros(now) != Long.numberOfLeadingZeros(before)) {
            warn().addKeyValue("lost", now).log("lines of output came faster than a check looked at them");
        }
        return taken;
    }

    private void look(String line) {
        if (isOver() || !finds(line)) {
            return;
        }
        try {
            listener.accept(line);
        } catch (Throwable t) {
            if (!listenerFailed) {
                listenerFailed = true;
                warn().setCause(t).log("a check failed when it heard a line of output");
            }
            if (t instanceof OutOfMemoryError e) {
                throw e;
            }
        }
    }

    private boolean finds(String line) {
        try {
            return pattern.matcher(new BoundedText(line, MOST_LOOKS)).find();
        } catch (BoundedText.Exhausted | StackOverflowError e) {
            if (!tookTooLong) {
                tookTooLong = true;
                warn().addKeyValue("pattern", pattern)
                        .addKeyValue("length", line.length())
                        .log("a pattern takes too long for a line of output; such lines count as not found");
            }
            LockSupport.parkNanos(REST.toNanos());
            return false;
        }
    }

    private LoggingEventBuilder warn() {
        return log.atWarn().addKeyValue("check", name);
    }
}
