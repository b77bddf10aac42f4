package dev.upkeep.breaker;

import dev.upkeep.api.breaker.Classification.Outcome;
import dev.upkeep.api.breaker.Permit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** The permit of a closed breaker. After a change it still counts, in a node that nobody looks at (C2). */
final class Counted implements Permit {
    private final NodeBreaker breaker;
    private final Node.Closed node;
    private final boolean timed;
    private final long startNanos;
    private final AtomicBoolean reported = new AtomicBoolean();

    /** @param timed whether what it takes says something of what is called */
    Counted(NodeBreaker breaker, Node.Closed node, boolean timed, long startNanos) {
        this.breaker = breaker;
        this.node = node;
        this.timed = timed;
        this.startNanos = startNanos;
    }

    @Override
    public void success() {
        report(Outcome.SUCCESS);
    }

    @Override
    public void failure(@Nullable Throwable why) {
        report(breaker.outcomeOf(why));
    }

    @Override
    public void ignore() {
        report(Outcome.IGNORED);
    }

    private void report(Outcome outcome) {
        if (reported.compareAndSet(false, true)) {
            breaker.count(node, timed ? startNanos : breaker.now(), outcome);
        }
    }
}
