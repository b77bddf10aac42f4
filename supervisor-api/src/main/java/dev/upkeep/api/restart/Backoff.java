package dev.upkeep.api.restart;

import java.time.Duration;
import java.util.Optional;

/**
 * How long to wait before a child that failed is started again. A pure function, called on the tree's loop: it must
 * not block or remember. If it throws or answers with a negative duration, {@code exponential}'s defaults serve.
 */
@FunctionalInterface
public interface Backoff {
    /** Returns the wait before the attempt, zero or longer. */
    Duration delay(Attempt attempt);

    /** Returns how long a child must have been ready to begin at attempt 1 again; the runtime's rule (B8) if empty. */
    default Optional<Duration> resetAfter() {
        return Optional.empty();
    }

    /**
     * What a back-off may know.
     *
     * @param number counts failures in a row, from 1
     * @param previous the wait before the attempt before; zero at the first
     * @param uptime how long the failed instance had run
     * @param random uniform in [0, 1), drawn by the tree's seeded generator
     */
    record Attempt(int number, Duration previous, Duration uptime, double random) {
        public Attempt {
            if (number < 1) {
                throw new IllegalArgumentException("attempts count from 1, but this is " + number);
            }
        }
    }
}
