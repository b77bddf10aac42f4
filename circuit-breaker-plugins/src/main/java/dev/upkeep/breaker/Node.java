package dev.upkeep.breaker;

import dev.upkeep.api.breaker.CircuitBreaker.View;
import dev.upkeep.api.time.Timers.Cancellable;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** One stay of a breaker in one state. A breaker holds exactly one, and swaps it for the next by compare-and-set. */
sealed interface Node {
    View view();

    /** Cancels the timers of the stay. One that comes all the same finds that its node is not the current one. */
    default void leave() {}

    private static void cancel(@Nullable Cancellable timer) {
        if (timer != null) {
            timer.cancel();
        }
    }

    /**
     * Lets everything through and counts.
     *
     * @param step where on the ladder of open times the next opening is, before any health since then
     */
    record Closed(View view, int step, long sinceNanos, TripRule rule) implements Node {}

    /** Refuses everything until its timer, or a person, ends it. */
    final class Open implements Node {
        private final View view;
        private final int step;
        private volatile @Nullable Cancellable timer;

        Open(View view, int step) {
            this.view = view;
            this.step = step;
        }

        @Override
        public View view() {
            return view;
        }

        int step() {
            return step;
        }

        /** Returns whether it should have ended by now, whatever has become of its timer. */
        boolean isDue(long nowNanos) {
            return view.nextTrialNanos().isPresent() && nowNanos - view.nextTrialNanos().get() >= 0;
        }

        void endsBy(@Nullable Cancellable value) {
            timer = value;
        }

        @Override
        public void leave() {
            cancel(timer);
        }
    }

    /** Lets a few trials through: all that are wanted have to succeed, one failure is enough. */
    final class HalfOpen implements Node {
        private final View view;
        private final int step;
        private final int trials;
        private final TripRule rule;
        private final AtomicInteger free;
        private final AtomicInteger succeeded = new AtomicInteger();
        private final AtomicInteger slow = new AtomicInteger();
        private final Set<Trial> outstanding = ConcurrentHashMap.newKeySet();
        private final AtomicReference<@Nullable Cancellable> quiet = new AtomicReference<>();

        HalfOpen(View view, int step, int trials, TripRule rule) {
            this.view = view;
            this.step = step;
            this.trials = trials;
            this.rule = rule;
            free = new AtomicInteger(trials);
        }

        @Override
        public View view() {
            return view;
        }

        int step() {
            return step;
        }

        int trials() {
            return trials;
        }

        /** Takes one of the trials, if any is left. */
        boolean take() {
            return free.getAndUpdate(left -> left > 0 ? left - 1 : 0) > 0;
        }

        void giveBack() {
            free.incrementAndGet();
        }

        /** Counts a trial that succeeded, and returns whether it was the last that was missing. */
        boolean succeeded(long tookNanos) {
            if (rule.isSlow(tookNanos)) {
                slow.incrementAndGet();
            }
            return succeeded.incrementAndGet() == trials;
        }

        int successes() {
            return succeeded.get();
        }

        boolean tooSlow() {
            return rule.tooSlow(slow.get(), succeeded.get());
        }

        /** Returns whether some trials succeeded, and nobody is at one now. */
        boolean isQuiet() {
            return succeeded.get() > 0 && outstanding.isEmpty();
        }

        void quietUntil(@Nullable Cancellable timer) {
            cancel(quiet.getAndSet(timer));
        }

        Set<Trial> outstanding() {
            return outstanding;
        }

        @Override
        public void leave() {
            outstanding.forEach(Trial::endLease);
            quietUntil(null);
        }
    }

    /** Ended: lets everything through and counts nothing. */
    record Ended(View view) implements Node {}
}
