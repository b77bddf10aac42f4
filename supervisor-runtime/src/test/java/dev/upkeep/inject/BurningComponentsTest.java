package dev.upkeep.inject;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.upkeep.api.CheckSpec;
import dev.upkeep.api.ComponentContext;
import dev.upkeep.api.Reply;
import dev.upkeep.api.Supervisor;
import dev.upkeep.api.SupervisorBuilder;
import dev.upkeep.api.child.ActualState;
import dev.upkeep.api.child.ChildPath;
import dev.upkeep.api.child.ChildStatus;
import dev.upkeep.api.event.EventKind;
import dev.upkeep.api.event.TreeEvent;
import dev.upkeep.api.health.Role;
import dev.upkeep.api.settings.Choice;
import dev.upkeep.health.HeartbeatFactory;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.Objects;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import jdk.management.VirtualThreadSchedulerMXBean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Components that never yield: one for each carrier that virtual threads have, and one more, in a real tree. The carrier
 * watch needs one to two seconds for each carrier it adds, so the deadlines here are long, and reached by nobody.
 */
class BurningComponentsTest {
    private static final int BURNERS = Runtime.getRuntime().availableProcessors() + 1;
    private static final Duration LONG = ofSeconds(60);

    private static volatile boolean mayEnd;

    private final VirtualThreadSchedulerMXBean scheduler = Objects
            .requireNonNull(ManagementFactory.getPlatformMXBean(VirtualThreadSchedulerMXBean.class));
    private final int carriersBefore = scheduler.getParallelism();
    private final CountDownLatch burning = new CountDownLatch(BURNERS);
    private final AtomicLong steps = new AtomicLong();
    private final Collection<TreeEvent> events = new ConcurrentLinkedQueue<>();

    @BeforeEach
    void asManyCarriersAsProcessors() {
        mayEnd = false;
        scheduler.setParallelism(Runtime.getRuntime().availableProcessors());
    }

    @AfterEach
    void endTheBurnersAndGiveTheirCarriersBack() {
        mayEnd = true;
        scheduler.setParallelism(carriersBefore);
    }

    @Test
    void othersRunRestartAreCheckedAndObeyWhileEveryCarrierBurns() throws Exception {
        try (Supervisor shop = shop().start()) {
            assertThat(burning.await(LONG.toSeconds(), TimeUnit.SECONDS)).as("all burn").isTrue();

            long before = steps.get();
            await("other components run").atMost(LONG).until(() -> steps.get() > before + 10);
            await("one that throws is restarted").atMost(LONG)
                    .until(() -> status(shop, "throws-once").generation() == 2
                            && status(shop, "throws-once").actual() == ActualState.RUNNING);
            assertThat(status(shop, "throws-once").lastExit().orElseThrow().cause().toString())
                    .contains("while all burn");
            shop.start(path("silent")).get(LONG.toSeconds(), TimeUnit.SECONDS);
            await("a check finds the silent one out").atMost(LONG)
                    .until(() -> status(shop, "silent").generation() >= 2);
            assertThat(status(shop, "silent").lastExit().orElseThrow().cause().toString())
                    .startsWith("unhealthy(heartbeat: silent for");

            Reply reply = shop.restart(path("steady")).get(LONG.toSeconds(), TimeUnit.SECONDS);
            assertThat(reply.kind()).isEqualTo(Reply.Kind.DONE);
            assertThat(status(shop, "steady").generation()).isEqualTo(2);
            assertThat(status(shop, "steady").restarts()).as("nothing else ended it").isZero();

            assertThat(medianOfStatus(shop)).isLessThan(ofMillis(100));
            await("it is told").atMost(LONG)
                    .until(() -> events.stream().anyMatch(e -> e.kind() == EventKind.CARRIERS_BUSY));
            for (int i = 0; i < BURNERS; i++) {
                assertThat(status(shop, "burner-" + i).actual()).isEqualTo(ActualState.RUNNING);
                assertThat(status(shop, "burner-" + i).generation()).isEqualTo(1);
            }
            mayEnd = true;
        }
        CountDownLatch sang = new CountDownLatch(1);
        Thread.ofVirtual().start(sang::countDown);
        assertThat(sang.await(LONG.toSeconds(), TimeUnit.SECONDS)).as("carriers are free again").isTrue();
    }

    private SupervisorBuilder shop() {
        AtomicInteger thrown = new AtomicInteger();
        Choice immediate = Choice.of("immediate");
        return Supervisor.named("shop")
                .intensity(1000, LONG)
                .listener(events::add)
                .children("burner", BURNERS, i -> c -> c.startTimeout(LONG).component(() -> this::burn))
                .child("steady", c -> c.startTimeout(LONG)
                        .check(heartbeat(LONG))
                        .component(() -> this::step))
                .child("throws-once", c -> c.startTimeout(LONG)
                        .backoff(immediate)
                        .component(() -> thrown.getAndIncrement() == 0 ? this::failOnceAllBurn : this::step))
                .child("silent", c -> c.autostart(false)
                        .check(heartbeat(ofSeconds(1)))
                        .component(() -> context -> context.awaitStop(LONG)));
    }

    private static CheckSpec heartbeat(Duration silence) {
        return CheckSpec.of(HeartbeatFactory.heartbeat(silence), Role.LIVENESS);
    }

    private void burn(ComponentContext context) {
        burning.countDown();
        while (!mayEnd) {
            Thread.onSpinWait();
        }
    }

    private void step(ComponentContext context) throws InterruptedException {
        while (!context.awaitStop(ofMillis(10))) {
            context.heartbeat();
            steps.incrementAndGet();
        }
    }

    private void failOnceAllBurn(ComponentContext context) throws InterruptedException {
        burning.await();
        throw new IllegalStateException("while all burn");
    }

    private static Duration medianOfStatus(Supervisor tree) {
        long[] nanos = new long[51];
        for (int i = 0; i < nanos.length; i++) {
            long asked = System.nanoTime();
            assertThat(tree.status(path("steady"))).isPresent();
            nanos[i] = System.nanoTime() - asked;
        }
        Arrays.sort(nanos);
        return Duration.ofNanos(nanos[nanos.length / 2]);
    }

    private static ChildStatus status(Supervisor tree, String id) {
        return tree.status(path(id)).orElseThrow();
    }

    private static ChildPath path(String id) {
        return new ChildPath("shop/" + id);
    }
}
