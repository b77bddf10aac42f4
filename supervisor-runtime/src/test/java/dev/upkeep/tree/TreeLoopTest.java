package dev.upkeep.tree;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.anyBoolean;
import static org.mockito.Mockito.doAnswer;
import static org.mockito.Mockito.doThrow;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.verify;

import dev.upkeep.api.ChildBuilder;
import dev.upkeep.api.Reply;
import dev.upkeep.api.Supervisor;
import dev.upkeep.api.TreeSpec;
import dev.upkeep.api.child.ActualState;
import dev.upkeep.api.child.ChildPath;
import dev.upkeep.api.event.EventKind;
import dev.upkeep.api.event.TreeEvent;
import dev.upkeep.api.event.TreeListener;
import dev.upkeep.api.restart.Backoff;
import dev.upkeep.api.restart.GroupPlan;
import dev.upkeep.api.restart.RestartStrategy;
import dev.upkeep.api.settings.Choice;
import dev.upkeep.api.time.Ticker;
import dev.upkeep.supervise.Event;
import dev.upkeep.supervise.InstanceId;
import dev.upkeep.supervise.Outcome;
import dev.upkeep.supervise.Plugins;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TreeLoopTest {
    private static final Consumer<ChildBuilder> COMPONENT = c -> c.component(() -> context -> {});
    private static final Plugins PLUGINS = new Plugins() {
        @Override
        public RestartStrategy strategy(Choice choice) {
            return (failure, siblings) -> GroupPlan.alone(failure.id());
        }

        @Override
        public Backoff backoff(Choice choice) {
            return attempt -> Duration.ofMillis(10);
        }
    };

    private final ChildPort children = mock(ChildPort.class);
    private final ProbePort probes = mock(ProbePort.class);
    private final TreeSpec spec = Supervisor.named("shop")
            .child("a", COMPONENT)
            .child("b", COMPONENT)
            .build();
    private final TreeLoop loop = new TreeLoop(spec, PLUGINS, Ticker.system(), InstantSource.system(), 1);

    private void start() {
        loop.start(new Ports(children, children, probes, mock(BreakerPort.class)));
    }

    /** Lets every instance run and stop as it is asked to. */
    private void obedient() {
        doAnswer(call -> {
            loop.offer(new Event.Started(call.getArgument(0), OptionalLong.empty()));
            return null;
        }).when(children).start(any(), any(), any());
        doAnswer(call -> {
            loop.offer(new Event.Ended(call.getArgument(0), new Outcome.Returned(), List.of(), false));
            return null;
        }).when(children).stop(any(), any(), anyBoolean());
    }

    @AfterEach
    void end() {
        obedient();
        loop.offer(new Event.ShutdownAsked("test"));
        loop.offer(new Event.ShutdownAsked("test"));
    }

    private ActualState state(String id) {
        return loop.snapshot().find(new ChildPath("shop/" + id)).orElseThrow().actual();
    }

    @Test
    void aPortThatThrowsDoesNotEndTheLoop() throws Exception {
        doThrow(new IllegalStateException("a port on purpose")).when(children).start(any(), any(), any());
        start();
        await().until(() -> state("a") == ActualState.STARTING && state("b") == ActualState.STARTING);

        obedient();
        loop.offer(new Event.Started(new InstanceId(new ChildPath("shop/a"), 1), OptionalLong.empty()));
        await().until(() -> state("a") == ActualState.RUNNING);
        assertThat(loop.ask(Event.Verb.RESTART, new ChildPath("shop/a"), "test")
                .get(10, TimeUnit.SECONDS)
                .kind())
                .isEqualTo(Reply.Kind.DONE);
    }

    @Test
    void theSnapshotHoldsWhatAnAnswerSays() throws Exception {
        obedient();
        start();
        for (int i = 0; i < 200; i++) {
            assertThat(loop.ask(Event.Verb.STOP, new ChildPath("shop/a"), "test")
                    .get(10, TimeUnit.SECONDS)
                    .kind()).isEqualTo(Reply.Kind.DONE);
            assertThat(state("a")).isEqualTo(ActualState.STOPPED);
            assertThat(loop.ask(Event.Verb.START, new ChildPath("shop/a"), "test")
                    .get(10, TimeUnit.SECONDS)
                    .kind()).isEqualTo(Reply.Kind.DONE);
            assertThat(state("a")).isEqualTo(ActualState.RUNNING);
        }
    }

    @Test
    void a3_queriesDoNotWaitForAChildThatWillNotStop() {
        obedient();
        doAnswer(call -> null).when(children).stop(any(), any(), anyBoolean());
        start();
        await().until(() -> state("a") == ActualState.RUNNING);
        var stop = loop.ask(Event.Verb.STOP, new ChildPath("shop/a"), "test");
        await().until(() -> state("a") == ActualState.STOPPING);
        assertThat(state("b")).isEqualTo(ActualState.RUNNING);
        assertThat(stop).isNotDone();
    }

    @Test
    void e2_aListenerThatHangsLosesEventsCountedAndSlowsNobody() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        AtomicLong lost = new AtomicLong();
        Queue<TreeEvent> seen = new ConcurrentLinkedQueue<>();
        loop.listen(new TreeListener() {
            @Override
            public void on(TreeEvent event) {
                try {
                    release.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
                seen.add(event);
            }

            @Override
            public void lost(long events) {
                lost.addAndGet(events);
            }
        });
        obedient();
        start();
        for (int i = 0; i < ListenerFeed.CAPACITY / 2; i++) {
            loop.ask(Event.Verb.RESTART, new ChildPath("shop/a"), "test").get(10, TimeUnit.SECONDS);
        }
        release.countDown();
        await().until(() -> seen.size() > ListenerFeed.CAPACITY);
        loop.ask(Event.Verb.STOP, new ChildPath("shop/b"), "test").get(10, TimeUnit.SECONDS);
        await().until(() -> seen.stream()
                .anyMatch(e -> e.path().id().equals("b") && e.kind() == EventKind.STOPPED));
        long last = seen.stream().mapToLong(TreeEvent::sequence).max().orElseThrow();
        assertThat(lost.get()).isPositive();
        assertThat(seen.size() + lost.get()).isEqualTo(last);
    }

    @Test
    void aRequestThatComesWhileTheEndIsStillToldIsAnswered() throws Exception {
        CountDownLatch hearing = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        loop.listen(event -> {
            if (event.kind() == EventKind.EXITED && event.path().value().equals("shop")) {
                hearing.countDown();
                awaitQuietly(release);
            }
        });
        obedient();
        start();
        await().until(() -> state("a") == ActualState.RUNNING);
        loop.offer(new Event.ShutdownAsked("test"));
        assertThat(hearing.await(10, TimeUnit.SECONDS)).isTrue();
        await().until(() -> state("a") == ActualState.STOPPED);
        var late = loop.ask(Event.Verb.START, new ChildPath("shop/a"), "test");
        assertThat(late.get(10, TimeUnit.SECONDS).kind()).isEqualTo(Reply.Kind.SUPERSEDED);
        release.countDown();
    }

    private static void awaitQuietly(CountDownLatch latch) {
        boolean open = false;
        while (!open) {
            try {
                latch.await();
                open = true;
            } catch (InterruptedException e) {
                // The loop closes its listeners; this one takes its time.
            }
        }
    }

    @Test
    void theEndAnswersEveryOpenRequest() throws Exception {
        obedient();
        doAnswer(call -> null).when(children).stop(any(), any(), anyBoolean());
        start();
        await().until(() -> state("a") == ActualState.RUNNING);
        var stop = loop.ask(Event.Verb.STOP, new ChildPath("shop/a"), "test");
        InstanceId a = new InstanceId(new ChildPath("shop/a"), 1);
        InstanceId b = new InstanceId(new ChildPath("shop/b"), 1);
        loop.offer(new Event.ShutdownAsked("test"));
        loop.offer(new Event.Ended(b, new Outcome.Returned(), List.of(), false));
        loop.offer(new Event.Ended(a, new Outcome.Returned(), List.of(), false));
        assertThat(loop.ended().get(10, TimeUnit.SECONDS).leftRunning()).isEmpty();
        assertThat(stop.get(10, TimeUnit.SECONDS)).isNotNull();
        assertThat(
                loop.ask(Event.Verb.START, new ChildPath("shop/a"), "test").get(10, TimeUnit.SECONDS).kind())
                .isEqualTo(Reply.Kind.SUPERSEDED);
        verify(children).stop(a, spec.root().children().get(0).stop(), true);
    }
}
