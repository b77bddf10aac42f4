package dev.upkeep.probe;

import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Attempts that have ended and are not judged yet. Any thread puts, only the holder of the schedule's lock takes. */
final class FinishedAttempts {
    private final AtomicReference<@Nullable Attempt> top = new AtomicReference<>();

    void put(Attempt attempt) {
        Attempt before;
        do {
            before = top.get();
            attempt.below = before;
        } while (!top.compareAndSet(before, attempt));
    }

    boolean isEmpty() {
        return top.get() == null;
    }

    @Nullable
    Attempt take() {
        while (true) {
            Attempt first = top.get();
            if (first == null) {
                return null;
            }
            if (top.compareAndSet(first, first.below)) {
                first.below = null;
                return first;
            }
        }
    }
}
