package dev.upkeep.process;

import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The end of this package's threads. */
final class Threads {
    private static final Logger log = LoggerFactory.getLogger(Threads.class);
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(2);

    private Threads() {}

    /** Waits until a thread that was told to end has ended, at most 2 s. An interruption ends the wait. */
    static void awaitEnd(Thread thread) {
        if (thread.equals(Thread.currentThread())) {
            return;
        }
        try {
            if (!thread.join(LONGEST_WAIT)) {
                log.atWarn()
                        .addKeyValue("thread", thread.getName())
                        .log("a thread does not end; it is left behind");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
