package com.example.resilience;

import dev.upkeep.api.breaker.BreakerContext;
import dev.upkeep.api.breaker.BreakerState;
import dev.upkeep.api.breaker.CircuitBreaker;
import dev.upkeep.api.breaker.Permit;
import dev.upkeep.api.time.Ticker;
import dev.upkeep.api.time.Timers.Cancellable;
import io.github.resilience4j.circuitbreaker.CircuitBreaker.State;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * A breaker of Resilience4j behind the interface of Upkeep's.
 *
 * <p>What Resilience4j does, it is left to do: window, thresholds, permissions, states. What the interface asks for besides is done
 * here: states are numbered, a report belongs to the state its permit was given in, trials begin by a timer of the tree (with
 * Resilience4j's own thread a test could not set the time), and a trial nobody reports on is given up. All that touches the breaker
 * holds this object's monitor, for an instant and around nothing that waits: so a number always fits its state.
 */
final class Resilience4jBreaker implements CircuitBreaker {
    private static final Cancellable NOTHING = () -> {};
    private static final Throwable FAILED_RESULT = new RuntimeException("the result is a failure", null, false, false) {
        private static final long serialVersionUID = 1L;
    };

    private final Resilience4jFactory.Settings settings;
    private final BreakerContext context;
    private final io.github.resilience4j.circuitbreaker.CircuitBreaker breaker;
    private final List<Consumer<View>> listeners = new CopyOnWriteArrayList<>();

    /** Written with the monitor held. */
    private volatile View view;
    // Guarded by the monitor.
    private Cancellable trialTimer = NOTHING;
    private Duration nextWait;
    private String why = "";
    private boolean closed;

    Resilience4jBreaker(Resilience4jFactory.Settings settings, BreakerContext context) {
        this.settings = settings;
        this.context = context;
        nextWait = settings.waitDurationInOpenState();
        view = new View(context.name(), 0, BreakerState.CLOSED, Optional.empty(), "");
        breaker = io.github.resilience4j.circuitbreaker.CircuitBreaker.of(context.name(), CircuitBreakerConfig.custom()
                .failureRateThreshold((float) settings.failureRateThreshold())
                .slowCallRateThreshold((float) settings.slowCallRateThreshold())
                .slowCallDurationThreshold(settings.slowCallDurationThreshold())
                .slidingWindow(settings.slidingWindowSize(), settings.minimumNumberOfCalls(), settings.slidingWindowType())
                .waitDurationInOpenState(settings.waitDurationInOpenState())
                .permittedNumberOfCallsInHalfOpenState(
                        settings.permittedNumberOfCallsInHalfOpenState().orElse(context.defaultTrials()))
                .clock(new TickerClock(context.ticker()))
                .build());
        breaker.getEventPublisher().onStateTransition(event -> changed());
    }

    @Override
    public Optional<Permit> tryAcquire() {
        return take(settings.trialTimeout(), true);
    }

    /** For a start, which has to last to be a success, and is not slow for that. */
    @Override
    public Optional<Permit> tryAcquire(Duration lease) {
        return take(lease, false);
    }

    private synchronized Optional<Permit> take(Duration lease, boolean timed) {
        if (!breaker.tryAcquirePermission()) {
            return Optional.empty();
        }
        Taken permit = new Taken(view.epoch(), timed);
        if (view.state() == BreakerState.HALF_OPEN) {
            permit.lease = context.timers().after(lease, permit::expire);
        }
        return Optional.of(permit);
    }

    @Override
    public synchronized Optional<Permit> tryByHand(Duration lease) {
        beginTrials(view.epoch(), "asked for by hand");
        return tryAcquire(lease);
    }

    @Override
    public View view() {
        return view;
    }

    @Override
    public Cancellable onChange(Consumer<View> listener) {
        Consumer<View> registered = listener::accept;
        listeners.add(registered);
        return () -> listeners.remove(registered);
    }

    @Override
    public synchronized void reset() {
        if (!closed) {
            move("reset", breaker::reset);
        }
    }

    @Override
    public synchronized void force(BreakerState state, String word) {
        Runnable change = switch (state) {
            case CLOSED -> breaker::transitionToClosedState;
            case FORCED_OPEN -> breaker::transitionToForcedOpenState;
            case DISABLED -> breaker::transitionToDisabledState;
            case METRICS_ONLY -> breaker::transitionToMetricsOnlyState;
            case OPEN, HALF_OPEN -> throw new IllegalArgumentException("a breaker comes to " + state + " by itself");
        };
        if (!closed) {
            move(word, change);
        }
    }

    @Override
    public synchronized Optional<Snapshot> snapshot() {
        View now = view;
        return Optional.of(switch (now.state()) {
            case HALF_OPEN -> new Snapshot(BreakerState.OPEN, 0, Optional.of(Duration.ZERO), now.reason());
            case OPEN -> new Snapshot(BreakerState.OPEN, 0, now.nextTrialNanos()
                    .map(at -> Duration.ofNanos(Math.max(0, at - context.ticker().nanos()))), now.reason());
            default -> new Snapshot(now.state(), 0, Optional.empty(), now.reason());
        });
    }

    @Override
    public synchronized void restore(Snapshot snapshot) {
        if (closed) {
            return;
        }
        breaker.reset();
        if (snapshot.state() == BreakerState.OPEN) {
            nextWait = snapshot.untilTrial().orElse(settings.waitDurationInOpenState());
            move(snapshot.reason(), () -> breaker.transitionToOpenStateFor(nextWait));
        } else {
            force(snapshot.state(), snapshot.reason());
        }
    }

    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            move("its owner has ended", breaker::transitionToDisabledState);
        }
    }

    private void move(String word, Runnable change) {
        why = word;
        try {
            change.run();
        } finally {
            why = "";
        }
    }

    private synchronized void beginTrials(long epoch, String word) {
        if (view.epoch() == epoch && breaker.getState() == State.OPEN) {
            move(word, breaker::transitionToHalfOpenState);
        }
    }

    /** Called by the breaker, on the thread that changed it, with the monitor held. */
    private void changed() {
        trialTimer.cancel();
        trialTimer = NOTHING;
        BreakerState state = BreakerState.valueOf(breaker.getState().name());
        long epoch = view.epoch() + 1;
        Duration wait = nextWait;
        nextWait = settings.waitDurationInOpenState();
        boolean open = state == BreakerState.OPEN;
        view = new View(context.name(), epoch, state,
                open ? Optional.of(context.ticker().nanos() + wait.toNanos()) : Optional.empty(), reason(state));
        if (open) {
            trialTimer = context.timers().after(wait, () -> beginTrials(epoch, "its time is over"));
        }
        announce(view);
    }

    private String reason(BreakerState state) {
        if (!why.isEmpty() || state != BreakerState.OPEN) {
            return why;
        }
        return String.format(Locale.ROOT, "%.1f %% failed and %.1f %% were slow of %d calls",
                breaker.getMetrics().getFailureRate(), breaker.getMetrics().getSlowCallRate(),
                breaker.getMetrics().getNumberOfBufferedCalls());
    }

    /** The executor keeps the order, and the monitor is held: listeners hear of changes as they happened. */
    private void announce(View now) {
        try {
            context.listeners().execute(() -> listeners.forEach(listener -> tell(listener, now)));
        } catch (RejectedExecutionException e) {
            context.log().atDebug().addKeyValue("breaker", context.name()).log("nobody listens any more");
        }
    }

    private void tell(Consumer<View> listener, View now) {
        try {
            listener.accept(now);
        } catch (RuntimeException e) {
            context.log().atWarn().addKeyValue("breaker", context.name()).setCause(e).log("a listener of the breaker threw");
        }
    }

    private final class Taken implements Permit {
        private final long epoch;
        private final boolean timed;
        private final long start = context.ticker().nanos();
        private Cancellable lease = NOTHING;
        private boolean reported;

        Taken(long epoch, boolean timed) {
            this.epoch = epoch;
            this.timed = timed;
        }

        private long took() {
            return timed ? context.ticker().nanos() - start : 0;
        }

        @Override
        public void success() {
            report(() -> breaker.onSuccess(took(), TimeUnit.NANOSECONDS));
        }

        @Override
        public void failure(Throwable why) {
            report(() -> breaker.onError(took(), TimeUnit.NANOSECONDS,
                    why == null ? FAILED_RESULT : why));
        }

        @Override
        public void ignore() {
            report(breaker::releasePermission);
        }

        void expire() {
            failure(null);
        }

        /** The first report counts; and one that comes after a change of state changes nothing. */
        private void report(Runnable report) {
            synchronized (Resilience4jBreaker.this) {
                if (!reported) {
                    reported = true;
                    lease.cancel();
                    if (view.epoch() == epoch) {
                        report.run();
                    }
                }
            }
        }
    }

    /** Resilience4j asks a clock; this one goes as the tree's ticker does. */
    private static final class TickerClock extends Clock {
        private final Ticker ticker;

        TickerClock(Ticker ticker) {
            this.ticker = ticker;
        }

        @Override
        public Instant instant() {
            return Instant.ofEpochSecond(0, ticker.nanos());
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }
}
