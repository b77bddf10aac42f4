package dev.upkeep.breaker;

import dev.upkeep.api.breaker.BreakerContext;
import dev.upkeep.api.breaker.BreakerState;
import dev.upkeep.api.breaker.CircuitBreaker.Snapshot;
import dev.upkeep.api.breaker.CircuitBreaker.View;
import dev.upkeep.api.time.Timers.Cancellable;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** One stay of a breaker in one state. A breaker holds exactly one, and swaps it for the next by compare-and-set. */
sealed interface Node {
    View view();

    /** Returns what has to survive the supervisor (C8). */
    default Snapshot snapshot(long nowNanos, Recovery recovery) {
        return new Snapshot(view().state(), 0, Optional.empty(), view().reason());
    }

    /** Cancels the timers of the stay. One that comes all the same finds that its node is not the current one. */
    default void leave() {}

    /** Lets everything through and counts: CLOSED, which opens when its rule says so, and METRICS_ONLY, which never does. */
    final class Closed implements Node {
        private final View view;
        private final int step;
        private final long sinceNanos;
        private final AtomicBoolean told = new AtomicBoolean();
        private volatile TripRule rule;

        /** @param step where on the ladder of open times the next opening is, before any health since then */
        Closed(View view, int step, long sinceNanos, TripRule rule) {
            this.view = view;
            this.step = step;
            this.sinceNanos = sinceNanos;
            this.rule = rule;
        }

        @Override
        public View view() {
            return view;
        }

        TripRule rule() {
            return rule;
        }

        /** Goes on under other settings, if they are others. */
        void follow(TripRule.Source rules, BreakerContext context) {
            TripRule before = rule;
            if (!before.source().equals(rules)) {
                rule = rules.after(before, context);
                before.stop();
            }
        }

        @Override
        public void leave() {
            rule.stop();
        }

        @Override
        public Snapshot snapshot(long nowNanos, Recovery recovery) {
            return new Snapshot(view.state(), stepAt(nowNanos, recovery), Optional.empty(), view.reason());
        }

        /** Returns the step of an opening now: health since it closed leads down. */
        int stepAt(long nowNanos, Recovery recovery) {
            return recovery.down(step, nowNanos - sinceNanos);
        }

        /** Returns whether this is the first time that it would have opened. */
        boolean isFirstToTell() {
            return told.compareAndSet(false, true);
        }
    }

    /** Refuses everything until its timer, or a person, ends it. */
    final class Open implements Node {
        private final View view;
        private final int step;
        private final boolean timed;
        private final long endNanos;
        private volatile @Nullable Cancellable timer;

        Open(View view, int step) {
            this.view = view;
            this.step = step;
            timed = view.nextTrialNanos().isPresent();
            endNanos = view.nextTrialNanos().orElse(0L);
        }

        @Override
        public View view() {
            return view;
        }

        int step() {
            return step;
        }

        /** Returns whether it ends by itself. */
        boolean isTimed() {
            return timed;
        }

        /** Returns whether it should have ended by now, whatever has become of its timer. */
        boolean isDue(long nowNanos) {
            return timed && nowNanos - endNanos >= 0;
        }

        @Override
        public Snapshot snapshot(long nowNanos, Recovery recovery) {
            Optional<Duration> untilTrial = timed
                    ? Optional.of(Duration.ofNanos(Math.max(0, endNanos - nowNanos)))
                    : Optional.empty();
            return new Snapshot(view.state(), step, untilTrial, view.reason());
        }

        void endsBy(@Nullable Cancellable value) {
            timer = value;
        }

        @Override
        public void leave() {
            Alarms.cancel(timer);
        }
    }

    /** Lets a few trials through: all that are wanted have to succeed, one failure is enough. */
    final class HalfOpen implements Node {
        private final View view;
        private final Open before;
        private final int trials;
        private final TripRule rule;
        private final AtomicInteger free;
        private final AtomicInteger succeeded = new AtomicInteger();
        private final AtomicInteger slow = new AtomicInteger();
        private final Set<Trial> outstanding = ConcurrentHashMap.newKeySet();
        private final AtomicReference<@Nullable Cancellable> quiet = new AtomicReference<>();

        HalfOpen(View view, Open before, int trials, TripRule rule) {
            this.view = view;
            this.before = before;
            this.trials = trials;
            this.rule = rule;
            free = new AtomicInteger(trials);
        }

        @Override
        public View view() {
            return view;
        }

        int step() {
            return before.step();
        }

        /** Returns what it was before. */
        Open before() {
            return before;
        }

        /** A trial is due, for what it had opened. */
        @Override
        public Snapshot snapshot(long nowNanos, Recovery recovery) {
            return new Snapshot(BreakerState.OPEN, step(), Optional.of(Duration.ZERO),
                    before.view().reason());
        }

        /** Takes one of the trials, if any is left. */
        boolean take() {
            return free.getAndUpdate(left -> left > 0 ? left - 1 : 0) > 0;
        }

        /** Ends the trials whose lease is over, whatever has become of their timers. */
        void expire(long nowNanos) {
            for (Trial trial : outstanding) {
                trial.expireIfDue(nowNanos);
            }
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

        /** Returns whether nobody is at a trial now. */
        boolean isQuiet() {
            return outstanding.isEmpty();
        }

        void quietUntil(@Nullable Cancellable timer) {
            Alarms.cancel(quiet.getAndSet(timer));
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

    /** Forced open: refuses everything until a person says otherwise. */
    record Refusing(View view) implements Node {}

    /**
     * Lets everything through and counts nothing.
     *
     * @param ended nothing leads away from here
     */
    record Passing(View view, boolean ended) implements Node {}
}
