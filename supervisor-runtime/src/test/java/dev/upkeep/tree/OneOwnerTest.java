package dev.upkeep.tree;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.upkeep.api.Supervisor;
import dev.upkeep.api.TreeSpec;
import dev.upkeep.api.child.ActualState;
import dev.upkeep.api.child.ChildPath;
import dev.upkeep.api.event.EventKind;
import dev.upkeep.api.time.Ticker;
import dev.upkeep.supervise.Event;
import dev.upkeep.supervise.InstanceId;
import dev.upkeep.supervise.Outcome;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Whoever decides: one at a time, nothing twice, nothing lost, nothing slept through. */
@Timeout(120)
class OneOwnerTest {
    private static final int THREADS = 8;
    private static final int EVENTS = 40_000;
    /** Fewer than a listener's ring holds: nothing is lost that is to be seen. */
    private static final int UNDER_WAY = 4_000;
    private static final ChildPath A = new ChildPath("shop/a");
    private static final Pattern NUMBER = Pattern.compile("\\d+");

    private final FakeChildren children = new FakeChildren();
    private Duration wait = Duration.ZERO;
    private final TreeSpec spec = Supervisor.named("shop")
            .intensity(1_000_000, Duration.ofNanos(1))
            .child("a", c -> c.component(() -> context -> {}))
            .build();
    private final TreeLoop loop = new TreeLoop(spec, FixedPlugins.waiting(() -> wait), Ticker.system(),
            InstantSource.system(),
            1);

    private void start() {
        children.obey(loop);
        loop.start(children.ports());
        await().until(() -> state() == ActualState.RUNNING);
    }

    private ActualState state() {
        return loop.snapshot().find(A).orElseThrow().actual();
    }

    @AfterEach
    void end() throws Exception {
        loop.offer(new Event.ShutdownAsked("test"));
        loop.offer(new Event.ShutdownAsked("test"));
        loop.ended().get(30, TimeUnit.SECONDS);
    }

    @Test
    void manyThreadsThatOfferAndHelpHaveEachEventDecidedOnceAndInTheirOrder() throws Exception {
        start();
        Semaphore room = new Semaphore(UNDER_WAY);
        int[] next = new int[THREADS];
        AtomicReference<@Nullable String> fault = new AtomicReference<>();
        long[] sequence = {Long.MIN_VALUE};
        loop.listen(event -> {
            if (sequence[0] != Long.MIN_VALUE && event.sequence() != sequence[0] + 1) {
                fault.compareAndSet(null, "event " + event.sequence() + " follows " + sequence[0]);
            }
            sequence[0] = event.sequence();
            if (event.kind() == EventKind.CARRIERS_BUSY) {
                int number = numberIn(event.text());
                int from = number / EVENTS;
                if (number % EVENTS != next[from]++) {
                    fault.compareAndSet(null, "thread " + from + ": " + number % EVENTS + " instead of "
                            + (next[from] - 1));
                }
                room.release();
            }
        });

        List<Thread> threads = new ArrayList<>();
        for (int t = 0; t < THREADS; t++) {
            int first = t * EVENTS;
            SplittableRandom random = new SplittableRandom(t);
            Thread.Builder builder = t % 2 == 0 ? Thread.ofVirtual() : Thread.ofPlatform();
            threads.add(builder.start(() -> {
                for (int i = 0; i < EVENTS; i++) {
                    room.acquireUninterruptibly();
                    Event event = new Event.CarriersBusy(first + i);
                    if (random.nextInt(4) == 0) {
                        loop.offer(event);
                    } else {
                        loop.offerAndHelp(event);
                    }
                    if (random.nextInt(1000) == 0) {
                        // So that the loop runs dry, and its thread goes to sleep.
                        room.acquireUninterruptibly(UNDER_WAY / THREADS / 2);
                        room.release(UNDER_WAY / THREADS / 2);
                    }
                }
            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        room.acquire(UNDER_WAY);

        assertThat(fault.get()).isNull();
        assertThat(next).containsOnly(EVENTS);
        assertThat(loop.count(EventKind.CARRIERS_BUSY)).isEqualTo((long) THREADS * EVENTS);
    }

    private static int numberIn(String text) {
        Matcher matcher = NUMBER.matcher(text);
        assertThat(matcher.find()).isTrue();
        return Integer.parseInt(matcher.group());
    }

    @Test
    void oneEventAtATimeIsNeverSleptThrough() throws Exception {
        start();
        Semaphore heard = new Semaphore(0);
        loop.listen(event -> heard.release());
        for (int i = 0; i < 20_000; i++) {
            if (i % 2 == 0) {
                loop.offer(new Event.CarriersBusy(i));
            } else {
                loop.offerAndHelp(new Event.CarriersBusy(i));
            }
            assertThat(heard.tryAcquire(20, TimeUnit.SECONDS)).as("event %d", i).isTrue();
        }
    }

    @Test
    void aTimerThatAHelperSetIsNotSleptThrough() {
        wait = Duration.ofMillis(3);
        start();
        for (int i = 1; i <= 100; i++) {
            loop.offerAndHelp(crash(children.latest()));
            long next = i + 1;
            await().pollInterval(Duration.ofMillis(1)).until(() -> children.latest().generation() == next);
        }
    }

    private static Event crash(InstanceId instance) {
        return new Event.Ended(instance, new Outcome.Threw(new IllegalStateException("on purpose")),
                List.of(), false);
    }

    @Test
    void aHelperStartsTheNextInstanceItselfWithItsInterruptAndItsClassLoaderOutOfTheWay() {
        start();
        ClassLoader own = new ClassLoader() {
        };
        Thread me = Thread.currentThread();
        ClassLoader before = me.getContextClassLoader();
        try {
            me.setContextClassLoader(own);
            Optional<FakeChildren.Start> mine = Optional.empty();
            // The loop's own thread may be at work at the very moment.
            for (int i = 0; i < 1000 && mine.isEmpty(); i++) {
                InstanceId dies = children.latest();
                me.interrupt();
                loop.offerAndHelp(crash(dies));
                assertThat(Thread.interrupted()).isTrue();
                assertThat(me.getContextClassLoader()).isSameAs(own);
                await().until(() -> children.latest().generation() == dies.generation() + 1
                        && state() == ActualState.RUNNING);
                mine = children.starts().stream().filter(start -> start.thread() == me).findFirst();
            }
            assertThat(mine).isPresent();
            assertThat(mine.get().interrupted()).isFalse();
            assertThat(mine.get().loader()).isNotSameAs(own);
        } finally {
            me.setContextClassLoader(before);
        }
    }

    @Test
    void aHelperIsLetGoThoughOthersGoOnOffering() throws Exception {
        start();
        AtomicBoolean stop = new AtomicBoolean();
        Semaphore room = new Semaphore(UNDER_WAY);
        loop.listen(event -> room.release());
        Thread flood = Thread.ofPlatform().start(() -> {
            for (int i = 0; !stop.get(); i++) {
                room.acquireUninterruptibly();
                loop.offer(new Event.CarriersBusy(i));
            }
        });
        for (int i = 0; i < 2000; i++) {
            loop.offerAndHelp(new Event.CarriersBusy(i));
        }
        stop.set(true);
        room.release();
        assertThat(flood.join(Duration.ofSeconds(30))).isTrue();
    }

    @Test
    void whatAPortOffersWhileItIsCalledIsDecidedAfterwards() {
        AtomicBoolean inside = new AtomicBoolean();
        AtomicReference<@Nullable String> fault = new AtomicReference<>();
        children.onStart(instance -> {
            if (!inside.compareAndSet(false, true)) {
                fault.set("a port was called while it was called");
            }
            loop.offerAndHelp(new Event.Started(instance, java.util.OptionalLong.empty()));
            if (instance.generation() < 2000) {
                loop.offerAndHelp(crash(instance));
            }
            inside.set(false);
        });
        loop.start(children.ports());
        await().until(() -> state() == ActualState.RUNNING && children.latest().generation() == 2000);
        assertThat(fault.get()).isNull();
    }
}
