package dev.upkeep.breaker;

import dev.upkeep.api.breaker.BreakerContext;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Trips on the given number of failures with no success between them. */
final class ConsecutiveFailures extends TripRule {
    /** @param failures it trips on the failure with this number */
    record Limit(int failures) implements Source {
        @Override
        public TripRule fresh(BreakerContext context) {
            return new ConsecutiveFailures(this, new AtomicLong());
        }

        @Override
        public TripRule after(TripRule before, BreakerContext context) {
            return before instanceof ConsecutiveFailures same
                    ? new ConsecutiveFailures(this, same.inARow)
                    : fresh(context);
        }
    }

    private final Limit limit;
    private final AtomicLong inARow;

    private ConsecutiveFailures(Limit limit, AtomicLong inARow) {
        this.limit = limit;
        this.inARow = inARow;
    }

    @Override
    Source source() {
        return limit;
    }

    @Override
    @Nullable
    String success(long startNanos) {
        // Read first: while all is well no success writes to memory that all callers share.
        if (inARow.get() != 0) {
            inARow.set(0);
        }
        return null;
    }

    @Override
    @Nullable
    String failure(long startNanos) {
        if (inARow.incrementAndGet() < limit.failures()) {
            return null;
        }
        return limit.failures() == 1 ? "a failure" : limit.failures() + " failures in a row";
    }
}
