package dev.upkeep.tree;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mockito.Mockito.mock;

import com.sun.management.ThreadMXBean;
import dev.upkeep.api.BreakerUse;
import dev.upkeep.api.ChildSpec;
import dev.upkeep.api.Supervisor;
import dev.upkeep.api.TreeSpec;
import dev.upkeep.api.breaker.BreakerOpenException;
import dev.upkeep.api.breaker.BreakerState;
import dev.upkeep.api.breaker.ChildDownException;
import dev.upkeep.api.breaker.ChildDownException.Down;
import dev.upkeep.api.breaker.CircuitBreaker;
import dev.upkeep.api.breaker.Classification;
import dev.upkeep.api.child.ActualState;
import dev.upkeep.api.child.ChildPath;
import dev.upkeep.api.settings.Choice;
import dev.upkeep.supervise.Event;
import dev.upkeep.supervise.InstanceId;
import dev.upkeep.supervise.Outcome;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** C7: the breaker of a child, for those who call the child. */
@Timeout(60)
final class ChildBreakerTest {
    private static final ChildPath API = new ChildPath("shop/api");
    private static final Instant WALL = Instant.parse("2026-03-04T05:06:07Z");
    private static final Duration WAIT = Duration.ofSeconds(8);

    private final FakeChildren children = new FakeChildren();
    private final Map<String, FakeBreaker> made = new HashMap<>();
    private final TreeSpec spec = Supervisor.named("shop")
            .child("first", c -> c.component(() -> context -> {}))
            .child("api", c -> c.component(() -> context -> {}).breaker(BreakerUse.own(Choice.of("fake"))))
            .child("plain", c -> c.component(() -> context -> {}))
            .build();
    private long now;
    private final TreeLoop loop = TreeLoop.stepping(spec, FixedPlugins.waiting(() -> WAIT), () -> now,
            () -> WALL.plusNanos(now), 1);
    private final Breakers breakers = new Breakers(loop, () -> now, (delay, task) -> () -> {}, 1,
            Runnable::run, Runnable::run, (choice, context) -> {
                FakeBreaker breaker = new FakeBreaker(context.name());
                made.put(context.name(), breaker);
                return breaker;
            }, loop::specOf);
    private final RunningTree tree = new RunningTree(loop, breakers, new Groundwork() {
        @Override
        public void lay(ChildPath supervisor, List<ChildSpec> laid, Set<String> shared) {
            breakers.create(supervisor, laid);
        }

        @Override
        public void lay(TreeSpec next) {
            breakers.prepare(next);
        }

        @Override
        public void takeBack(ChildPath supervisor, List<ChildSpec> laid) {}

        @Override
        public void takeBack(TreeSpec next) {}
    });

    private CircuitBreaker begun() {
        breakers.create(spec, Map.of());
        loop.start(new Ports(children, children, mock(ProbePort.class), breakers));
        loop.step();
        return tree.breaker(API).orElseThrow();
    }

    private CircuitBreaker running() {
        children.obey(loop);
        return begun();
    }

    private void crash() {
        loop.offer(new Event.Ended(latest(),
                new Outcome.Threw(new IllegalStateException("no disk"), "no disk"), List.of(), false));
        loop.step();
    }

    private InstanceId latest() {
        return children.starts()
                .stream()
                .map(FakeChildren.Start::instance)
                .filter(instance -> instance.path().equals(API))
                .reduce((one, other) -> other)
                .orElseThrow();
    }

    private FakeBreaker api() {
        return Optional.ofNullable(made.get("shop/api")).orElseThrow();
    }

    private static Down refused(Callable<?> call) {
        AtomicReference<@Nullable Down> down = new AtomicReference<>();
        assertThatThrownBy(call::call).isInstanceOfSatisfying(ChildDownException.class, e -> {
            assertThat(e.getStackTrace()).isEmpty();
            down.set(e.down());
        });
        return Optional.ofNullable(down.get()).orElseThrow();
    }

    @Test
    @DisplayName("C7 while a child starts for the first time it does not run, and there is no end to name")
    void aChildThatStartsIsNotCalled() {
        CircuitBreaker breaker = begun();

        Down down = refused(() -> breaker.call(() -> 1));

        assertThat(down).isEqualTo(
                new Down(API, ActualState.STARTING, Optional.empty(), "", Optional.empty()));
        assertThat(api().asked).as("by its start alone").isEqualTo(1);
    }

    @Test
    @DisplayName("C7 a refusal says of which child, since when, why, and when to try again")
    void aRefusalSaysWhatThereIsToSay() {
        CircuitBreaker breaker = running();
        now += Duration.ofSeconds(60).toNanos();
        crash();

        assertThatThrownBy(() -> breaker.call(() -> 1)).isInstanceOf(BreakerOpenException.class)
                .hasMessage("'api' is backoff since 2026-03-04T05:07:07Z: " + cause()
                        + "; next try at 2026-03-04T05:07:15Z");
        assertThat(cause()).contains("no disk");
    }

    private String cause() {
        return tree.status(API).orElseThrow().lastExit().orElseThrow().cause().toString();
    }

    @Test
    @DisplayName("C7 every form of a call is refused, and none gets a permit")
    void everyFormOfACallIsRefused() {
        CircuitBreaker breaker = running();
        crash();
        int asked = api().asked;

        refused(() -> breaker.call(() -> 1));
        refused(() -> breaker.call(() -> 1, Classification.STANDARD));
        refused(breaker::acquire);
        assertThat(breaker.tryAcquire()).isEmpty();
        assertThat(breaker.tryAcquire(Duration.ofSeconds(1))).isEmpty();
        assertThatThrownBy(() -> breaker.callAsync(() -> CompletableFuture.completedFuture(1))
                .toCompletableFuture()
                .join())
                .isInstanceOf(CompletionException.class)
                .hasCauseInstanceOf(ChildDownException.class);
        assertThat(api().asked).isEqualTo(asked);
    }

    @Test
    @DisplayName("C7 a child that runs is called, in every form")
    void aChildThatRunsIsCalled() throws Exception {
        CircuitBreaker breaker = running();

        assertThat(breaker.call(() -> 1)).isEqualTo(1);
        assertThat(breaker.call(() -> 2, Classification.STANDARD)).isEqualTo(2);
        assertThat(breaker.callAsync(() -> CompletableFuture.completedFuture(3)).toCompletableFuture().join())
                .isEqualTo(3);
        breaker.acquire().success();
        breaker.tryAcquire().orElseThrow().ignore();
        breaker.tryAcquire(Duration.ofSeconds(1)).orElseThrow().ignore();

        assertThat(api().reports)
                .containsExactly("success", "success", "success", "success", "ignore", "ignore");
    }

    @Test
    @DisplayName("C7 a child that runs and has lost its readiness is called: what comes of it is the breaker's to judge")
    void aChildThatLostItsReadinessIsCalled() throws Exception {
        CircuitBreaker breaker = running();
        loop.offer(new Event.ReadyChanged(latest(), false));
        loop.step();

        assertThat(tree.status(API).orElseThrow().ready()).isFalse();
        assertThat(breaker.call(() -> 1)).isEqualTo(1);
    }

    @Test
    void anOpenBreakerOfARunningChildRefusesAsItself() {
        CircuitBreaker breaker = running();
        api().become(BreakerState.OPEN);

        assertThatThrownBy(() -> breaker.call(() -> 1)).isInstanceOf(BreakerOpenException.class)
                .isNotInstanceOf(ChildDownException.class);
        assertThatThrownBy(breaker::acquire).isNotInstanceOf(ChildDownException.class);
    }

    @Test
    @DisplayName("C7 what is not a call goes to the breaker, whatever the child does; it cannot be closed")
    void whatIsNoCallGoesToTheBreaker() {
        CircuitBreaker breaker = running();
        crash();
        List<CircuitBreaker.View> heard = new ArrayList<>();
        breaker.onChange(heard::add);

        breaker.force(BreakerState.FORCED_OPEN, "maintenance");
        breaker.reset();
        breaker.close();

        assertThat(breaker.view()).isEqualTo(api().view());
        assertThat(heard).containsExactly(api().view());
        assertThat(breaker.snapshot()).isEqualTo(api().snapshot());
        assertThat(api().reports).endsWith("reset");
        api().become(BreakerState.CLOSED);
        assertThat(breaker.tryByHand(Duration.ofSeconds(1))).as("by hand").isPresent();
    }

    @Test
    @DisplayName("C7 a child that is gone is not called, and found again when it comes back")
    void aChildThatIsGoneIsNotCalledAndFoundAgain() throws Exception {
        CircuitBreaker breaker = running();
        FakeBreaker first = api();
        tree.stop(API);
        loop.step();
        tree.remove(API);
        loop.step();

        assertThat(refused(() -> breaker.call(() -> 1)).why()).isEqualTo("it is not there any more");
        assertThat(tree.breaker(API)).isEmpty();

        tree.add(new ChildPath("shop"), spec.root().children().get(1));
        loop.step();
        assertThat(breaker.call(() -> 1)).isEqualTo(1);
        assertThat(api()).isNotSameAs(first);
        assertThat(api().reports).containsExactly("success");
    }

    @Test
    void aChildWithoutABreakerHasNone() {
        running();

        assertThat(tree.breaker(new ChildPath("shop/plain"))).isEmpty();
        assertThat(tree.breaker(new ChildPath("shop/nobody"))).isEmpty();
    }

    @Test
    @DisplayName("C7 while nothing is published a call looks at nothing and allocates nothing")
    void aCallAllocatesNothing() throws Exception {
        AtomicInteger permits = new AtomicInteger();
        CircuitBreaker handle = running();
        Callable<Integer> call = () -> 1;
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        api().afterRefusal = permits::incrementAndGet;
        api().become(BreakerState.OPEN);
        handle.tryAcquire();

        long before = threads.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < 10_000; i++) {
            handle.tryAcquire();
        }
        long bytes = threads.getCurrentThreadAllocatedBytes() - before;

        assertThat(permits).hasValue(10_001);
        assertThat(bytes / 10_000).isZero();
        assertThat(call.call()).isEqualTo(1);
    }

    @Test
    @DisplayName("C7 many threads call while the child comes and goes: each call is let through or refused, and nothing else")
    void manyThreadsCallWhileTheChildComesAndGoes() throws Exception {
        CircuitBreaker breaker = running();
        AtomicInteger passed = new AtomicInteger();
        AtomicInteger turned = new AtomicInteger();
        AtomicReference<@Nullable Throwable> odd = new AtomicReference<>();
        AtomicInteger left = new AtomicInteger(4);
        CountDownLatch enough = new CountDownLatch(4);
        List<Thread> callers = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            callers.add(Thread.ofPlatform().start(() -> {
                int mine = 0;
                while (left.get() > 0 && odd.get() == null) {
                    // A fake breaker is for one thread; the handle is what is tried.
                    try {
                        breaker.snapshot();
                        breaker.tryAcquire(Duration.ZERO)
                                .ifPresentOrElse(p -> passed.incrementAndGet(),
                                        turned::incrementAndGet);
                    } catch (Throwable t) {
                        odd.set(t);
                    }
                    if (mine++ == 1_000) {
                        enough.countDown();
                    }
                }
            }));
        }
        while (enough.getCount() > 0 || turned.get() == 0 || passed.get() == 0) {
            crash();
            now += WAIT.toNanos();
            loop.step();
            assertThat(odd.get()).isNull();
        }
        left.set(0);
        for (Thread caller : callers) {
            caller.join();
        }

        assertThat(odd.get()).isNull();
        assertThat(tree.status(API).orElseThrow().actual()).isEqualTo(ActualState.RUNNING);
        assertThat(breaker.call(() -> 1)).isEqualTo(1);
    }
}
