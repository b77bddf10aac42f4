package dev.upkeep.breaker;

import dev.upkeep.api.breaker.Permit;
import dev.upkeep.api.time.Timers.Cancellable;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** The permit of a half-open breaker. It is leased: one that is not reported in time is a failure (C2). */
final class Trial implements Permit {
    static final long LONGEST_LEASE = Long.MAX_VALUE / 2;

    private final NodeBreaker breaker;
    private final Node.HalfOpen node;
    private final boolean timed;
    private final long startNanos;
    private final AtomicBoolean reported = new AtomicBoolean();
    private volatile @Nullable Cancellable lease;
    private volatile long endNanos;

    /** @param timed whether what it takes says something of what is tried */
    Trial(NodeBreaker breaker, Node.HalfOpen node, boolean timed, long startNanos) {
        this.breaker = breaker;
        this.node = node;
        this.timed = timed;
        this.startNanos = startNanos;
        endNanos = startNanos + LONGEST_LEASE;
    }

    /** Remembers the timer of the lease, which may have been overtaken by a report. */
    void leasedBy(@Nullable Cancellable timer, long untilNanos) {
        endNanos = untilNanos;
        lease = timer;
        if (reported.get()) {
            endLease();
        }
    }

    void endLease() {
        Cancellable running = lease;
        if (running != null) {
            running.cancel();
        }
    }

    void expire() {
        if (end()) {
            breaker.trialFailed(node, "a trial was not reported in time");
        }
    }

    void expireIfDue(long nowNanos) {
        if (nowNanos - endNanos >= 0) {
            expire();
        }
    }

    @Override
    public void success() {
        if (end()) {
            breaker.trialSucceeded(node, tookNanos());
        }
    }

    @Override
    public void failure(@Nullable Throwable why) {
        if (end()) {
            switch (breaker.outcomeOf(why)) {
                case FAILURE -> breaker.trialFailed(node, "a trial failed");
                case SUCCESS -> breaker.trialSucceeded(node, tookNanos());
                case IGNORED -> breaker.trialIgnored(node);
            }
        }
    }

    @Override
    public void ignore() {
        if (end()) {
            breaker.trialIgnored(node);
        }
    }

    private long tookNanos() {
        return timed ? breaker.now() - startNanos : 0;
    }

    private boolean end() {
        if (!reported.compareAndSet(false, true)) {
            return false;
        }
        node.outstanding().remove(this);
        endLease();
        return true;
    }
}
