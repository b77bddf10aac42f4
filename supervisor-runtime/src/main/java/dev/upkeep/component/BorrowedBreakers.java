package dev.upkeep.component;

import dev.upkeep.api.breaker.CircuitBreaker;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

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
    interface Loan {
        void end();
    }

    CircuitBreaker lend(CircuitBreaker breaker) {
        return new LentBreaker(breaker, instance, this);
    }

    /** Takes everything back. The instance counts as over already, so nothing can be added that is not seen here. */
    void takeBack() {
        open.forEach(Loan::end);
    }

    void note(Loan loan) {
        open.add(loan);
        if (instance.isOver()) {
            loan.end();
        }
    }

    /** Takes one thing off the loans: whoever does so decides what becomes of it. Returns whether it was there. */
    boolean settle(Loan loan) {
        return open.remove(loan);
    }
}
