package dev.upkeep.control;

import dev.upkeep.api.Supervisor;
import dev.upkeep.api.breaker.BreakerState;
import dev.upkeep.api.breaker.CircuitBreaker;
import dev.upkeep.api.breaker.CircuitBreaker.Snapshot;
import dev.upkeep.api.child.ChildStatus;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What {@code upkeep why} says of a child's breaker: which it is, its state, why, and when it lets a trial through. */
final class BreakerWords {
    private static final Logger log = LoggerFactory.getLogger(BreakerWords.class);

    private BreakerWords() {}

    /** Returns nothing for a child without a breaker, and for one that is closed and has nothing to do with how the child is. */
    static Optional<String> of(Supervisor tree, ChildStatus child, Moments moments) {
        try {
            return tree.breaker(child.path()).flatMap(breaker -> words(breaker, child, moments));
        } catch (RuntimeException | LinkageError | AssertionError | StackOverflowError e) {
            // It is a plugin's.
            log.atWarn().addKeyValue("child", child.path()).setCause(e).log("its breaker could not be asked");
            return Optional.empty();
        }
    }

    private static Optional<String> words(CircuitBreaker breaker, ChildStatus child, Moments moments) {
        CircuitBreaker.View view = breaker.view();
        if (view.state() == BreakerState.CLOSED) {
            return Optional.empty();
        }
        String name = view.name().equals(child.path().value()) ? "its own" : "'" + view.name() + "'";
        String trial = breaker.snapshot()
                .filter(snapshot -> view.state() == BreakerState.OPEN)
                .flatMap(Snapshot::untilTrial)
                .map(left -> "; next trial " + moments.said(moments.now().plus(left)))
                .orElse("");
        return Optional.of(name + " is " + StatusJson.word(view.state())
                + (view.reason().isEmpty() ? "" : ": " + view.reason()) + trial);
    }
}
