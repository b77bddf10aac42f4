package dev.upkeep.component;

import dev.upkeep.api.ChildSpec;
import dev.upkeep.api.Component;
import dev.upkeep.api.ComponentContext;
import dev.upkeep.api.ComponentSpec;
import dev.upkeep.api.StatefulComponent;
import dev.upkeep.api.breaker.CircuitBreaker;
import dev.upkeep.api.child.Cause;
import dev.upkeep.api.child.ChildPath;
import dev.upkeep.api.settings.Durations;
import dev.upkeep.supervise.Event;
import dev.upkeep.supervise.InstanceId;
import dev.upkeep.supervise.Outcome;
import dev.upkeep.tree.Vitals;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One instance of a component: what its thread runs, what it sees of itself, and how it is told to stop. There may be a
 * hundred thousand of them, most of them parked in {@link #awaitStop}: what few need is made on first use, and there are
 * few frames of ours below theirs.
 */
final class RunningComponent implements ComponentContext, Runnable {
    /** Waits beyond a hundred years need no timer. */
    private static final long FOR_EVER = TimeUnit.DAYS.toNanos(36_500);

    private final ComponentChildren owner;
    /** Its monitor also guards what is made on first use: the component could lock this object, which it knows. */
    private final InstanceId instance;
    private final ChildSpec spec;
    private final Vitals vitals;
    private volatile boolean stopAsked;
    /** Whether it has ended or was abandoned. Not read from the vitals: those that no check reads are shared. */
    private volatile boolean over;
    private volatile @Nullable Thread thread;
    /** Set while a component that has state runs. */
    private volatile @Nullable SaveBeforeStop save;
    /** For threads other than its own that wait for the stop. */
    private volatile @Nullable CountDownLatch others;
    private volatile @Nullable BorrowedBreakers borrowed;

    RunningComponent(ComponentChildren owner, InstanceId instance, ChildSpec spec, Vitals vitals) {
        this.owner = owner;
        this.instance = instance;
        this.spec = spec;
        this.vitals = vitals;
    }

    // What the loop does with it.

    void startOn(Thread own) {
        thread = own;
        own.start();
    }

    void saveAndStop() {
        SaveBeforeStop saving = save;
        if (saving == null) {
            askToStop();
        } else {
            saving.begin();
        }
    }

    void askToStop() {
        stopAsked = true;
        // Read after the flag is set: who begins to wait later sees the flag.
        LockSupport.unpark(thread);
        CountDownLatch waiting = others;
        if (waiting != null) {
            waiting.countDown();
        }
    }

    void kill() {
        SaveBeforeStop saving = save;
        if (saving != null) {
            saving.giveUp("it had not ended when the stop timeout passed");
        }
        askToStop();
        Thread own = thread;
        if (own != null) {
            own.interrupt();
        }
    }

    /** Voids all that it may still report, except its end. */
    void revoke() {
        over = true;
        vitals.revoke();
        BorrowedBreakers lent = borrowed;
        if (lent != null) {
            lent.takeBack();
        }
    }

    // What its own thread does.

    @Override
    public void run() {
        Component component = begin();
        if (component == null) {
            return;
        }
        Throwable thrown = null;
        try {
            // Asked to stop while it was being made: it need not begin.
            if (!stopAsked) {
                component.run(this);
            }
        } catch (Throwable t) {
            thrown = t;
        }
        end(thrown);
    }

    /** Makes it and gives it its state back; null if it could not be started, which has been told then. */
    private @Nullable Component begin() {
        Component component;
        try {
            component = make(((ComponentSpec) spec.work()).factory());
        } catch (Throwable t) {
            return refuse("its factory failed", t);
        }
        if (component == null) {
            return refuse("its factory returned nothing", null);
        }
        Thread.currentThread().setContextClassLoader(component.getClass().getClassLoader());
        if (component instanceof StatefulComponent stateful && !stopAsked) {
            try {
                Optional<byte[]> state = owner.states().load(instance.path());
                if (state.isPresent()) {
                    stateful.restore(state.get());
                }
            } catch (Throwable t) {
                return refuse("its state could not be restored", t);
            }
            save = new SaveBeforeStop(this, stateful);
        }
        owner.events().offerAndHelp(new Event.Started(instance, OptionalLong.empty()));
        return component;
    }

    private static @Nullable Component make(Callable<? extends Component> factory) throws Exception {
        Thread.currentThread().setContextClassLoader(factory.getClass().getClassLoader());
        return factory.call();
    }

    private @Nullable Component refuse(String reason, @Nullable Throwable thrown) {
        if (thrown != null) {
            ComponentChildren.logIfOutOfMemory(instance, thrown);
        }
        endLife();
        owner.events()
                .offerAndHelp(
                        new Event.StartRefused(instance, Cause.startFailed(reason, thrown), false));
        return null;
    }

    private void end(@Nullable Throwable thrown) {
        endLife();
        Outcome outcome;
        List<String> lastWords;
        if (thrown == null) {
            outcome = new Outcome.Returned();
            lastWords = List.of();
        } else {
            ComponentChildren.logIfOutOfMemory(instance, thrown);
            String words = LastWords.text(thrown);
            outcome = new Outcome.Threw(thrown, words);
            lastWords = owner.stacks().take() ? LastWords.of(thrown) : List.of(words);
        }
        owner.events().offerAndHelp(new Event.Ended(instance, outcome, lastWords, false));
    }

    /** From here on this object is a name without a life: it holds nothing that was the component's. */
    private void endLife() {
        revoke();
        thread = null;
        SaveBeforeStop saving = save;
        if (saving != null) {
            save = null;
            saving.giveUp("the component ended before it");
        }
        // An interrupt was meant for the component, not for those this thread helps from here on.
        Thread.interrupted();
    }

    // What others of this package ask it.

    InstanceId id() {
        return instance;
    }

    /** Returns whether it has ended or was abandoned: nothing it reports counts. */
    boolean isOver() {
        return over;
    }

    void keep(byte[] state, BooleanSupplier tooLate) throws IOException {
        owner.states().save(instance.path(), state, () -> isOver() || tooLate.getAsBoolean());
    }

    void tell(Event event) {
        owner.events().offer(event);
    }

    // What the component sees.

    @Override
    public ChildPath path() {
        return instance.path();
    }

    @Override
    public long generation() {
        return instance.generation();
    }

    @Override
    public void heartbeat() {
        vitals.beat(owner.ticker().nanos());
    }

    @Override
    public void record(boolean ok) {
        vitals.record(ok ? 1 : 0, ok ? 0 : 1);
    }

    @Override
    public boolean shouldStop() {
        return stopAsked;
    }

    @Override
    public boolean awaitStop(Duration atMost) throws InterruptedException {
        long nanos = Durations.saturatedNanos(atMost);
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        if (stopAsked || nanos <= 0) {
            return stopAsked;
        }
        if (Thread.currentThread() != thread) {
            return others().await(nanos, TimeUnit.NANOSECONDS);
        }
        // A latch for each of very many threads is memory, one latch for all of them takes quadratic time to interrupt.
        long deadline = System.nanoTime() + nanos;
        while (!stopAsked) {
            if (nanos >= FOR_EVER) {
                LockSupport.park(this);
            } else {
                LockSupport.parkNanos(this, nanos);
                nanos = deadline - System.nanoTime();
            }
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            if (nanos <= 0) {
                return stopAsked;
            }
        }
        return true;
    }

    private CountDownLatch others() {
        CountDownLatch latch;
        synchronized (instance) {
            latch = others;
            if (latch == null) {
                latch = new CountDownLatch(1);
                others = latch;
            }
        }
        if (stopAsked) {
            // Asked before the latch could be seen.
            latch.countDown();
        }
        return latch;
    }

    @Override
    public void save(byte[] state) throws IOException {
        keep(Objects.requireNonNull(state, "state").clone(), () -> false);
    }

    @Override
    public CircuitBreaker breaker() {
        String name = spec.breaker()
                .map(use -> use.shared().orElse(path().value()))
                .orElseThrow(() -> new IllegalStateException("child '" + path() + "' has no breaker"));
        return find(name)
                .orElseThrow(() -> new IllegalStateException(
                        "the breaker '" + name + "' of child '" + path() + "' could not be made"));
    }

    @Override
    public CircuitBreaker breaker(String name) {
        // Those named by a path belong to other children.
        return (name.contains("/") && !name.equals(path().value())
                ? Optional.<CircuitBreaker>empty()
                : find(name)).orElseThrow(
                        () -> new IllegalArgumentException(
                                "child '" + path() + "' knows no breaker named '" + name + "'"));
    }

    private Optional<CircuitBreaker> find(String name) {
        return owner.breaker(name).map(breaker -> borrowed().lend(breaker));
    }

    private BorrowedBreakers borrowed() {
        synchronized (instance) {
            BorrowedBreakers known = borrowed;
            if (known == null) {
                known = new BorrowedBreakers(this);
                borrowed = known;
            }
            return known;
        }
    }
}
