package dev.upkeep.breaker;

import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/** Trips on the given number of failures with no success between them. */
final class ConsecutiveFailures implements TripRule {
    private final int limit;
    private final AtomicInteger inARow = new AtomicInteger();

    ConsecutiveFailures(int limit) {
        this.limit = limit;
    }

    @Override
    public Optional<String> success(long nowNanos, long tookNanos) {
        // Read first: while all is well no success writes to memory that all callers share.
        if (inARow.get() != 0) {
            inARow.set(0);
        }
        return Optional.empty();
    }

    @Override
    public Optional<String> failure(long nowNanos, long tookNanos) {
        int failures = inARow.incrementAndGet();
        if (failures < limit) {
            return Optional.empty();
        }
        return Optional.of(limit == 1 ? "a failure" : limit + " failures in a row");
    }
}
