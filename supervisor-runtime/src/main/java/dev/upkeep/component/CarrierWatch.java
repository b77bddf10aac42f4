package dev.upkeep.component;

import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;
import jdk.management.VirtualThreadSchedulerMXBean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps virtual threads running beside some that never yield. Each of those holds a carrier for ever, and one per core
 * would stop every component and every check of the JVM.
 *
 * <p>Once a second a canary, a virtual thread that does nothing, is started. If it is late by a second, the scheduler
 * gets one carrier more, up to four per core. Carriers are not taken away again: an idle one costs nothing.
 */
public final class CarrierWatch implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(CarrierWatch.class);
    private static final Duration LATE = Duration.ofSeconds(1);

    /** More than there are queues for foreign threads, with any number of carriers that is likely. */
    private static final int NUDGES = 64;

    private final IntConsumer onBusy;
    private final int most;
    private final Thread thread;
    private final CountDownLatch closed = new CountDownLatch(1);
    /** Said once. Of the watching thread only. */
    private boolean exhausted;

    private CarrierWatch(IntConsumer onBusy) {
        this.onBusy = onBusy;
        this.most = 4 * Runtime.getRuntime().availableProcessors();
        this.thread = Thread.ofPlatform().daemon().name("upkeep-carrier-watch").unstarted(this::watch);
    }

    /**
     * Starts watching, until closed.
     *
     * @param onBusy called on the watching thread when the carriers were busy for a second, with the number of carriers
     *         there may be from now on; only once more when there may be no more of them. What it throws is logged
     */
    public static CarrierWatch start(IntConsumer onBusy) {
        CarrierWatch watch = new CarrierWatch(onBusy);
        watch.thread.start();
        return watch;
    }

    @Override
    public void close() {
        closed.countDown();
    }

    private void watch() {
        try {
            while (!closed.await(LATE.toNanos(), TimeUnit.NANOSECONDS)) {
                try {
                    CountDownLatch sang = new CountDownLatch(1);
                    Thread.ofVirtual().name("canary").start(sang::countDown);
                    if (!sang.await(LATE.toNanos(), TimeUnit.NANOSECONDS)) {
                        busy(sang);
                    }
                } catch (RuntimeException | Error e) {
                    log.atError().setCause(e).log("carrier watch failed, going on");
                }
            }
        } catch (InterruptedException e) {
            // Nobody interrupts this thread but someone who wants it to end.
            return;
        }
    }

    private void busy(CountDownLatch sang) throws InterruptedException {
        VirtualThreadSchedulerMXBean scheduler = scheduler();
        int carriers = scheduler == null ? most : scheduler.getParallelism();
        if (scheduler == null || (carriers >= most && scheduler.getPoolSize() >= carriers)) {
            if (!exhausted) {
                exhausted = true;
                log.atError()
                        .addKeyValue("carriers", carriers)
                        .log("carriers busy, and there may be no more of them");
                onBusy.accept(carriers);
            }
            return;
        }
        if (scheduler.getPoolSize() >= carriers) {
            carriers++;
            scheduler.setParallelism(carriers);
        }
        nudge(scheduler, carriers, sang);
        log.atWarn()
                .addKeyValue("carriers", carriers)
                .addKeyValue("most", most)
                .log("carriers busy: virtual threads wait because others never yield");
        onBusy.accept(carriers);
    }

    /**
     * Makes the scheduler start its new carrier. By itself it does so only when something is put into an empty queue
     * (JDK 25, {@code ForkJoinPool.WorkQueue.push}), and the queue of each submitting thread may hold what waits, this
     * one's at least the canaries of before. So fresh threads submit until one meets an empty queue, and no longer: what
     * they leave behind fills queues that may be needed for the next carrier.
     */
    private static void nudge(VirtualThreadSchedulerMXBean scheduler, int carriers, CountDownLatch sang)
            throws InterruptedException {
        for (int i = 0; i < NUDGES && (i == 0 || scheduler.getPoolSize() < carriers); i++) {
            Thread.ofPlatform()
                    .daemon()
                    .name("upkeep-carrier-nudge")
                    .start(() -> Thread.ofVirtual().name("canary").start(() -> {}))
                    .join();
            if (sang.await(1, TimeUnit.MILLISECONDS)) {
                return;
            }
        }
    }

    /** Looked up only when it is needed: the management classes are a cost at start. */
    private static @Nullable VirtualThreadSchedulerMXBean scheduler() {
        return ManagementFactory.getPlatformMXBean(VirtualThreadSchedulerMXBean.class);
    }
}
