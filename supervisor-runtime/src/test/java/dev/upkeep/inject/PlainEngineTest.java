package dev.upkeep.inject;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.upkeep.api.Applied;
import dev.upkeep.api.CheckSpec;
import dev.upkeep.api.Component;
import dev.upkeep.api.ComponentContext;
import dev.upkeep.api.Ending;
import dev.upkeep.api.Reply;
import dev.upkeep.api.StartFailedException;
import dev.upkeep.api.Supervisor;
import dev.upkeep.api.child.ActualState;
import dev.upkeep.api.child.Cause;
import dev.upkeep.api.child.ChildPath;
import dev.upkeep.api.child.ChildStatus;
import dev.upkeep.api.child.RestartType;
import dev.upkeep.api.event.EventKind;
import dev.upkeep.api.event.TreeEvent;
import dev.upkeep.api.health.Role;
import dev.upkeep.api.settings.Choice;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Whole trees of real components and processes, as an embedding program has them. */
class PlainEngineTest {
    private static final Choice IMMEDIATE = Choice.of("immediate");

    private static void untilStopped(ComponentContext context) throws InterruptedException {
        while (!context.awaitStop(ofSeconds(60))) {
            context.heartbeat();
        }
    }

    private static ChildStatus status(Supervisor tree, String id) {
        return tree.status(new ChildPath("shop/" + id)).orElseThrow();
    }

    @Test
    void aComponentThatThrowsIsBuiltFreshAndRunsAgain() throws Exception {
        AtomicInteger built = new AtomicInteger();
        try (Supervisor shop = Supervisor.named("shop")
                .child("worker", c -> c.backoff(IMMEDIATE).component(() -> {
                    int number = built.incrementAndGet();
                    return context -> {
                        if (number < 3) {
                            throw new IllegalStateException("instance " + number);
                        }
                        untilStopped(context);
                    };
                }))
                .start()) {
            await().atMost(ofSeconds(10)).until(() -> status(shop, "worker").generation() == 3);
            assertThat(status(shop, "worker").restarts()).isEqualTo(2);
            Cause cause = status(shop, "worker").lastExit().orElseThrow().cause();
            assertThat(cause).hasToString("crashed(java.lang.IllegalStateException: instance 2)");
            assertThat(shop.awaitReady(ofSeconds(10))).isTrue();
        }
        assertThat(built).hasValue(3);
    }

    private static final class OrderWorker implements Component {
        @Override
        public void run(ComponentContext context) throws InterruptedException {
            untilStopped(context);
        }
    }

    @Test
    void aProcessComponentsAPoolAndASupervisorBelowAreReadyInTheirOrder() throws Exception {
        try (Supervisor shop = Supervisor.named("shop")
                .child("orders", OrderWorker::new)
                .child("db", c -> c.process("sleep", "1000"))
                .supervisor("etl",
                        s -> s.strategy("rest-for-one")
                                .child("extract", OrderWorker::new)
                                .child("load", OrderWorker::new))
                .children("worker", 3, i -> c -> c.component(OrderWorker::new))
                .start()) {
            assertThat(shop.awaitReady(ofSeconds(10))).isTrue();
            assertThat(shop.status().walk().map(c -> c.path().shortValue()))
                    .containsExactly("shop", "orders", "db", "etl", "etl/extract", "etl/load", "worker-0",
                            "worker-1", "worker-2");
        }
    }

    @Test
    void s2_aFailedFirstStartIsThrownWithTheChildAndItsCause() {
        assertThatThrownBy(() -> Supervisor.named("shop")
                .child("good", () -> PlainEngineTest::untilStopped)
                .child("bad", () -> {
                    throw new IllegalStateException("no licence");
                })
                .start()).isInstanceOfSatisfying(StartFailedException.class, e -> {
                    assertThat(e.path()).isEqualTo(new ChildPath("shop/bad"));
                    assertThat(e).hasMessageContaining("no licence")
                            .hasCauseInstanceOf(IllegalStateException.class);
                });
    }

    @Test
    void aCommandThatIsNotThereIsAFailedStartWithItsErrno() {
        assertThatThrownBy(
                () -> Supervisor.named("shop").child("p", c -> c.process("/no/such/program")).start())
                .isInstanceOf(StartFailedException.class)
                .hasMessageContaining("ENOENT")
                .hasMessageContaining("/no/such/program");
    }

    @Test
    void anUnknownPluginIsToldBeforeAnythingStarts() {
        CountDownLatch started = new CountDownLatch(1);
        assertThatThrownBy(() -> Supervisor.named("shop")
                .strategy("one-for-al")
                .child("a", () -> context -> started.countDown())
                .start())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("one-for-al")
                .hasMessageContaining("one-for-all");
        assertThat(started.getCount()).isEqualTo(1);
    }

    @Test
    void aKilledProcessRunsAgainAndAnotherOneNeverNotices() throws Exception {
        try (Supervisor shop = Supervisor.named("shop")
                .child("p", c -> c.process("sleep", "1000").backoff(IMMEDIATE))
                .child("other", c -> c.process("sleep", "1000"))
                .start()) {
            long pid = status(shop, "p").pid().orElseThrow();
            ProcessHandle.of(pid).orElseThrow().destroyForcibly();
            await().atMost(ofSeconds(10))
                    .until(() -> status(shop, "p").generation() == 2 && status(shop, "p").ready());
            assertThat(status(shop, "p").lastExit().orElseThrow().cause()).hasToString("crashed(SIGKILL)");
            assertThat(status(shop, "p").pid().orElseThrow()).isNotEqualTo(pid);
            assertThat(status(shop, "other").generation()).isEqualTo(1);
        }
    }

    @Test
    void s3_closeStopsProcessesAndComponentsInReverseAndLeavesNothing() throws Exception {
        Collection<TreeEvent> events = new ConcurrentLinkedQueue<>();
        long pid;
        try (Supervisor shop = Supervisor.named("shop")
                .strategy("rest-for-one")
                .listener(events::add)
                .child("db", c -> c.process("sleep", "1000"))
                .child("api", () -> PlainEngineTest::untilStopped)
                .start()) {
            pid = status(shop, "db").pid().orElseThrow();
        }
        assertThat(ProcessHandle.of(pid).filter(ProcessHandle::isAlive)).isEmpty();
        List<String> ends = events.stream()
                .filter(e -> e.kind() == EventKind.EXITED)
                .map(e -> e.path().id())
                .toList();
        assertThat(ends).containsExactly("api", "db", "shop");
        List<Long> numbers = events.stream().map(TreeEvent::sequence).toList();
        assertThat(numbers).isSorted().doesNotHaveDuplicates();
    }

    @Test
    void verbsStopStartAndRestart() throws Exception {
        try (Supervisor shop = Supervisor.named("shop")
                .child("a", () -> PlainEngineTest::untilStopped)
                .start()) {
            ChildPath a = new ChildPath("shop/a");
            assertThat(shop.stop(a).get().kind()).isEqualTo(Reply.Kind.DONE);
            assertThat(status(shop, "a").actual()).isEqualTo(ActualState.STOPPED);
            assertThat(shop.start(a).get().kind()).isEqualTo(Reply.Kind.DONE);
            assertThat(shop.restart(a).get().kind()).isEqualTo(Reply.Kind.DONE);
            assertThat(status(shop, "a").generation()).isEqualTo(3);
            assertThat(status(shop, "a").restarts()).isZero();
        }
    }

    @Test
    void b5_aTreeThatGivesUpEndsWithTheChain() throws Exception {
        try (Supervisor shop = Supervisor.named("shop")
                .intensity(1, ofSeconds(60))
                .child("a", c -> c.backoff(IMMEDIATE).component(() -> context -> {
                    throw new IllegalStateException("always");
                }))
                .start()) {
            Ending ending = shop.ended().get(10, TimeUnit.SECONDS);
            assertThat(ending.cause().kind()).isEqualTo(Cause.Kind.GAVE_UP);
            assertThat(ending.exitCode()).isEqualTo(1);
            assertThat(ending.cause().chain().get(0).path()).isEqualTo(new ChildPath("shop/a"));
        }
    }

    @Test
    void b5_aRootThatGivesUpCallsBackOnceOnAVirtualThread() throws Exception {
        List<Ending> endings = new CopyOnWriteArrayList<>();
        CompletableFuture<Boolean> virtual = new CompletableFuture<>();
        try (Supervisor shop = Supervisor.named("shop")
                .intensity(0, ofSeconds(60))
                .onRootGivesUp(ending -> {
                    endings.add(ending);
                    virtual.complete(Thread.currentThread().isVirtual());
                    throw new IllegalStateException("on purpose");
                })
                .child("a", c -> c.backoff(IMMEDIATE).component(() -> context -> {
                    throw new IllegalStateException("always");
                }))
                .start()) {
            assertThat(virtual.get(10, TimeUnit.SECONDS)).isTrue();
            assertThat(shop.ended().get(10, TimeUnit.SECONDS)).isEqualTo(endings.get(0));
        }
        assertThat(endings).hasSize(1);
    }

    @Test
    void b5_aTreeThatIsShutDownCallsNobody() {
        AtomicInteger calls = new AtomicInteger();
        Supervisor.named("shop")
                .onRootGivesUp(ending -> calls.incrementAndGet())
                .child("a", () -> PlainEngineTest::untilStopped)
                .start()
                .close();
        assertThat(calls).hasValue(0);
    }

    @Test
    void e3_everyCrashIsCountedWhateverListenersHear() throws Exception {
        int crashes = 20_000;
        AtomicInteger built = new AtomicInteger();
        try (Supervisor shop = Supervisor.named("shop")
                .intensity(1_000_000, ofMillis(1))
                .child("a", c -> c.backoff(IMMEDIATE).component(() -> {
                    int number = built.incrementAndGet();
                    return context -> {
                        if (number <= crashes) {
                            throw new IllegalStateException("instance " + number);
                        }
                        untilStopped(context);
                    };
                }))
                .start()) {
            await().atMost(ofSeconds(60))
                    .until(() -> status(shop, "a").generation() == crashes + 1 && status(shop, "a").ready());
            assertThat(shop.count(EventKind.EXITED)).isEqualTo(crashes);
            assertThat(shop.count(EventKind.RESTARTED)).isEqualTo(crashes);
            assertThat(shop.count(EventKind.ABANDONED)).isZero();
        }
    }

    @Test
    void everyVerbIsAnsweredAfterTheEnd() throws Exception {
        Supervisor shop = Supervisor.named("shop").child("a", () -> PlainEngineTest::untilStopped).start();
        shop.close();
        ChildPath a = new ChildPath("shop/a");
        for (CompletableFuture<Reply> reply : List.of(shop.start(a), shop.stop(a), shop.restart(a),
                shop.reset(a),
                shop.remove(a),
                shop.add(new ChildPath("shop"), "b", c -> c.process("sleep", "1000")),
                shop.apply(shop.spec()).thenApply(Applied::reply))) {
            assertThat(reply.get(10, TimeUnit.SECONDS).kind()).isEqualTo(Reply.Kind.SUPERSEDED);
        }
        assertThat(shop.scale(new ChildPath("shop/pool"), 3).get(10, TimeUnit.SECONDS).kind())
                .isEqualTo(Reply.Kind.NOT_FOUND);
        assertThat(shop.awaitReady(ofSeconds(10))).isFalse();
        assertThat(shop.ended()).isDone();
    }

    @Test
    void e2_aListenerThatThrowsAndOneThatHangsHarmNobody() throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        try (Supervisor shop = Supervisor.named("shop")
                .listener(e -> {
                    throw new IllegalStateException("listener");
                })
                .listener(e -> {
                    try {
                        never.await();
                    } catch (InterruptedException ex) {
                        Thread.currentThread().interrupt();
                    }
                })
                .child("t", c -> c.restart(RestartType.TRANSIENT).component(() -> context -> {}))
                .start()) {
            await().atMost(ofSeconds(10)).until(() -> status(shop, "t").actual() == ActualState.COMPLETED);
        } finally {
            never.countDown();
        }
    }

    @Test
    void s5_aComponentThatIgnoresItsInterruptIsAbandonedAndTheTreeStillCloses() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        CountDownLatch runs = new CountDownLatch(1);
        try (Supervisor shop = Supervisor.named("shop")
                .child("stubborn", c -> c.stopTimeout(ofMillis(50)).component(() -> context -> {
                    runs.countDown();
                    boolean released = false;
                    while (!released) {
                        try {
                            release.await();
                            released = true;
                        } catch (InterruptedException e) {
                            // On purpose: this is a component that will not listen.
                        }
                    }
                }))
                .child("good", () -> PlainEngineTest::untilStopped)
                .start()) {
            runs.await();
            Reply reply = shop.stop(new ChildPath("shop/stubborn")).get();
            assertThat(reply.kind()).isEqualTo(Reply.Kind.STILL_RUNNING);
            assertThat(status(shop, "stubborn").actual()).isEqualTo(ActualState.ABANDONED);
            assertThat(status(shop, "good").ready()).isTrue();
            Ending ending = shop.shutdown().get(10, TimeUnit.SECONDS);
            assertThat(ending.leftRunning()).containsExactly(new ChildPath("shop/stubborn"));
        } finally {
            release.countDown();
        }
    }

    @Test
    void aHeartbeatThatStopsIsFoundOut() throws Exception {
        Choice heartbeat = Choice.of("heartbeat");
        try (Supervisor shop = Supervisor.named("shop")
                .child("p",
                        c -> c.backoff(IMMEDIATE)
                                .process("sh", "-c", "echo '{\"type\":\"heartbeat\"}'; exec sleep 1000")
                                .check(CheckSpec.of(heartbeat, Role.LIVENESS)))
                .start()) {
            await().atMost(ofSeconds(20)).until(() -> status(shop, "p").generation() == 2);
            assertThat(status(shop, "p").lastExit().orElseThrow().cause().toString())
                    .startsWith("unhealthy(heartbeat: silent for 10");
        }
    }
}
