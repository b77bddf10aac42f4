package dev.upkeep.component;

import dev.upkeep.api.breaker.CircuitBreaker;
import dev.upkeep.api.breaker.Permit;
import dev.upkeep.api.time.Timers.Cancellable;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The breakers of the tree as one instance has them. When the instance is over, the permits it holds are given back
 * uncounted, its listeners hear nothing, and it gets no more (S5).
 */
final class BorrowedBreakers {
    private final RunningComponent instance;
    private final Set<Loan> open = ConcurrentHashMap.newKeySet();

    BorrowedBreakers(RunningComponent instance) {
        this.instance = instance;
    }

    /** Something that ends with the instance. */
    private interface Loan {
        void end();
    }

    CircuitBreaker lend(CircuitBreaker breaker) {
        return new Lent(breaker);
    }

    /** Takes everything back. The instance counts as over already, so nothing can be added that is not seen here. */
    void takeBack() {
        open.forEach(Loan::end);
    }

    private void note(Loan loan) {
        open.add(loan);
        if (instance.isOver()) {
            loan.end();
        }
    }

    private final class Lent implements CircuitBreaker {
        private final CircuitBreaker breaker;

        Lent(CircuitBreaker breaker) {
            this.breaker = breaker;
        }

        @Override
        public Optional<Permit> tryAcquire() {
            if (instance.isOver()) {
                return Optional.empty();
            }
            return breaker.tryAcquire().map(permit -> {
                LentPermit lent = new LentPermit(permit);
                note(lent);
                return lent;
            });
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
            note(registration);
            return registration;
        }

        @Override
        public void reset() {
            if (!instance.isOver()) {
                breaker.reset();
            }
        }

        /** Does nothing: the breaker belongs to the tree. */
        @Override
        public void close() {}
    }

    /** Whoever takes it out of the open loans decides what becomes of it. */
    private final class LentPermit implements Permit, Loan {
        private final Permit permit;

        LentPermit(Permit permit) {
            this.permit = permit;
        }

        @Override
        public void success() {
            if (open.remove(this)) {
                permit.success();
            }
        }

        @Override
        public void failure(@Nullable Throwable why) {
            if (open.remove(this)) {
                permit.failure(why);
            }
        }

        @Override
        public void ignore() {
            if (open.remove(this)) {
                permit.ignore();
            }
        }

        @Override
        public void end() {
            ignore();
        }
    }

    /** Whoever takes it out of the open loans ends it. */
    private final class Registration implements Cancellable, Loan {
        private final Cancellable registered;

        Registration(Cancellable registered) {
            this.registered = registered;
        }

        @Override
        public void cancel() {
            if (open.remove(this)) {
                registered.cancel();
            }
        }

        @Override
        public void end() {
            cancel();
        }
    }
}
