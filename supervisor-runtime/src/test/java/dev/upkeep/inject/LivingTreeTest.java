package dev.upkeep.inject;

import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.upkeep.api.Applied;
import dev.upkeep.api.BreakerUse;
import dev.upkeep.api.CheckSpec;
import dev.upkeep.api.Component;
import dev.upkeep.api.ComponentContext;
import dev.upkeep.api.Reply;
import dev.upkeep.api.SpecDiff;
import dev.upkeep.api.Supervisor;
import dev.upkeep.api.SupervisorBuilder;
import dev.upkeep.api.TreeSpec;
import dev.upkeep.api.child.ActualState;
import dev.upkeep.api.child.ChildPath;
import dev.upkeep.api.child.ChildStatus;
import dev.upkeep.api.event.EventKind;
import dev.upkeep.api.health.Role;
import dev.upkeep.api.settings.Choice;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What is asked of a tree while it lives, of real components and processes. */
class LivingTreeTest {
    private static final ChildPath SHOP = new ChildPath("shop");
    private static final Callable<Component> WORKER = () -> LivingTreeTest::untilStopped;

    private static void untilStopped(ComponentContext context) throws InterruptedException {
        while (!context.awaitStop(ofSeconds(60))) {
            context.heartbeat();
        }
    }

    private static Supervisor shop() {
        return Supervisor.named("shop")
                .child("a", WORKER)
                .children("worker", 2, i -> c -> c.component(WORKER))
                .start();
    }

    private static Reply reply(CompletableFuture<Reply> future) throws Exception {
        return future.get(20, TimeUnit.SECONDS);
    }

    private static Applied applied(CompletableFuture<Applied> future) throws Exception {
        return future.get(20, TimeUnit.SECONDS);
    }

    @Test
    void a1_aChildIsAddedAndRemoved() throws Exception {
        try (Supervisor shop = shop()) {
            ChildPath b = new ChildPath("shop/b");
            assertThat(reply(shop.add(SHOP, "b", c -> c.component(WORKER))).kind())
                    .isEqualTo(Reply.Kind.DONE);
            assertThat(shop.status(b).orElseThrow().ready()).isTrue();
            assertThat(shop.describe(b).orElseThrow().spec().id()).isEqualTo("b");
            assertThat(reply(shop.add(SHOP, "b", c -> c.component(WORKER))).kind())
                    .isEqualTo(Reply.Kind.ALREADY_PRESENT);
            assertThat(reply(shop.add(new ChildPath("shop/nobody"), "b", c -> c.component(WORKER))).kind())
                    .isEqualTo(Reply.Kind.NOT_FOUND);

            assertThat(reply(shop.remove(b)).kind()).isEqualTo(Reply.Kind.STILL_RUNNING);
            assertThat(reply(shop.stop(b)).kind()).isEqualTo(Reply.Kind.DONE);
            assertThat(reply(shop.remove(b)).kind()).isEqualTo(Reply.Kind.DONE);
            assertThat(shop.status(b)).isEmpty();
            assertThat(shop.describe(b)).isEmpty();
        }
    }

    @Test
    void s2_anAddWhoseStartFailsKeepsNothing() throws Exception {
        try (Supervisor shop = shop()) {
            Reply reply = reply(shop.add(SHOP, "b", c -> c.component(() -> {
                throw new IllegalStateException("no licence");
            }).breaker(BreakerUse.own(Choice.of("consecutive")))));

            assertThat(reply.kind()).isEqualTo(Reply.Kind.START_FAILED);
            assertThat(shop.status(new ChildPath("shop/b"))).isEmpty();
        }
    }

    @Test
    void theFirstProcessMayComeLate() throws Exception {
        try (Supervisor shop = shop()) {
            ChildPath db = new ChildPath("shop/db");
            assertThat(reply(shop.add(SHOP, "db", c -> c.process("sleep", "1000"))).kind())
                    .isEqualTo(Reply.Kind.DONE);
            long pid = shop.status(db).orElseThrow().pid().orElseThrow();
            ProcessHandle.of(pid).orElseThrow().destroyForcibly();
            await().atMost(ofSeconds(20))
                    .until(() -> shop.status(db).filter(s -> s.ready() && s.generation() == 2).isPresent());
        }
    }

    @Test
    void whatIsNotThereIsRefusedBeforeAnythingHappens() throws Exception {
        try (Supervisor shop = shop()) {
            assertThatThrownBy(
                    () -> shop.add(SHOP, "b", c -> c.component(WORKER).backoff(Choice.of("exponentil"))))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("exponentil")
                    .hasMessageContaining("exponential");
            assertThatThrownBy(() -> shop.add(SHOP, "b",
                    c -> c.component(WORKER).check(CheckSpec.of(Choice.of("heartbeet"), Role.LIVENESS))))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("heartbeet");
            assertThatThrownBy(
                    () -> shop.add(SHOP, "b", c -> c.component(WORKER).breaker(BreakerUse.shared("db"))))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("child 'b' names the breaker 'db', but there is none");
            assertThatThrownBy(() -> shop.add(SHOP, "b", c -> c.supervisor(s -> s.strategy("one-for-none"))))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("one-for-none");
            assertThatThrownBy(() -> shop.apply(Supervisor.named("shop").strategy("one-for-none").build()))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("one-for-none");
            assertThatThrownBy(() -> shop.apply(Supervisor.named("store").build()))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("store");
            assertThat(shop.list().stream().map(s -> s.path().shortValue()))
                    .containsExactly("shop", "a", "worker-0", "worker-1");
            assertThat(shop.count(EventKind.OPERATOR_ACTION)).isZero();
        }
    }

    @Test
    void a1_aPoolIsScaled() throws Exception {
        try (Supervisor shop = shop()) {
            ChildPath pool = new ChildPath("shop/worker");
            assertThat(reply(shop.scale(pool, 5)).kind()).isEqualTo(Reply.Kind.DONE);
            assertThat(shop.list().stream().map(s -> s.path().id()))
                    .contains("worker-4")
                    .doesNotContain("worker-5");
            assertThat(reply(shop.scale(pool, 1)).kind()).isEqualTo(Reply.Kind.DONE);
            assertThat(shop.list().stream().map(s -> s.path().id()))
                    .contains("worker-0")
                    .doesNotContain("worker-1");
            assertThat(reply(shop.scale(new ChildPath("shop/a"), 1)).kind()).isEqualTo(Reply.Kind.NOT_FOUND);
            assertThatThrownBy(() -> shop.scale(pool, -1)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    private static SupervisorBuilder spec(String... ids) {
        SupervisorBuilder builder = Supervisor.named("shop");
        for (String id : ids) {
            builder.child(id, WORKER);
        }
        return builder;
    }

    @Test
    void a5_applyStartsWhatIsNewStopsWhatIsGoneAndLeavesTheRest() throws Exception {
        try (Supervisor shop = spec("a", "b").start()) {
            TreeSpec next = spec("b", "c").breaker("db", Choice.of("consecutive")).build();
            Applied applied = applied(shop.apply(next));

            assertThat(applied.reply().kind()).isEqualTo(Reply.Kind.DONE);
            assertThat(applied.diff().of(SpecDiff.Kind.ADDED)).containsExactly(new ChildPath("shop/c"));
            assertThat(applied.diff().of(SpecDiff.Kind.REMOVED)).containsExactly(new ChildPath("shop/a"));
            assertThat(shop.list().stream().map(s -> s.path().shortValue())).containsExactly("shop", "b",
                    "c");
            assertThat(shop.list().stream().map(ChildStatus::generation)).containsExactly(1L, 1L, 1L);
            assertThat(shop.spec()).isSameAs(next);
            assertThat(shop.breaker("db")).isPresent();
            assertThat(applied(shop.apply(next)).reply().kind()).isEqualTo(Reply.Kind.UNCHANGED);
            applied(shop.apply(spec("b", "c").build()));
            assertThat(shop.breaker("db")).isEmpty();
        }
    }

    @Test
    void a5_appliesThatCrossAreDoneOneAfterTheOther() throws Exception {
        try (Supervisor shop = spec("a").start()) {
            for (int round = 0; round < 20; round++) {
                List<CompletableFuture<Applied>> all = new ArrayList<>();
                List<TreeSpec> specs = new ArrayList<>();
                for (int i = 0; i < 4; i++) {
                    specs.add(spec("a", "c" + round + "-" + i).build());
                }
                for (TreeSpec one : specs) {
                    all.add(CompletableFuture.supplyAsync(() -> shop.apply(one), Thread::startVirtualThread)
                            .thenCompose(f -> f));
                }
                for (CompletableFuture<Applied> one : all) {
                    assertThat(applied(one).reply().text()).doesNotContain("meanwhile");
                }
                TreeSpec last = shop.spec();
                assertThat(specs).anyMatch(one -> one == last);
                String survivor = last.root().children().get(1).id();
                await().atMost(ofSeconds(20))
                        .untilAsserted(() -> assertThat(shop.list()
                                .stream()
                                .map(s -> s.path().id())).containsExactly("shop", "a", survivor));
            }
            assertThat(shop.status(new ChildPath("shop/a")).orElseThrow().generation()).isEqualTo(1);
        }
    }

    @Test
    void awaitReadyReturnsAsSoonAsItIsSo() throws Exception {
        CompletableFuture<Void> mayRun = new CompletableFuture<>();
        try (Supervisor shop = shop()) {
            assertThat(shop.awaitReady(ofSeconds(20))).isTrue();
            CompletableFuture<Reply> added = shop.add(SHOP, "slow", c -> c.component(() -> {
                mayRun.join();
                return LivingTreeTest::untilStopped;
            }));
            await().until(() -> shop.status(new ChildPath("shop/slow"))
                    .filter(s -> s.actual() == ActualState.STARTING)
                    .isPresent());
            assertThat(shop.awaitReady(ofSeconds(0))).isFalse();
            CompletableFuture<Boolean> ready = CompletableFuture.supplyAsync(() -> {
                try {
                    return shop.awaitReady(ofSeconds(60));
                } catch (InterruptedException e) {
                    return false;
                }
            }, Thread::startVirtualThread);
            mayRun.complete(null);
            assertThat(ready.get(20, TimeUnit.SECONDS)).isTrue();
            assertThat(reply(added).kind()).isEqualTo(Reply.Kind.DONE);
        }
    }
}
