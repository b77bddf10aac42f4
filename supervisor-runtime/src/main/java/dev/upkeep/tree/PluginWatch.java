package dev.upkeep.tree;

import dev.upkeep.supervise.Advice;
import dev.upkeep.supervise.Consultation;
import dev.upkeep.supervise.Event;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks strategies and back-offs, and sees when one does not answer within a second. Its thread is there from the first
 * question on, and sleeps while nobody asks.
 */
final class PluginWatch {
    static final Duration LIMIT = Duration.ofSeconds(1);
    static final String FAULT = "did not answer within 1s";

    private static final Logger log = LoggerFactory.getLogger(PluginWatch.class);
    private static final long LIMIT_NANOS = LIMIT.toNanos();
    /** Between looks at a call that is over its time, but not inside a plugin. */
    private static final long MOMENT_NANOS = Duration.ofMillis(1).toNanos();

    /** How often a question is put to plugins whose faults pass every catch. */
    private static final int ATTEMPTS = 3;

    private static final class Call {
        private final Consultation consultation;
        private final Thread thread = Thread.currentThread();
        private final long since = System.nanoTime();
        /** Whether it is settled who goes on: the caller, with the answer, or the watch, without. */
        private final AtomicBoolean settled = new AtomicBoolean();

        Call(Consultation consultation) {
            this.consultation = consultation;
        }

        private boolean settle() {
            return settled.compareAndSet(false, true);
        }
    }

    private final String threadName;
    private final Function<Lost, @Nullable Runnable> onLost;
    private volatile @Nullable Call latest;
    private volatile boolean watching;
    private volatile @Nullable Thread thread;
    private volatile boolean closed;

    /**
     * A call that does not come back.
     *
     * @param thread the one that hangs in it
     * @param instead what is to be asked instead
     */
    record Lost(Thread thread, Consultation instead) {}

    /**
     * Makes a watch that sleeps.
     *
     * @param onLost called on the watch's thread, which by then is the loop's owner instead of the one that hangs; what it
     *         returns is run on that thread, which watches no longer
     */
    PluginWatch(String threadName, Function<Lost, @Nullable Runnable> onLost) {
        this.threadName = threadName;
        this.onLost = onLost;
    }

    /** Asks. Returns nothing if it took too long, and the caller owns the loop no more. */
    Event.@Nullable Advised ask(Consultation consultation) {
        Call call = new Call(consultation);
        latest = call;
        if (!watching) {
            wake();
        }
        Event.Advised answer = answerTo(consultation);
        return call.settle() ? answer : null;
    }

    /** Asks, and again without a plugin whose fault was so grave that it passed every catch. */
    static Event.Advised answerTo(Consultation consultation) {
        Consultation question = consultation;
        String fault = "";
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            try {
                return question.ask();
            } catch (Throwable t) {
                fault = "failed: " + t;
                log.atError().setCause(t).addKeyValue("child", question.about()).log("a plugin failed badly");
                question = question.without(question.asking(), fault);
            }
        }
        return new Event.Advised(consultation.about(), new Advice(null, null, null, fault, fault, false));
    }

    private void wake() {
        watching = true;
        try {
            Thread watcher = thread;
            if (watcher == null) {
                watcher = Thread.ofPlatform().daemon().name(threadName).unstarted(this::watch);
                watcher.start();
                thread = watcher;
            } else {
                LockSupport.unpark(watcher);
            }
        } catch (Throwable t) {
            // The host has no room for a thread at the moment. The next question tries again.
            watching = false;
        }
    }

    private void watch() {
        Call seen = null;
        while (!closed) {
            Call call = latest;
            if (call == null || call.settled.get()) {
                seen = sleep(call, seen);
                continue;
            }
            long left = call.since + LIMIT_NANOS - System.nanoTime();
            Consultation.Asking hanging = call.consultation.asking();
            if (left > 0) {
                LockSupport.parkNanos(this, left);
            } else if (hanging == Consultation.Asking.NOBODY) {
                LockSupport.parkNanos(this, MOMENT_NANOS);
            } else if (call.settle()) {
                Lost lost = new Lost(call.thread, call.consultation.without(hanging, FAULT));
                log.atError()
                        .addKeyValue("child", call.consultation.about())
                        .addKeyValue("thread", call.thread.getName())
                        .log("a strategy or a back-off does not come back; supervision goes on without it");
                Runnable next = onLost.apply(lost);
                call.thread.interrupt();
                if (next != null) {
                    thread = null;
                    watching = false;
                    next.run();
                    return;
                }
            }
        }
    }

    /** Sleeps for a while, and until the next question if there was none for a while. Returns the call it has seen. */
    @SuppressWarnings("ReferenceEquality") // the very call
    private @Nullable Call sleep(@Nullable Call call, @Nullable Call seen) {
        if (call != seen) {
            LockSupport.parkNanos(this, LIMIT_NANOS);
            return call;
        }
        watching = false;
        // A question asked before nobody watched is seen here, one asked after wakes.
        if (latest == call && !closed) {
            LockSupport.park(this);
        }
        watching = true;
        return seen;
    }

    void close() {
        closed = true;
        LockSupport.unpark(thread);
    }
}
