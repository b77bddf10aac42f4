package dev.upkeep.breaker;

import dev.upkeep.api.breaker.BreakerContext;
import dev.upkeep.api.breaker.BreakerState;
import dev.upkeep.api.breaker.CircuitBreaker;
import dev.upkeep.api.breaker.Permit;
import dev.upkeep.api.settings.Durations;
import dev.upkeep.api.time.Timers.Cancellable;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/** The breaker behind every type of this module: the states and their changes, without a lock. */
final class NodeBreaker implements CircuitBreaker {
    private static final Permit UNCOUNTED = new Permit() {
        @Override
        public void success() {}

        @Override
        public void failure(@Nullable Throwable why) {}

        @Override
        public void ignore() {}
    };

    private final BreakerContext context;
    private final Recovery recovery;
    private final LongFunction<TripRule> rules;
    private final Announcements announcements;
    private final AtomicReference<Node> node;

    /** @param rules makes a rule that has counted nothing, at that time of the context's ticker */
    NodeBreaker(BreakerContext context, Recovery recovery, LongFunction<TripRule> rules) {
        this.context = context;
        this.recovery = recovery;
        this.rules = rules;
        announcements = new Announcements(context, 1);
        View first = new View(context.name(), 0, BreakerState.CLOSED, Optional.empty(), "");
        node = new AtomicReference<>(closed(first, 0));
    }

    @Override
    public Optional<Permit> tryAcquire() {
        return switch (node.get()) {
            case Node.Closed closed -> Optional.of(new Counted(closed, now()));
            case Node.HalfOpen halfOpen -> trial(halfOpen);
            case Node.Open open -> {
                if (!open.isDue(now())) {
                    yield Optional.empty();
                }
                // Its timer is late, or lost: whoever comes may do the timer's work.
                beginTrials(open);
                yield tryAcquire();
            }
            case Node.Ended ended -> Optional.of(UNCOUNTED);
        };
    }

    /** The same as in the interface, but without a permit while the breaker is closed. */
    @Override
    public <T> T call(Callable<T> call) throws Exception {
        if (!(node.get() instanceof Node.Closed closed)) {
            return CircuitBreaker.super.call(call);
        }
        long start = now();
        T result;
        try {
            result = call.call();
        } catch (Throwable t) {
            failed(closed, start);
            throw t;
        }
        succeeded(closed, start);
        return result;
    }

    @Override
    public View view() {
        return node.get().view();
    }

    @Override
    public Cancellable onChange(Consumer<View> listener) {
        return announcements.add(listener);
    }

    @Override
    public void reset() {
        boolean done = false;
        while (!done) {
            done = switch (node.get()) {
                // No change of state, so no new epoch; but a new node, for permits and counts to be forgotten.
                case Node.Closed closed -> node.compareAndSet(closed, closed(closed.view(), 0));
                case Node.Ended ended -> true;
                case Node other -> move(other, closed(next(other, BreakerState.CLOSED, "reset"), 0));
            };
        }
    }

    @Override
    public void close() {
        Node current = node.get();
        while (!(current instanceof Node.Ended)
                && !move(current,
                        new Node.Ended(next(current, BreakerState.DISABLED, "its owner has ended")))) {
            current = node.get();
        }
    }

    private void succeeded(Node.Closed closed, long startNanos) {
        long now = now();
        closed.rule().success(now, now - startNanos).ifPresent(why -> trip(closed, why));
    }

    private void failed(Node.Closed closed, long startNanos) {
        long now = now();
        closed.rule().failure(now, now - startNanos).ifPresent(why -> trip(closed, why));
    }

    private void trip(Node.Closed closed, String why) {
        open(closed, recovery.down(closed.step(), now() - closed.sinceNanos()), why);
    }

    void trialFailed(Node.HalfOpen from, String why) {
        open(from, recovery.up(from.step()), why);
    }

    void trialSucceeded(Node.HalfOpen from, long startNanos) {
        if (from.succeeded(now() - startNanos)) {
            endTrials(from);
        } else {
            awaitQuiet(from);
        }
    }

    void trialIgnored(Node.HalfOpen from) {
        from.giveBack();
        awaitQuiet(from);
    }

    /**
     * Fewer may want to try than there are trials: two children that share a breaker of three. After some success, and
     * nobody trying for the time of a trial, those that came have to do; or it would stay half open for ever (C2).
     */
    private void awaitQuiet(Node.HalfOpen from) {
        if (isCurrent(from) && from.isQuiet()) {
            from.quietUntil(later(recovery.trialTimeout(), () -> {
                if (from.isQuiet()) {
                    endTrials(from);
                }
            }));
            if (!isCurrent(from)) {
                from.leave();
            }
        }
    }

    private void endTrials(Node.HalfOpen from) {
        int step = recovery.up(from.step());
        if (from.tooSlow()) {
            open(from, step, "its trials were slow");
        } else {
            int successes = from.successes();
            String why = successes == 1 ? "a trial succeeded" : successes + " trials succeeded";
            move(from, closed(next(from, BreakerState.CLOSED, why), step));
        }
    }

    private void open(Node from, int step, String why) {
        if (!isCurrent(from)) {
            return;
        }
        if (recovery.waitsForPerson()) {
            move(from, new Node.Open(next(from, BreakerState.OPEN, why), step));
            return;
        }
        long wait = recovery.openNanos(step, context.random().nextDouble());
        View view = new View(context.name(), from.view().epoch() + 1, BreakerState.OPEN,
                Optional.of(now() + wait),
                why);
        Node.Open open = new Node.Open(view, step);
        if (move(from, open)) {
            open.endsBy(later(Duration.ofNanos(wait), () -> beginTrials(open)));
            if (!isCurrent(open)) {
                open.leave();
            }
        }
    }

    private void beginTrials(Node.Open open) {
        int trials = recovery.trials().orElse(Math.max(1, context.defaultTrials()));
        String why = "it was open for " + Durations.format(Duration.ofNanos(recovery.openNanos(open.step())));
        move(open, new Node.HalfOpen(next(open, BreakerState.HALF_OPEN, why), open.step(), trials,
                rules.apply(now())));
    }

    private Optional<Permit> trial(Node.HalfOpen halfOpen) {
        if (!halfOpen.take()) {
            return Optional.empty();
        }
        Trial trial = new Trial(this, halfOpen, now());
        halfOpen.outstanding().add(trial);
        trial.leasedBy(later(recovery.trialTimeout(), trial::expire));
        if (!isCurrent(halfOpen)) {
            trial.endLease();
        }
        return Optional.of(trial);
    }

    private Node.Closed closed(View view, int step) {
        long now = now();
        return new Node.Closed(view, step, now, rules.apply(now));
    }

    private View next(Node from, BreakerState state, String why) {
        return new View(context.name(), from.view().epoch() + 1, state, Optional.empty(), why);
    }

    private boolean move(Node from, Node to) {
        if (!node.compareAndSet(from, to)) {
            return false;
        }
        from.leave();
        announcements.announce(to.view());
        return true;
    }

    @SuppressWarnings("ReferenceEquality") // a node is a stay, and no other stay is the same
    private boolean isCurrent(Node stay) {
        return node.get() == stay;
    }

    /** Sets a timer; without one the breaker still comes back, by {@link Node.Open#isDue}. */
    private @Nullable Cancellable later(Duration delay, Runnable task) {
        try {
            return context.timers().after(delay, task);
        } catch (RuntimeException e) {
            context.log()
                    .atWarn()
                    .addKeyValue("breaker", context.name())
                    .setCause(e)
                    .log("the breaker could not set a timer");
            return null;
        }
    }

    private long now() {
        return context.ticker().nanos();
    }

    /** The permit of a closed breaker. After a change it still counts, in a node that nobody looks at. */
    private final class Counted implements Permit {
        private final Node.Closed closed;
        private final long startNanos;
        private final AtomicBoolean reported = new AtomicBoolean();

        Counted(Node.Closed closed, long startNanos) {
            this.closed = closed;
            this.startNanos = startNanos;
        }

        @Override
        public void success() {
            if (reported.compareAndSet(false, true)) {
                succeeded(closed, startNanos);
            }
        }

        @Override
        public void failure(@Nullable Throwable why) {
            if (reported.compareAndSet(false, true)) {
                failed(closed, startNanos);
            }
        }

        @Override
        public void ignore() {
            reported.set(true);
        }
    }
}
