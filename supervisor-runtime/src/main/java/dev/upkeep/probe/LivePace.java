package dev.upkeep.probe;

import dev.upkeep.api.time.Ticker;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Real time: one platform thread for the checks of all children, from the first check on, and virtual threads. */
final class LivePace implements ProbePace {
    /**
     * Between two sweeps, so that very many checks begin in batches: each waking of this thread, and of carriers that idle, costs
     * more than a run. No check is later than this for it, and one that is alone hardly ever.
     */
    private static final long REST = Duration.ofMillis(10).toNanos();

    private static final Logger log = LoggerFactory.getLogger(LivePace.class);

    private final Ticker ticker;
    private final Supplier<OptionalLong> sweep;
    private final Thread timer;
    private final AtomicBoolean started = new AtomicBoolean();
    private final AtomicBoolean asked = new AtomicBoolean();
    private volatile boolean closed;

    LivePace(Ticker ticker, Supplier<OptionalLong> sweep) {
        this.ticker = ticker;
        this.sweep = sweep;
        this.timer = Thread.ofPlatform().daemon().name("upkeep-probes").unstarted(this::drive);
    }

    @Override
    public void wake() {
        if (!closed && !started.get() && started.compareAndSet(false, true)) {
            timer.start();
        }
        if (!asked.getAndSet(true)) {
            LockSupport.unpark(timer);
        }
    }

    @Override
    public Runnable run(String name, Runnable body) {
        Thread thread = Thread.ofVirtual().name(name).inheritInheritableThreadLocals(false).start(body);
        return thread::interrupt;
    }

    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(timer);
    }

    private void drive() {
        while (!closed) {
            try {
                asked.set(false);
                OptionalLong next = sweep.get();
                await(next);
            } catch (RuntimeException | Error e) {
                // Without this thread no check would ever run again.
                log.atError().setCause(e).log("sweep of the checks failed, going on");
                LockSupport.parkNanos(this, TimeUnit.SECONDS.toNanos(1));
            }
        }
    }

    private void await(OptionalLong next) {
        long rested = ticker.nanos() + REST;
        while (!closed) {
            long now = ticker.nanos();
            long rest = rested - now;
            if (asked.get() || (next.isPresent() && next.getAsLong() - now <= 0)) {
                if (rest <= 0) {
                    return;
                }
                LockSupport.parkNanos(this, rest);
            } else if (next.isPresent()) {
                LockSupport.parkNanos(this, Math.max(rest, next.getAsLong() - now));
            } else {
                LockSupport.park(this);
            }
        }
    }
}
