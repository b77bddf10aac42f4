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
    private final Choice choice;
    private final CircuitBreaker breaker;
    private final AtomicBoolean complained = new AtomicBoolean();
    /** Added to its epochs, so that those of a name go on growing when a breaker is replaced. Guarded by this. */
    private long epochs;

    Guarded(String name, Choice choice, CircuitBreaker breaker) {
        this.name = name;
        this.choice = choice;
        this.breaker = breaker;
    }

    String name() {
        return name;
    }

    Choice choice() {
        return choice;
    }

    CircuitBreaker breaker() {
        return breaker;
    }

    /** Numbers its states on from those of another. Called with its monitor held. */
    void follow(Guarded before) {
        synchronized (before) {
            before.guard(old -> epochs = before.epochs + old.view().epoch() + 1);
        }
    }

    /** Returns the view as the tree numbers it. Called with its monitor held. */
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
