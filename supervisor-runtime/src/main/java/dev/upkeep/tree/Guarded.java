package dev.upkeep.tree;

import dev.upkeep.api.breaker.CircuitBreaker;
import dev.upkeep.api.breaker.CircuitBreaker.View;
import dev.upkeep.api.settings.Choice;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One breaker behind a catch. Its monitor orders what is put on the queue: a change that follows a refusal comes after it. */
final class Guarded {
    private static final Logger log = LoggerFactory.getLogger(Guarded.class);

    private final String name;
    private final CircuitBreaker breaker;
    private final AtomicBoolean complained = new AtomicBoolean();
    private volatile Choice choice;
    /** Added to its epochs, so that those of a name go on growing when a breaker is replaced. Set before others see it. */
    private long epochs;

    Guarded(String name, Choice choice, CircuitBreaker breaker) {
        this.name = name;
        this.choice = choice;
        this.breaker = breaker;
    }

    String name() {
        return name;
    }

    /** Returns what it was made by, or has been changed to since. */
    Choice choice() {
        return choice;
    }

    CircuitBreaker breaker() {
        return breaker;
    }

    /** Gives it other settings of its type, in place; says whether it has them now (C8). */
    boolean change(BreakerMaker maker, Choice next) {
        try {
            if (!maker.change(breaker, next)) {
                return false;
            }
        } catch (Throwable t) {
            complain(t);
            return false;
        }
        choice = next;
        return true;
    }

    /** Takes over the state of another, which it replaces, and numbers its own on from there. Called with its monitor held. */
    void follow(Guarded before) {
        synchronized (before) {
            before.guard(old -> epochs = before.epochs + old.view().epoch() + 1);
            before.guard(old -> old.snapshot().ifPresent(this::restore));
        }
    }

    void restore(CircuitBreaker.Snapshot snapshot) {
        guard(fresh -> fresh.restore(snapshot));
    }

    /** Returns the view as the tree numbers it. */
    View numbered(View view) {
        return epochs == 0
                ? view
                : new View(view.name(), view.epoch() + epochs, view.state(), view.nextTrialNanos(),
                        view.reason());
    }

    void guard(Consumer<CircuitBreaker> work) {
        try {
            work.accept(breaker);
        } catch (Throwable t) {
            complain(t);
        }
    }

    void complain(Throwable thrown) {
        pass(thrown);
        if (complained.compareAndSet(false, true)) {
            log.atError()
                    .addKeyValue("breaker", name)
                    .setCause(thrown)
                    .log("breaker failed, starts it cannot judge go without it; further failures are not logged");
        }
    }

    void close() {
        guard(CircuitBreaker::close);
    }

    static void pass(Throwable thrown) {
        if (thrown instanceof OutOfMemoryError outOfMemory) {
            throw outOfMemory;
        }
    }
}
