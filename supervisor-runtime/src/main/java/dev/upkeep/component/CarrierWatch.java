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

    private final IntConsumer onBusy;
    private final int most;
    private final Thread thread;
    private final CountDownLatch closed = new CountDownLatch(1);

    private CarrierWatch(IntConsumer onBusy) {
        this.onBusy = onBusy;
        this.most = 4 * Runtime.getRuntime().availableProcessors();
        this.thread = Thread.ofPlatform().daemon().name("upkeep-carrier-watch").unstarted(this::watch);
    }

    /**
     * Starts watching, until closed.
     *
     * @param onBusy called on the watching thread whenever the carriers were busy for a second, with the number of
     *         carriers there may be from now on; what it throws is logged
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
                        busy();
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

    private void busy() {
        VirtualThreadSchedulerMXBean scheduler = scheduler();
        if (scheduler == null) {
            log.atWarn().log("carriers busy, and this JVM does not let their number be changed");
            return;
        }
        int before = scheduler.getParallelism();
        int after = Math.max(before, Math.min(before + 1, most));
        if (after != before) {
            scheduler.setParallelism(after);
        }
        log.atWarn()
                .addKeyValue("carriers", after)
                .addKeyValue("most", most)
                .log("carriers busy: virtual threads wait because others never yield");
        onBusy.accept(after);
    }

    /** Looked up only when it is needed: the management classes are a cost at start. */
    private static @Nullable VirtualThreadSchedulerMXBean scheduler() {
        return ManagementFactory.getPlatformMXBean(VirtualThreadSchedulerMXBean.class);
    }
}
