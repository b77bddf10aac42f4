package dev.upkeep.component;

import dev.upkeep.api.breaker.BreakerOpenException;
import dev.upkeep.api.breaker.BreakerState;
import dev.upkeep.api.breaker.CircuitBreaker;
import dev.upkeep.api.breaker.Classification;
import dev.upkeep.api.breaker.Permit;
import dev.upkeep.api.time.Timers.Cancellable;
import dev.upkeep.component.BorrowedBreakers.Loan;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A breaker of the tree in the hands of one instance. What comes of a call counts in the instance's outcomes, too, which
 * {@code error-rate} reads; a refusal does not.
 *
 * <p>A call through a breaker that gives no trials away takes the breaker's own way, which may need no permit: that the
 * instance is over is seen when the call ends, and then it counts nowhere. A permit that may be a trial is kept account of, so
 * that it can be given back at once when the instance is abandoned (S5). A breaker that goes all the way from closed to half
 * open within the moment between that look and the call may give a trial to a call that nobody keeps account of; its lease
 * bounds it.
 *
 * <p>A component may reset a breaker: it may know that what it calls is back. To force one is a person's word.
 */
final class LentBreaker implements CircuitBreaker {
    private final CircuitBreaker breaker;
    private final RunningComponent instance;
    private final BorrowedBreakers loans;
    private final Judge standard = new Judge(Classification.STANDARD);
    /** Of the classification that was used last: most callers have one. */
    private volatile Judge last = standard;

    LentBreaker(CircuitBreaker breaker, RunningComponent instance, BorrowedBreakers loans) {
        this.breaker = breaker;
        this.instance = instance;
        this.loans = loans;
    }

    /** Counts what a call comes to for the instance as well, and lets nothing count once that is over. */
    private final class Judge implements Classification {
        private final Classification of;

        Judge(Classification of) {
            this.of = of;
        }

        @Override
        public Outcome ofResult(@Nullable Object result) {
            return instance.isOver() ? Outcome.IGNORED : counted(of.ofResult(result), null);
        }

        @Override
        public Outcome ofThrowable(Throwable thrown) {
            return instance.isOver() ? Outcome.IGNORED : counted(of.ofThrowable(thrown), thrown);
        }

        private Outcome counted(Outcome outcome, @Nullable Throwable thrown) {
            count(outcome == Outcome.FAILURE ? breaker.outcomeOf(thrown) : outcome);
            return outcome;
        }
    }

    /** What the breaker passes over says nothing of the instance either (C5). */
    private void count(Classification.Outcome outcome) {
        if (outcome != Classification.Outcome.IGNORED) {
            instance.record(outcome == Classification.Outcome.SUCCESS);
        }
    }

    @SuppressWarnings("ReferenceEquality") // the very one; two that are equal are rare
    private Judge judge(Classification classification) {
        if (classification == Classification.STANDARD) {
            return standard;
        }
        Judge known = last;
        if (known.of != classification) {
            known = new Judge(classification);
            last = known;
        }
        return known;
    }

    /** Returns whether the breaker may give away a trial, one of few. */
    private boolean mayBeATrial() {
        BreakerState state = breaker.view().state();
        return state == BreakerState.OPEN || state == BreakerState.HALF_OPEN;
    }

    @Override
    public <T> T call(Callable<T> call, Classification classification) throws Exception {
        if (instance.isOver()) {
            throw new BreakerOpenException(view());
        }
        return mayBeATrial()
                ? CircuitBreaker.super.call(call, classification)
                : breaker.call(call, judge(classification));
    }

    @Override
    public <T> CompletionStage<T> callAsync(
            Supplier<? extends CompletionStage<T>> call,
            Classification classification) {
        if (instance.isOver()) {
            return CompletableFuture.failedFuture(new BreakerOpenException(view()));
        }
        return mayBeATrial()
                ? CircuitBreaker.super.callAsync(call, classification)
                : breaker.callAsync(call, judge(classification));
    }

    @Override
    public Optional<Permit> tryAcquire() {
        return instance.isOver() ? Optional.empty() : breaker.tryAcquire().map(this::lend);
    }

    @Override
    public Optional<Permit> tryAcquire(Duration lease) {
        return instance.isOver() ? Optional.empty() : breaker.tryAcquire(lease).map(this::lend);
    }

    private Permit lend(Permit permit) {
        LentPermit lent = new LentPermit(permit);
        loans.note(lent);
        return lent;
    }

    @Override
    public Classification.Outcome outcomeOf(@Nullable Throwable thrown) {
        return breaker.outcomeOf(thrown);
    }

    @Override
    public View view() {
        View view = breaker.view();
        return instance.isOver()
                ? new View(view.name(), view.epoch(), view.state(), view.nextTrialNanos(),
                        "instance " + instance.id() + " is over, its calls are refused")
                : view;
    }

    @Override
    public Cancellable onChange(Consumer<View> listener) {
        if (instance.isOver()) {
            return () -> {};
        }
        Registration registration = new Registration(breaker.onChange(listener));
        loans.note(registration);
        return registration;
    }

    @Override
    public void reset() {
        if (!instance.isOver()) {
            breaker.reset();
        }
    }

    @Override
    public void force(BreakerState state, String why) {
        throw new UnsupportedOperationException(
                "a component cannot force the breaker '" + breaker.view().name() + "'");
    }

    @Override
    public Optional<Snapshot> snapshot() {
        return breaker.snapshot();
    }

    @Override
    public void restore(Snapshot snapshot) {
        throw new UnsupportedOperationException(
                "a component cannot restore the breaker '" + breaker.view().name() + "'");
    }

    /** Does nothing: the breaker belongs to the tree. */
    @Override
    public void close() {}

    /** Whoever takes it off the loans decides what becomes of it. */
    private final class LentPermit implements Permit, Loan {
        private final Permit permit;

        LentPermit(Permit permit) {
            this.permit = permit;
        }

        @Override
        public void success() {
            if (loans.settle(this)) {
                count(Classification.Outcome.SUCCESS);
                permit.success();
            }
        }

        @Override
        public void failure(@Nullable Throwable why) {
            if (loans.settle(this)) {
                permit.failure(why);
                count(breaker.outcomeOf(why));
            }
        }

        @Override
        public void ignore() {
            if (loans.settle(this)) {
                permit.ignore();
            }
        }

        @Override
        public void end() {
            ignore();
        }
    }

    /** Whoever takes it off the loans ends it. */
    private final class Registration implements Cancellable, Loan {
        private final Cancellable registered;

        Registration(Cancellable registered) {
            this.registered = registered;
        }

        @Override
        public void cancel() {
            if (loans.settle(this)) {
                registered.cancel();
            }
        }

        @Override
        public void end() {
            cancel();
        }
    }
}
