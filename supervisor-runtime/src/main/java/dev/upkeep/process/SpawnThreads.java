package dev.upkeep.process;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.ObjLongConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The threads that spawn: one, in a storm a second; and more only as long as those hang, each in a program on a disk that does
 * not answer, while others wait. Safe for any thread.
 */
final class SpawnThreads {
    static final int MOST_HELPERS = 15;
    private static final Logger log = LoggerFactory.getLogger(SpawnThreads.class);
    /** A start that takes so long hangs. */
    private static final long HANGS_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final SpawnQueue queue;
    private final Runnable helpOut;
    private final ObjLongConsumer<Runnable> later;
    private final Thread first;

    // Guarded by this.
    private final List<Thread> helpers = new ArrayList<>();
    private boolean watching;
    private long takenThen;

    /**
     * Makes them; none runs yet.
     *
     * @param work until the queue is closed
     * @param helpOut until the queue is closed, or there was nothing to do for a while
     * @param later does something after so many nanoseconds, on a thread of its own
     */
    SpawnThreads(SpawnQueue queue, Runnable work, Runnable helpOut, ObjLongConsumer<Runnable> later) {
        this.later = later;
        this.queue = queue;
        this.helpOut = helpOut;
        this.first = Thread.ofPlatform().name("upkeep-spawn-1").daemon(true).unstarted(work);
    }

    void start() {
        first.start();
    }

    /** More waits than those there are can do at once. */
    synchronized void call() {
        helpers.removeIf(each -> !each.isAlive());
        if (helpers.isEmpty()) {
            begin();
        }
        watch();
    }

    private void begin() {
        try {
            helpers.add(Thread.ofPlatform()
                    .name("upkeep-spawn-" + (helpers.size() + 2))
                    .daemon(true)
                    .start(helpOut));
        } catch (OutOfMemoryError e) {
            // The host has no room for a thread, as it may have none for a process: the next start tries again.
            log.atDebug().setCause(e).log("no further spawn thread");
        }
    }

    private void watch() {
        if (!watching) {
            watching = true;
            takenThen = queue.taken();
            later.accept(this::look, HANGS_NANOS);
        }
    }

    private synchronized void look() {
        watching = false;
        if (!queue.hasWaiting()) {
            return;
        }
        helpers.removeIf(each -> !each.isAlive());
        if (queue.taken() == takenThen && helpers.size() < MOST_HELPERS) {
            log.atWarn()
                    .addKeyValue("threads", helpers.size() + 1)
                    .log("all starts hang, so one more thread is begun for those that wait");
            begin();
        }
        watch();
    }

    synchronized List<Thread> all() {
        List<Thread> all = new ArrayList<>(helpers);
        all.add(first);
        return all;
    }
}
