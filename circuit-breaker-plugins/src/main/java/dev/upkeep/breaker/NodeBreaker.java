package dev.upkeep.breaker;

import dev.upkeep.api.breaker.BreakerContext;
import dev.upkeep.api.breaker.BreakerOpenException;
import dev.upkeep.api.breaker.BreakerState;
import dev.upkeep.api.breaker.CircuitBreaker;
import dev.upkeep.api.breaker.Classification;
import dev.upkeep.api.breaker.Classification.Outcome;
import dev.upkeep.api.breaker.Permit;
import dev.upkeep.api.settings.Durations;
import dev.upkeep.api.time.Ticker;
import dev.upkeep.api.time.Timers.Cancellable;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The breaker behind every type of this module: the states and their changes, without a lock. */
final class NodeBreaker implements CircuitBreaker {
    private final BreakerContext context;
    private final Ticker ticker;
    private final Alarms alarms;
    private final Announcements announcements;
    private final AtomicReference<Node> node;
    private volatile Terms terms;

    NodeBreaker(BreakerContext context, Terms terms, InitialState initial) {
        this.context = context;
        this.terms = terms;
        ticker = context.ticker();
        alarms = new Alarms(context);
        announcements = new Announcements(context, 1);
        String why = initial == InitialState.CLOSED ? "" : "it was configured so";
        node = new AtomicReference<>(
                settled(new View(context.name(), 0, initial.state(), Optional.empty(), why), 0));
    }

    /** Gives a breaker of this module other terms, and returns whether it was one. */
    static boolean change(CircuitBreaker breaker, Terms terms) {
        if (!(breaker instanceof NodeBreaker ours)) {
            return false;
        }
        ours.terms = terms;
        Node current = ours.node.get();
        if (current instanceof Node.Closed closed) {
            ours.followTerms(closed);
        } else if (current instanceof Node.Open open) {
            ours.endWaitForPerson(open);
        }
        return true;
    }

    @Override
    public Optional<Permit> tryAcquire() {
        return Optional.ofNullable(permit(node.get(), null));
    }

    @Override
    public Optional<Permit> tryAcquire(Duration lease) {
        return Optional.ofNullable(permit(node.get(), lease));
    }

    @Override
    public Permit acquire() {
        Node current = node.get();
        Permit permit = permit(current, null);
        if (permit == null) {
            throw new BreakerOpenException(current.view());
        }
        return permit;
    }

    @Override
    public Optional<Permit> tryByHand(Duration lease) {
        while (node.get() instanceof Node.Open open) {
            Node.HalfOpen halfOpen = trials(open, open, "a person tries");
            halfOpen.take();
            Trial first = new Trial(this, halfOpen, false, ticker.nanos());
            halfOpen.outstanding().add(first);
            if (move(open, halfOpen)) {
                return Optional.of(leased(first, halfOpen, lease));
            }
        }
        return tryAcquire(lease);
    }

    /** @param lease of a trial, if it is for a start, which is never slow; null for a call, with the lease of the settings */
    private @Nullable Permit permit(Node current, @Nullable Duration lease) {
        return switch (current) {
            case Node.Closed closed -> new Counted(this, closed, lease == null, ticker.nanos());
            case Node.HalfOpen halfOpen -> trial(halfOpen, lease);
            case Node.Open open -> {
                if (!open.isTimed() || !open.isDue(ticker.nanos())) {
                    yield null;
                }
                // Its timer is late, or lost: whoever comes may do the timer's work.
                beginTrials(open);
                yield permit(node.get(), lease);
            }
            case Node.Refusing refusing -> null;
            case Node.Passing passing -> Uncounted.PERMIT;
        };
    }

    /** The same as in the interface, but without a permit while the breaker is closed. */
    @Override
    public <T> T call(Callable<T> call, Classification classification) throws Exception {
        return node.get() instanceof Node.Closed closed
                ? callClosed(closed, call, classification)
                : CircuitBreaker.super.call(call, classification);
    }

    private <T> T callClosed(Node.Closed closed, Callable<T> call, Classification classification)
            throws Exception {
        long start = ticker.nanos();
        T result;
        try {
            result = call.call();
        } catch (Throwable t) {
            Outcome outcome = classification.ofThrowable(t);
            count(closed, start, outcome == Outcome.FAILURE ? outcomeOf(t) : outcome);
            throw t;
        }
        count(closed, start, classification.ofResult(result));
        return result;
    }

    /** Counts what ended just now, and opens if that is enough. */
    void count(Node.Closed closed, long startNanos, Outcome outcome) {
        if (outcome == Outcome.IGNORED) {
            return;
        }
        String why = outcome == Outcome.SUCCESS
                ? closed.rule().success(startNanos)
                : closed.rule().failure(startNanos);
        if (why != null) {
            trip(closed, why);
        }
    }

    long now() {
        return ticker.nanos();
    }

    @Override
    public Outcome outcomeOf(@Nullable Throwable thrown) {
        return terms.verdicts().of(thrown);
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
        settle(BreakerState.CLOSED, 0, "reset");
    }

    /** The same as in the interface; a breaker that is in that state already stays as it is, but CLOSED is a reset. */
    @Override
    public void force(BreakerState state, String why) {
        switch (state) {
            case OPEN, HALF_OPEN -> throw new IllegalArgumentException("breaker '" + context.name()
                    + "' cannot be forced into " + state + "; FORCED_OPEN refuses everything");
            case CLOSED -> settle(state, 0, why);
            case FORCED_OPEN, DISABLED, METRICS_ONLY -> {
                if (view().state() != state) {
                    settle(state, 0, why);
                }
            }
        }
    }

    @Override
    public Optional<Snapshot> snapshot() {
        Node current = node.get();
        return hasEnded(current)
                ? Optional.empty()
                : Optional.of(current.snapshot(ticker.nanos(), terms.recovery()));
    }

    @Override
    public void restore(Snapshot snapshot) {
        int step = Recovery.step(snapshot.step());
        if (snapshot.state() != BreakerState.OPEN) {
            settle(snapshot.state(), step, snapshot.reason());
            return;
        }
        Node current = node.get();
        while (!hasEnded(current)
                && !moveToOpen(current, step, snapshot.untilTrial(), snapshot.reason())) {
            current = node.get();
        }
    }

    @Override
    public void close() {
        Node current = node.get();
        while (!hasEnded(current)
                && !move(current, new Node.Passing(
                        next(current, BreakerState.DISABLED, "its owner has ended"), true))) {
            current = node.get();
        }
    }

    /** Goes to a state that nothing but a word, or a count, ends. */
    private void settle(BreakerState state, int step, String why) {
        boolean done = false;
        while (!done) {
            Node current = node.get();
            if (hasEnded(current)) {
                return;
            } else if (current.view().state() == state) {
                // No change of state, so no new epoch; but a new node, for permits and counts to be forgotten.
                done = swap(current, settled(current.view(), step));
            } else {
                done = move(current, settled(next(current, state, why), step));
            }
        }
    }

    private Node settled(View view, int step) {
        return switch (view.state()) {
            case FORCED_OPEN -> new Node.Refusing(view);
            case DISABLED -> new Node.Passing(view, false);
            case CLOSED, METRICS_ONLY, OPEN, HALF_OPEN ->
                new Node.Closed(view, step, ticker.nanos(), terms.rules().fresh(context));
        };
    }

    private static boolean hasEnded(Node current) {
        return current instanceof Node.Passing passing && passing.ended();
    }

    private void trip(Node.Closed closed, String why) {
        if (closed.view().state() == BreakerState.CLOSED) {
            open(closed, closed.stepAt(ticker.nanos(), terms.recovery()), why);
        } else if (closed.isFirstToTell()) {
            context.log()
                    .atInfo()
                    .addKeyValue("breaker", context.name())
                    .addKeyValue("why", why)
                    .log("the breaker would have opened, but it is there for its metrics only");
        }
    }

    void trialFailed(Node.HalfOpen from, String why) {
        open(from, terms.recovery().up(from.step()), why);
    }

    void trialSucceeded(Node.HalfOpen from, long tookNanos) {
        if (from.succeeded(tookNanos)) {
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
     * nobody trying for the time of a trial, those that came have to do; or it would stay half open for ever (C2). If all
     * gave their permits back it begins its trials anew: those that were refused meanwhile wait to hear of a change.
     */
    private void awaitQuiet(Node.HalfOpen from) {
        if (isCurrent(from) && from.isQuiet()) {
            from.quietUntil(alarms.after(terms.recovery().trialTimeout(), () -> {
                if (from.isQuiet() && from.successes() > 0) {
                    endTrials(from);
                } else if (from.isQuiet()) {
                    move(from, trials(from, from.before(), "its trials were given back"));
                }
            }));
            if (!isCurrent(from)) {
                from.leave();
            }
        }
    }

    private void endTrials(Node.HalfOpen from) {
        int step = terms.recovery().up(from.step());
        if (from.tooSlow()) {
            open(from, step, "its trials were slow");
        } else {
            int successes = from.successes();
            String why = successes == 1 ? "a trial succeeded" : successes + " trials succeeded";
            move(from, settled(next(from, BreakerState.CLOSED, why), step));
        }
    }

    private void open(Node from, int step, String why) {
        if (isCurrent(from)) {
            moveToOpen(from, step, Optional.empty(), why);
        }
    }

    /** @param left of its time; as long as the settings say if empty */
    private boolean moveToOpen(Node from, int step, Optional<Duration> left, String why) {
        Optional<Duration> untilTrial = left.or(() -> terms.recovery().openTime(step, context.random()));
        long now = ticker.nanos();
        Node.Open open = new Node.Open(new View(context.name(), from.view().epoch() + 1, BreakerState.OPEN,
                untilTrial.map(wait -> now + Durations.saturatedNanos(wait)), why), step);
        if (!move(from, open)) {
            return false;
        }
        untilTrial.ifPresent(wait -> {
            open.endsBy(alarms.after(wait, () -> beginTrials(open)));
            if (!isCurrent(open)) {
                open.leave();
            }
        });
        endWaitForPerson(open);
        return true;
    }

    /** Gives one its time that waits for a person, if that is not what the settings say any more. */
    private void endWaitForPerson(Node.Open open) {
        if (!open.isTimed() && !terms.recovery().waitsForPerson()) {
            open(open, open.step(), open.view().reason());
        }
    }

    private void beginTrials(Node.Open open) {
        move(open, trials(open, open, "it was open for "
                + Durations.format(Duration.ofNanos(terms.recovery().openNanos(open.step())))));
    }

    private Node.HalfOpen trials(Node from, Node.Open open, String why) {
        Terms current = terms;
        int trials = current.recovery().trials().orElse(Math.max(1, context.defaultTrials()));
        return new Node.HalfOpen(next(from, BreakerState.HALF_OPEN, why), open, trials,
                current.rules().fresh(context));
    }

    private @Nullable Permit trial(Node.HalfOpen halfOpen, @Nullable Duration lease) {
        if (!halfOpen.take()) {
            halfOpen.expire(ticker.nanos());
            return null;
        }
        Trial trial = new Trial(this, halfOpen, lease == null, ticker.nanos());
        halfOpen.outstanding().add(trial);
        return leased(trial, halfOpen, lease == null ? terms.recovery().trialTimeout() : lease);
    }

    private Trial leased(Trial trial, Node.HalfOpen halfOpen, Duration lease) {
        trial.leasedBy(alarms.after(lease, trial::expire),
                ticker.nanos() + Math.min(Durations.saturatedNanos(lease), Trial.LONGEST_LEASE));
        if (!isCurrent(halfOpen)) {
            trial.endLease();
        }
        return trial;
    }

    private View next(Node from, BreakerState state, String why) {
        return new View(context.name(), from.view().epoch() + 1, state, Optional.empty(), why);
    }

    private boolean move(Node from, Node to) {
        boolean moved = swap(from, to);
        if (moved) {
            announcements.announce(to.view());
        }
        return moved;
    }

    private boolean swap(Node from, Node to) {
        boolean swapped = node.compareAndSet(from, to);
        if (swapped) {
            from.leave();
            if (to instanceof Node.Closed closed) {
                followTerms(closed);
            }
        }
        return swapped;
    }

    /** Whoever swaps the node and whoever changes the terms both come here, so that one of them sees what the other did. */
    @SuppressWarnings("ReferenceEquality") // other terms are another object
    private void followTerms(Node.Closed closed) {
        Terms followed;
        do {
            followed = terms;
            closed.follow(followed.rules(), context);
        } while (followed != terms);
    }

    @SuppressWarnings("ReferenceEquality") // a node is a stay, and no other stay is the same
    private boolean isCurrent(Node stay) {
        return node.get() == stay;
    }
}
