package dev.upkeep.component;

import static org.assertj.core.api.Assertions.assertThat;

import dev.upkeep.api.ChildSpec;
import dev.upkeep.api.Component;
import dev.upkeep.api.ComponentContext;
import dev.upkeep.api.ComponentSpec;
import dev.upkeep.api.ComponentSpec.ThreadKind;
import dev.upkeep.api.ProcessSpec;
import dev.upkeep.api.StopRule;
import dev.upkeep.api.WhenAbandoned;
import dev.upkeep.api.Work;
import dev.upkeep.api.child.Cause;
import dev.upkeep.api.child.ChildPath;
import dev.upkeep.api.child.RestartType;
import dev.upkeep.api.time.Ticker;
import dev.upkeep.supervise.Event;
import dev.upkeep.supervise.InstanceId;
import dev.upkeep.supervise.Outcome;
import dev.upkeep.tree.EventQueue;
import dev.upkeep.tree.Vitals;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
final class ComponentChildrenTest {
    private InstanceId id = new InstanceId(new ChildPath("shop/web/api"), 3);
    private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();
    private final Vitals vitals = new Vitals();
    private final Ticker ticker = () -> 42;
    private final ComponentChildren children = new ComponentChildren(events::add, ticker,
            name -> Optional.empty(), new StatesInMemory());

    private void start(Callable<? extends Component> factory, ThreadKind kind) {
        start(new ComponentSpec("api", factory, kind));
    }

    private void start(Component component) {
        start(() -> component, ThreadKind.VIRTUAL);
    }

    private void start(Work work) {
        children.start(id, specOf(work), vitals);
    }

    static ChildSpec specOf(Work work) {
        return new ChildSpec("api", work, RestartType.PERMANENT, ChildSpec.defaultStop(work),
                ChildSpec.DEFAULT_START_TIMEOUT, ChildSpec.DEFAULT_BACKOFF, Optional.empty(), List.of(),
                List.of(), true,
                false, false, false, WhenAbandoned.HOLD, Optional.empty());
    }

    private Event next() throws InterruptedException {
        Event event = events.poll(20, TimeUnit.SECONDS);
        assertThat(event).as("an event within 20 s").isNotNull();
        return event;
    }

    private void expectStarted() throws InterruptedException {
        assertThat(next()).isEqualTo(new Event.Started(id, OptionalLong.empty()));
    }

    private Event.Ended expectEnded() throws InterruptedException {
        expectStarted();
        return (Event.Ended) next();
    }

    @Test
    void aComponentThatReturnsHasEnded() throws Exception {
        start(context -> {});

        Event.Ended ended = expectEnded();
        assertThat(ended.outcome()).isEqualTo(new Outcome.Returned());
        assertThat(ended.lastWords()).isEmpty();
        assertThat(ended.membersLeft()).isFalse();
    }

    @Test
    void whatIsThrownIsReportedWithTheTopOfItsStackAndItsCauses() throws Exception {
        IllegalStateException thrown = new IllegalStateException("no queue",
                new java.io.IOException("disk full"));
        start(context -> {
            throw thrown;
        });

        Event.Ended ended = expectEnded();
        assertThat(ended.outcome()).isEqualTo(new Outcome.Threw(thrown));
        assertThat(ended.lastWords()).hasSizeLessThanOrEqualTo(LastWords.LINES)
                .startsWith("java.lang.IllegalStateException: no queue")
                .contains("Caused by: java.io.IOException: disk full");
        assertThat(ended.lastWords().get(1)).startsWith("    at dev.upkeep.component.ComponentChildrenTest");
    }

    @Test
    void errorsAreReportedToo() throws Exception {
        OutOfMemoryError thrown = new OutOfMemoryError("as if");
        start(context -> {
            throw thrown;
        });

        assertThat(expectEnded().outcome()).isEqualTo(new Outcome.Threw(thrown));
    }

    @Test
    void aThrowableWhoseMessageThrowsIsAnEndLikeAnyOther() throws Exception {
        start(context -> {
            throw new RuntimeException() {
                @Override
                public String getMessage() {
                    throw new IllegalStateException("again");
                }
            };
        });

        assertThat(expectEnded().lastWords().get(0)).startsWith(getClass().getName() + "$");
    }

    @Test
    void lastWordsAreBoundedWhateverIsThrown() {
        Throwable circle = new IllegalStateException("x\n".repeat(1000) + "y".repeat(5000));
        circle.initCause(new IllegalStateException("z".repeat(5000), circle));

        assertThat(LastWords.of(circle)).hasSize(LastWords.LINES)
                .allSatisfy(line -> assertThat(line.length()).isLessThan(310));
        assertThat(LastWords.of(new IllegalStateException("z".repeat(5000), circle)))
                .hasSize(LastWords.LINES);
    }

    @Test
    void aFactoryThatThrowsIsAFailedStart() throws Exception {
        IllegalStateException thrown = new IllegalStateException("no database");
        start(() -> {
            throw thrown;
        }, ThreadKind.VIRTUAL);

        Event.StartRefused refused = (Event.StartRefused) next();
        assertThat(refused.hostShortage()).isFalse();
        assertThat(refused.cause().kind()).isEqualTo(Cause.Kind.START_FAILED);
        assertThat(refused.cause().throwable()).contains(thrown);
        assertThat(refused.cause()).hasToString("start-failed(its factory failed: " + thrown + ")");
    }

    @SuppressWarnings("NullAway") // what a program without null checks may do
    @Test
    void aFactoryThatReturnsNothingIsAFailedStart() throws Exception {
        start(() -> null, ThreadKind.VIRTUAL);

        assertThat(next()).isEqualTo(
                new Event.StartRefused(id, Cause.startFailed("its factory returned nothing"), false));
    }

    @Test
    void whatIsNoComponentIsRefused() throws Exception {
        start(ProcessSpec.of("true"));

        assertThat(next()).isEqualTo(
                new Event.StartRefused(id, Cause.startFailed("'api' is not a component"), false));
    }

    @Test
    void theThreadIsOfTheWantedKindAndBearsThePathOfTheChild() throws Exception {
        for (ThreadKind kind : ThreadKind.values()) {
            AtomicReference<Thread> thread = new AtomicReference<>();
            AtomicReference<ClassLoader> loader = new AtomicReference<>();
            id = new InstanceId(id.path(), id.generation() + 1);
            start(() -> context -> {
                thread.set(Thread.currentThread());
                loader.set(Thread.currentThread().getContextClassLoader());
            }, kind);
            expectEnded();

            assertThat(thread.get().getName()).isEqualTo("web/api");
            assertThat(thread.get().isVirtual()).isEqualTo(kind == ThreadKind.VIRTUAL);
            assertThat(loader.get()).isSameAs(getClass().getClassLoader());
        }
    }

    @Test
    void aStopWakesAComponentThatWaitsForIt() throws Exception {
        CountDownLatch looked = new CountDownLatch(1);
        start(context -> {
            assertThat(context.shouldStop()).isFalse();
            assertThat(context.awaitStop(Duration.ZERO)).isFalse();
            looked.countDown();
            assertThat(context.awaitStop(Duration.ofDays(100_000))).isTrue();
            assertThat(context.shouldStop()).isTrue();
        });
        expectStarted();
        looked.await();

        children.stop(id, StopRule.within(Duration.ofSeconds(5)), false);

        assertThat(((Event.Ended) next()).outcome()).isEqualTo(new Outcome.Returned());
    }

    @Test
    void aComponentThatIsStoppedWhileItIsBeingMadeDoesNotBegin() throws Exception {
        CountDownLatch making = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        AtomicReference<String> ran = new AtomicReference<>("no");
        start(() -> {
            making.countDown();
            goOn.await();
            return context -> ran.set("yes");
        }, ThreadKind.VIRTUAL);
        making.await();
        children.stop(id, StopRule.within(Duration.ofSeconds(5)), false);
        goOn.countDown();

        assertThat(expectEnded().outcome()).isEqualTo(new Outcome.Returned());
        assertThat(ran).hasValue("no");
    }

    @Test
    void aKillInterruptsAndMayComeAgain() throws Exception {
        CountDownLatch first = new CountDownLatch(1);
        CountDownLatch began = new CountDownLatch(1);
        start(context -> {
            began.countDown();
            try {
                Thread.sleep(Duration.ofDays(1));
            } catch (InterruptedException e) {
                first.countDown();
                Thread.sleep(Duration.ofDays(1));
            }
        });
        expectStarted();
        began.await();

        children.kill(id);
        assertThat(first.await(20, TimeUnit.SECONDS)).isTrue();
        children.kill(id);

        assertThat(((Event.Ended) next()).outcome()).isInstanceOfSatisfying(Outcome.Threw.class,
                threw -> assertThat(threw.throwable()).isInstanceOf(InterruptedException.class));
    }

    @Test
    void s5AnAbandonedComponentReportsNothingButItsEnd() throws Exception {
        CountDownLatch revoked = new CountDownLatch(1);
        AtomicReference<ComponentContext> kept = new AtomicReference<>();
        start(context -> {
            context.heartbeat();
            context.record(true);
            kept.set(context);
            revoked.await();
            context.record(false);
        });
        expectStarted();
        while (kept.get() == null) {
            Thread.onSpinWait();
        }

        children.revoke(id);
        revoked.countDown();

        assertThat(next()).isInstanceOf(Event.Ended.class);
        assertThat(vitals.outcomes().ok()).isEqualTo(1);
        assertThat(vitals.outcomes().failed()).isZero();
        assertThat(vitals.lastBeatNanos(0)).isEqualTo(42);
    }

    @Test
    void theContextIsVoidOnceTheInstanceHasEnded() throws Exception {
        AtomicReference<ComponentContext> kept = new AtomicReference<>();
        start(kept::set);
        expectEnded();

        kept.get().heartbeat();
        kept.get().record(true);

        assertThat(vitals.lastBeatNanos(0)).isZero();
        assertThat(vitals.outcomes().ok()).isZero();
    }

    @Test
    void anUnknownBreakerIsRefusedByName() throws Exception {
        start(context -> context.breaker("db"));

        assertThat(expectEnded().outcome()).isInstanceOfSatisfying(Outcome.Threw.class,
                threw -> assertThat(threw.throwable()).isInstanceOf(IllegalArgumentException.class)
                        .hasMessageContaining("'db'"));
    }

    @Test
    void anyNumberOfThreadsOfAComponentMayWaitForItsStop() throws Exception {
        CountDownLatch woken = new CountDownLatch(3);
        CountDownLatch waiting = new CountDownLatch(3);
        start(context -> {
            for (int i = 0; i < 3; i++) {
                Thread.ofVirtual().start(() -> {
                    waiting.countDown();
                    try {
                        assertThat(context.awaitStop(Duration.ofDays(1))).isTrue();
                        woken.countDown();
                    } catch (InterruptedException e) {
                        throw new IllegalStateException(e);
                    }
                });
            }
            context.awaitStop(Duration.ofDays(1));
            woken.await();
        });
        expectStarted();
        waiting.await();

        children.stop(id, StopRule.within(Duration.ofSeconds(5)), false);

        assertThat(((Event.Ended) next()).outcome()).isEqualTo(new Outcome.Returned());
    }

    @Test
    void aWakeUpWithoutAStopIsNone() throws Exception {
        AtomicReference<Thread> own = new AtomicReference<>();
        start(context -> {
            own.set(Thread.currentThread());
            assertThat(context.awaitStop(Duration.ofDays(100_000))).isTrue();
        });
        expectStarted();
        for (int i = 0; i < 1000; i++) {
            LockSupport.unpark(own.get());
        }
        assertThat(events.poll(20, TimeUnit.MILLISECONDS)).isNull();

        children.stop(id, StopRule.within(Duration.ofSeconds(5)), false);

        assertThat(((Event.Ended) next()).outcome()).isEqualTo(new Outcome.Returned());
    }

    @Test
    void aWaitThatIsOverSaysThatNobodyAsked() throws Exception {
        start(context -> assertThat(context.awaitStop(Duration.ofMillis(5))).isFalse());

        assertThat(expectEnded().outcome()).isEqualTo(new Outcome.Returned());
    }

    @Test
    void anInterruptEndsAWaitEvenIfItCameBefore() throws Exception {
        start(context -> {
            Thread.currentThread().interrupt();
            context.awaitStop(Duration.ofDays(1));
        });

        assertThat(expectEnded().outcome()).isInstanceOfSatisfying(Outcome.Threw.class,
                threw -> assertThat(threw.throwable()).isInstanceOf(InterruptedException.class));
    }

    /** A lost wake-up would leave a component parked, and the test without an event. */
    @Test
    void aStopIsNeverLostHoweverItMeetsTheWait() throws Exception {
        for (int i = 1; i <= 3000; i++) {
            id = new InstanceId(new ChildPath("shop/web/api"), i);
            start(context -> context.awaitStop(Duration.ofDays(100_000)));
            for (int spin = 0; spin < i % 300; spin++) {
                Thread.onSpinWait();
            }
            children.stop(id, StopRule.within(Duration.ofSeconds(5)), false);
            assertThat(expectEnded().outcome()).isEqualTo(new Outcome.Returned());
        }
    }

    @Test
    void nothingIsInheritedFromTheThreadThatStartsIt() throws Exception {
        InheritableThreadLocal<String> ofTheParent = new InheritableThreadLocal<>();
        ofTheParent.set("secret");
        for (ThreadKind kind : ThreadKind.values()) {
            id = new InstanceId(id.path(), id.generation() + 1);
            AtomicReference<String> seen = new AtomicReference<>("nothing was run");
            start(() -> context -> seen.set(String.valueOf(ofTheParent.get())), kind);
            expectEnded();

            assertThat(seen).hasValue("null");
        }
        ofTheParent.remove();
    }

    @Test
    void anInterruptForTheComponentIsNotPassedOnToThoseItsThreadHelps() throws Exception {
        AtomicReference<Boolean> interrupted = new AtomicReference<>();
        CountDownLatch told = new CountDownLatch(1);
        new ComponentChildren(new EventQueue() {
            @Override
            public void offer(Event event) {}

            @Override
            public void offerAndHelp(Event event) {
                if (event instanceof Event.Ended) {
                    interrupted.set(Thread.currentThread().isInterrupted());
                    told.countDown();
                }
            }
        }, ticker, name -> Optional.empty(), new StatesInMemory())
                .start(id, specOf(ComponentSpec.of(() -> context -> Thread.currentThread().interrupt())),
                        vitals);
        told.await();

        assertThat(interrupted).hasValue(false);
    }

    @Test
    void nothingOfADeadInstanceIsKept() throws Exception {
        BlockingQueue<WeakReference<Object>> of = new LinkedBlockingQueue<>();
        start(() -> new Component() {
            @Override
            public void run(ComponentContext context) {
                of.add(new WeakReference<>(this));
                of.add(new WeakReference<>(Thread.currentThread()));
            }
        }, ThreadKind.VIRTUAL);
        expectEnded();
        WeakReference<Object> dead = of.take();
        WeakReference<Object> thread = of.take();
        long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (!(dead.refersTo(null) && thread.refersTo(null)) && System.nanoTime() < deadline) {
            System.gc();
        }
        assertThat(dead.refersTo(null)).as("component collected").isTrue();
        assertThat(thread.refersTo(null)).as("thread collected").isTrue();
        assertThat(id.handle()).isNotNull();
    }

    @Test
    void wordsToInstancesThatAreNotThereArePassedOver() {
        children.stop(id, StopRule.brutal(), false);
        children.kill(id);
        children.revoke(id);

        assertThat(events).isEmpty();
    }
}
