package dev.upkeep.probe;

import dev.upkeep.api.time.Ticker;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Real time: one platform thread for the checks of all children, from the first check on, and virtual threads. */
final class LivePace implements ProbePace {
    private static final Logger log = LoggerFactory.getLogger(LivePace.class);

    private final Ticker ticker;
    private final Supplier<OptionalLong> sweep;
    private final Thread timer;
    private final AtomicBoolean started = new AtomicBoolean();
    private volatile boolean closed;

    LivePace(Ticker ticker, Supplier<OptionalLong> sweep) {
        this.ticker = ticker;
        this.sweep = sweep;
        this.timer = Thread.ofPlatform().daemon().name("upkeep-probes").unstarted(this::drive);
    }

    @Override
    public void wake() {
        if (!closed && started.compareAndSet(false, true)) {
            timer.start();
        }
        LockSupport.unpark(timer);
    }

    @Override
    public Runnable run(String name, Runnable body) {
        Thread thread = Thread.ofVirtual().name(name).start(body);
        return thread::interrupt;
    }

    @Override
    public void close() {
        closed = true;
        wake();
    }

    private void drive() {
        while (!closed) {
            try {
                OptionalLong next = sweep.get();
                if (next.isEmpty()) {
                    LockSupport.park(this);
                } else {
                    long wait = next.getAsLong() - ticker.nanos();
                    if (wait > 0) {
                        LockSupport.parkNanos(this, wait);
                    }
                }
            } catch (RuntimeException | Error e) {
                // Without this thread no check would ever run again.
                log.atError().setCause(e).log("sweep of the checks failed, going on");
                LockSupport.parkNanos(this, TimeUnit.SECONDS.toNanos(1));
            }
        }
    }
}
