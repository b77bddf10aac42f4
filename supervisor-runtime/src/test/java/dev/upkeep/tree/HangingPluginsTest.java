package dev.upkeep.tree;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.upkeep.api.Reply;
import dev.upkeep.api.Supervisor;
import dev.upkeep.api.TreeSpec;
import dev.upkeep.api.child.ActualState;
import dev.upkeep.api.child.ChildPath;
import dev.upkeep.api.child.ChildStatus;
import dev.upkeep.api.event.EventKind;
import dev.upkeep.api.event.TreeEvent;
import dev.upkeep.api.restart.Backoff;
import dev.upkeep.api.restart.RestartStrategy;
import dev.upkeep.api.time.Ticker;
import dev.upkeep.supervise.Event;
import dev.upkeep.supervise.InstanceId;
import dev.upkeep.supervise.Outcome;
import dev.upkeep.supervise.Plugins;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Strategies and back-offs that do not come back: what they are asked about goes on without them, and all else as ever. */
@Timeout(120)
class HangingPluginsTest {
    private static final ChildPath A = new ChildPath("shop/a");
    private static final ChildPath B = new ChildPath("shop/b");
    private static final Backoff AT_ONCE = attempt -> Duration.ZERO;

    private final CountDownLatch release = new CountDownLatch(1);
    private final AtomicInteger calls = new AtomicInteger();
    private final AtomicReference<@Nullable Thread> hanging = new AtomicReference<>();
    private final Queue<TreeEvent> events = new ConcurrentLinkedQueue<>();
    private final FakeChildren children = new FakeChildren();
    private final TreeSpec spec = Supervisor.named("shop")
            .intensity(1_000_000, Duration.ofSeconds(1))
            .child("a", c -> c.component(() -> context -> {}))
            .child("b", c -> c.component(() -> context -> {}))
            .build();
    private @Nullable TreeLoop running;

    private TreeLoop start(Plugins plugins) {
        TreeLoop loop = new TreeLoop(spec, plugins, Ticker.system(), InstantSource.system(), 1);
        running = loop;
        loop.listen(events::add);
        children.obey(loop);
        loop.start(children.ports());
        await().until(() -> status(loop, A).ready() && status(loop, B).ready());
        return loop;
    }

    @AfterEach
    void end() throws Exception {
        release.countDown();
        TreeLoop loop = running;
        if (loop != null) {
            loop.offer(new Event.ShutdownAsked("test"));
            loop.ended().get(30, TimeUnit.SECONDS);
        }
    }

    private static ChildStatus status(TreeLoop loop, ChildPath path) {
        return loop.snapshot().find(path).orElseThrow();
    }

    private static Event crash(ChildPath path, long generation) {
        return new Event.Ended(new InstanceId(path, generation),
                new Outcome.Threw(new IllegalStateException("on purpose")), List.of(), false);
    }

    /** Hangs, and not even an interrupt gets it out. */
    private void hang() {
        calls.incrementAndGet();
        hanging.set(Thread.currentThread());
        boolean free = false;
        while (!free) {
            try {
                release.await();
                free = true;
            } catch (InterruptedException e) {
                // On purpose: this is a plugin that will not listen.
            }
        }
    }

    private List<TreeEvent> pluginFailures() {
        return events.stream().filter(e -> e.kind() == EventKind.PLUGIN_FAILED).toList();
    }

    private void servesOthers(TreeLoop loop) throws Exception {
        assertThat(loop.ask(Event.Verb.STOP, B, "test").get(10, TimeUnit.SECONDS).kind())
                .isEqualTo(Reply.Kind.DONE);
        assertThat(loop.ask(Event.Verb.START, B, "test").get(10, TimeUnit.SECONDS).kind())
                .isEqualTo(Reply.Kind.DONE);
    }

    @Test
    void aBackoffThatHangsOnTheLoopIsReplacedAfterASecond() throws Exception {
        TreeLoop loop = start(new FixedPlugins(FixedPlugins.ALONE, attempt -> {
            hang();
            return Duration.ZERO;
        }));
        loop.offer(crash(A, 1));

        servesOthers(loop);
        await().atMost(Duration.ofSeconds(20))
                .until(() -> status(loop, A).generation() == 2 && status(loop, A).ready());

        await().untilAsserted(() -> assertThat(pluginFailures()).singleElement()
                .extracting(TreeEvent::text)
                .asString()
                .contains("did not answer within 1s"));
        Thread stuck = Optional.ofNullable(hanging.get()).orElseThrow();
        release.countDown();
        // The thread that hung was the loop's: it has nothing left to do.
        assertThat(stuck.join(Duration.ofSeconds(20))).isTrue();
        servesOthers(loop);
        assertThat(status(loop, A).generation()).isEqualTo(2);
    }

    @Test
    void aStrategyThatHangsIsReplacedByTheFailedChildAlone() throws Exception {
        TreeLoop loop = start(new FixedPlugins((failure, siblings) -> {
            hang();
            return FixedPlugins.ALONE.plan(failure, siblings);
        }, AT_ONCE));
        loop.offer(crash(A, 1));

        servesOthers(loop);
        await().atMost(Duration.ofSeconds(20))
                .until(() -> status(loop, A).generation() == 2 && status(loop, A).ready());
        assertThat(status(loop, B).actual()).isEqualTo(ActualState.RUNNING);
        await().until(() -> pluginFailures().size() == 1);
    }

    @Test
    void aPluginThatHungIsNotAskedAgain() {
        TreeLoop loop = start(new FixedPlugins((failure, siblings) -> {
            hang();
            return FixedPlugins.ALONE.plan(failure, siblings);
        }, AT_ONCE));
        for (int generation = 1; generation <= 3; generation++) {
            long next = generation + 1;
            loop.offer(crash(A, generation));
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> status(loop, A).generation() == next && status(loop, A).ready());
        }
        assertThat(calls).hasValue(1);
    }

    @Test
    void aHelperThatHangsInAPluginIsNoLongerNeeded() throws Exception {
        TreeLoop loop = start(new FixedPlugins(FixedPlugins.ALONE, attempt -> {
            hang();
            return Duration.ZERO;
        }));
        Thread helper = Thread.ofVirtual().start(() -> loop.offerAndHelp(crash(A, 1)));

        servesOthers(loop);
        await().atMost(Duration.ofSeconds(20))
                .until(() -> status(loop, A).generation() == 2 && status(loop, A).ready());
        release.countDown();
        assertThat(helper.join(Duration.ofSeconds(20))).isTrue();
        servesOthers(loop);
        loop.offer(crash(B, status(loop, B).generation()));
        await().until(() -> status(loop, B).ready());
    }

    @Test
    void aThreadThatHasItsWorkBeforeItIsNotSentToAPlugin() throws Exception {
        TreeLoop loop = start(new FixedPlugins(FixedPlugins.ALONE, attempt -> {
            calls.incrementAndGet();
            hanging.set(Thread.currentThread());
            return Duration.ZERO;
        }));
        Thread me = Thread.currentThread();
        for (int generation = 1; generation <= 500; generation++) {
            long next = generation + 1;
            CountDownLatch inside = new CountDownLatch(1);
            CountDownLatch queued = new CountDownLatch(1);
            // While somebody decides, a crash is queued behind the start of one that goes on.
            Thread other = Thread.ofVirtual().start(() -> {
                inside.countDown();
                loop.offer(crash(A, next - 1));
                queued.countDown();
            });
            inside.await();
            loop.offerAndHelp(new Event.Started(new InstanceId(B, 99), OptionalLong.empty()));
            queued.await();
            other.join();
            await().pollInterval(Duration.ofMillis(1))
                    .until(() -> status(loop, A).generation() == next && status(loop, A).ready());
            assertThat(hanging.get()).isNotSameAs(me);
        }
        assertThat(calls).hasValue(500);
    }

    @Test
    void bothPluginsMayHangOneAfterTheOther() {
        TreeLoop loop = start(new FixedPlugins((failure, siblings) -> {
            hang();
            return FixedPlugins.ALONE.plan(failure, siblings);
        }, attempt -> {
            hang();
            return Duration.ZERO;
        }));
        loop.offer(crash(A, 1));

        await().atMost(Duration.ofSeconds(30))
                .until(() -> status(loop, A).generation() == 2 && status(loop, A).ready());
        assertThat(calls).hasValue(2);
    }

    @Test
    void anErrorThatPassesEveryCatchIsAFailureOfThePlugin() {
        RestartStrategy broken = (failure, siblings) -> {
            throw new InternalError("on purpose");
        };
        TreeLoop loop = start(new FixedPlugins(broken, AT_ONCE));
        loop.offer(crash(A, 1));

        await().until(() -> status(loop, A).generation() == 2 && status(loop, A).ready());
        await().until(() -> pluginFailures().size() == 1);
    }

    @Test
    void aPluginThatIsOnlySlowIsHeard() {
        TreeLoop loop = start(new FixedPlugins(FixedPlugins.ALONE, attempt -> {
            long until = System.nanoTime() + Duration.ofMillis(300).toNanos();
            while (System.nanoTime() < until) {
                Thread.onSpinWait();
            }
            return Duration.ZERO;
        }));
        for (int generation = 1; generation <= 4; generation++) {
            long next = generation + 1;
            loop.offer(crash(A, generation));
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> status(loop, A).generation() == next && status(loop, A).ready());
        }
        assertThat(pluginFailures()).isEmpty();
    }
}
