package dev.upkeep.inject;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import dev.upkeep.api.BreakerUse;
import dev.upkeep.api.Component;
import dev.upkeep.api.Reply;
import dev.upkeep.api.Supervisor;
import dev.upkeep.api.SupervisorBuilder;
import dev.upkeep.api.SupervisorSpec.OnStartFailure;
import dev.upkeep.api.breaker.BreakerOpenException;
import dev.upkeep.api.breaker.BreakerState;
import dev.upkeep.api.breaker.ChildDownException;
import dev.upkeep.api.breaker.CircuitBreaker;
import dev.upkeep.api.breaker.CircuitBreaker.Snapshot;
import dev.upkeep.api.breaker.CircuitBreakerFactory;
import dev.upkeep.api.child.ActualState;
import dev.upkeep.api.child.ChildPath;
import dev.upkeep.api.child.ChildStatus;
import dev.upkeep.api.event.EventKind;
import dev.upkeep.api.settings.Choice;
import dev.upkeep.api.settings.Defaults;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The real breakers in a real tree: they outlive it, change with its spec, and keep callers from a child that is down. */
@Timeout(120)
final class LivingBreakersTest {
    private static final ChildPath WEB = new ChildPath("shop/web");
    private static final ChildPath API = new ChildPath("shop/api");

    private final AtomicInteger starts = new AtomicInteger();
    private final AtomicBoolean well = new AtomicBoolean();
    /** One, so that a spec that has it again has nothing new to say of the child. */
    private final Callable<Component> web = () -> {
        starts.incrementAndGet();
        if (!well.get()) {
            throw new IllegalStateException("no disk");
        }
        return context -> context.awaitStop(Duration.ofDays(1));
    };

    /** Returns a breaker that opens on that failure, for ten minutes. */
    private static Choice consecutive(int failures) {
        return choice("consecutive", Map.of("failures", failures, "openFor", Duration.ofMinutes(10)));
    }

    /** Returns a type with other settings than its defaults, which are no class of this module's. */
    private static Choice choice(String type, Map<String, Object> settings) {
        for (CircuitBreakerFactory<?> factory : ServiceLoader.load(CircuitBreakerFactory.class)) {
            if (factory.type().equals(type)) {
                return Choice.of(type, record(factory.settings(), settings));
            }
        }
        throw new AssertionError("no breaker " + type);
    }

    private static <R extends Record> R record(Class<R> type, Map<String, Object> settings) {
        R defaults = Defaults.of(type);
        var components = type.getRecordComponents();
        Object[] values = new Object[components.length];
        Class<?>[] types = new Class<?>[components.length];
        try {
            for (int i = 0; i < components.length; i++) {
                Object other = settings.get(components[i].getName());
                types[i] = components[i].getType();
                values[i] = other != null ? other : components[i].getAccessor().invoke(defaults);
            }
            return type.getDeclaredConstructor(types).newInstance(values);
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(e);
        }
    }

    /** A tree whose web fails at every start while nothing is well. */
    private SupervisorBuilder shop(BreakerUse breaker) {
        return Supervisor.named("shop")
                .onStartFailure(OnStartFailure.KEEP_TRYING)
                .child("web", c -> c.component(web).breaker(breaker));
    }

    private SupervisorBuilder shared(Choice db) {
        return shop(BreakerUse.shared("db")).breaker("db", db);
    }

    private static ChildStatus suspended(Supervisor shop) {
        await().until(() -> shop.status(WEB).orElseThrow().actual() == ActualState.SUSPENDED);
        return shop.status(WEB).orElseThrow();
    }

    private static Instant trialOf(ChildStatus child) {
        return child.next().orElseThrow().at().orElseThrow();
    }

    @Test
    @DisplayName("C8 what survived of a child's own breaker holds it back in the next supervisor: no start is tried before its time")
    void c8_anOpenBreakerIsStillOpenInTheNextSupervisor() {
        BreakerUse own = BreakerUse.own(consecutive(1));
        Map<String, Snapshot> kept;
        Instant trial;
        try (Supervisor shop = shop(own).start()) {
            trial = trialOf(suspended(shop));
            shop.close();
            kept = shop.breakerSnapshots();
        }
        assertThat(kept).containsOnlyKeys("shop/web");
        assertThat(starts).hasValue(1);

        try (Supervisor shop = shop(own).restoredBreakers(kept).start()) {
            ChildStatus web = suspended(shop);
            assertThat(trialOf(web)).isCloseTo(trial, within(3, ChronoUnit.SECONDS));
            assertThat(starts).hasValue(1);
            assertThat(shop.breaker(WEB).orElseThrow().view().state()).isEqualTo(BreakerState.OPEN);
        }
    }

    @Test
    @DisplayName("C8 what a person forced holds in the next supervisor, and names that are not there are passed over")
    void c8_whatWasForcedHoldsInTheNextSupervisor() {
        Map<String, Snapshot> kept;
        try (Supervisor shop = shared(consecutive(2)).start()) {
            shop.breaker("db").orElseThrow().force(BreakerState.FORCED_OPEN, "maintenance");
            kept = shop.breakerSnapshots();
        }
        int before = starts.get();

        try (Supervisor shop = shared(consecutive(2)).restoredBreakers(Map.of("db",
                Optional.ofNullable(kept.get("db")).orElseThrow(), "gone",
                new Snapshot(BreakerState.OPEN, 1, Optional.empty(), ""))).start()) {
            assertThat(suspended(shop).next().orElseThrow().at()).isEmpty();
            assertThat(starts).hasValue(before);
            assertThat(shop.breaker("gone")).isEmpty();
        }
    }

    @Test
    @DisplayName("S2 C8 a first start that must not fail goes on without the child that a restored breaker holds back")
    void aFirstStartGoesOnWithoutTheChildThatIsHeldBack() {
        Map<String, Snapshot> open = Map.of("shop/web",
                new Snapshot(BreakerState.OPEN, 1, Optional.of(Duration.ofMinutes(5)), "it failed before"));

        try (Supervisor shop = shop(BreakerUse.own(consecutive(1))).onStartFailure(OnStartFailure.FAIL)
                .restoredBreakers(open)
                .start()) {
            assertThat(shop.status(WEB).orElseThrow().actual()).isEqualTo(ActualState.SUSPENDED);
            assertThat(starts).hasValue(0);
        }
    }

    @Test
    @DisplayName("C8 an open breaker whose settings change stays open, with its timer, and nothing is tried")
    void c8_anOpenBreakerWhoseSettingsChangeStaysOpen() throws Exception {
        try (Supervisor shop = shared(consecutive(1)).start()) {
            Instant trial = trialOf(suspended(shop));
            CircuitBreaker db = shop.breaker("db").orElseThrow();
            CircuitBreaker.View view = db.view();

            assertThat(shop.apply(shared(consecutive(7)).build()).get(20, TimeUnit.SECONDS).reply().kind())
                    .isEqualTo(Reply.Kind.DONE);

            assertThat(db.view()).isEqualTo(view);
            assertThat(trialOf(suspended(shop))).isCloseTo(trial, within(2, ChronoUnit.SECONDS));
            assertThat(starts).hasValue(1);
        }
    }

    @Test
    @DisplayName("C8 a child's own open breaker stays open when its settings or its type change: no start is tried for that")
    void c8_aChildsOwnBreakerStaysOpenWhenItsSettingsChange() throws Exception {
        try (Supervisor shop = shop(BreakerUse.own(consecutive(1))).start()) {
            Instant trial = trialOf(suspended(shop));
            long changes = shop.count(EventKind.TRIAL);

            for (Choice next : List.of(consecutive(7), Choice.of("failure-rate"))) {
                shop.apply(shop(BreakerUse.own(next)).build()).get(20, TimeUnit.SECONDS);

                assertThat(trialOf(suspended(shop))).isCloseTo(trial, within(2, ChronoUnit.SECONDS));
                assertThat(starts).hasValue(1);
            }
            assertThat(shop.count(EventKind.TRIAL)).isEqualTo(changes);
        }
    }

    @Test
    @DisplayName("C8 an open breaker that becomes one of another type stays open, with its timer, and nothing is tried")
    void c8_anOpenBreakerOfAnotherTypeStaysOpen() throws Exception {
        try (Supervisor shop = shared(consecutive(1)).start()) {
            Instant trial = trialOf(suspended(shop));
            CircuitBreaker db = shop.breaker("db").orElseThrow();

            assertThat(shop.apply(shared(Choice.of("failure-rate")).build())
                    .get(20, TimeUnit.SECONDS)
                    .reply()
                    .kind()).isEqualTo(Reply.Kind.DONE);

            assertThat(db.view().state()).isEqualTo(BreakerState.OPEN);
            assertThat(trialOf(suspended(shop))).isCloseTo(trial, within(2, ChronoUnit.SECONDS));
            assertThat(starts).hasValue(1);
            assertThatThrownBy(() -> db.call(() -> 1)).isInstanceOf(BreakerOpenException.class);
            db.reset();
            well.set(true);
            await().until(() -> shop.status(WEB).orElseThrow().actual() == ActualState.RUNNING);
        }
    }

    @Test
    @DisplayName("A5 a child that is wanted again while it still stops comes back with a breaker")
    void a5_aChildThatIsWantedAgainWhileItStopsComesBackWithItsBreaker() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        Callable<Component> slow = () -> context -> {
            // One that is asked to stop before it has begun is gone at once.
            begun.countDown();
            context.awaitStop(Duration.ofDays(1));
            release.await();
        };
        Supplier<SupervisorBuilder> with = () -> Supervisor.named("shop")
                .child("api", c -> c.component(slow).breaker(BreakerUse.own(Choice.of("consecutive"))));
        try (Supervisor shop = with.get().start()) {
            CircuitBreaker api = shop.breaker(API).orElseThrow();
            begun.await();
            var removed = shop.apply(Supervisor.named("shop").build());
            await().until(() -> shop.status(API).orElseThrow().actual() == ActualState.STOPPING);
            var added = shop.apply(with.get().build());
            assertThatThrownBy(() -> api.call(() -> 1)).isInstanceOf(ChildDownException.class);
            await().until(() -> shop.spec().root().children().size() == 1);

            release.countDown();
            removed.get(20, TimeUnit.SECONDS);
            added.get(20, TimeUnit.SECONDS);
            await().until(() -> shop.status(API)
                    .filter(
                            child -> child.generation() > 1 && child.actual() == ActualState.RUNNING)
                    .isPresent());

            assertThat(shop.breaker(API)).isPresent();
            assertThat(shop.breakerSnapshots()).containsKey("shop/api");
            assertThat(api.call(() -> 42)).isEqualTo(42);
        }
    }

    @Test
    @DisplayName("C3 C9 a listener that never comes back holds up no other, and no breaker's timer")
    void c9_aListenerThatHangsHoldsUpNobody() throws Exception {
        CountDownLatch heard = new CountDownLatch(1);
        Choice brief = choice("consecutive", Map.of("failures", 1, "openFor", Duration.ofMillis(50)));
        try (Supervisor shop = shared(brief).breaker("hung", consecutive(1)).start()) {
            CircuitBreaker hung = shop.breaker("hung").orElseThrow();
            hung.onChange(view -> awaitQuietly(new CountDownLatch(1)));
            hung.onChange(view -> heard.countDown());
            hung.force(BreakerState.FORCED_OPEN, "to be heard of");

            suspended(shop);
            well.set(true);

            await().until(() -> shop.status(WEB).orElseThrow().actual() == ActualState.RUNNING);
            assertThat(heard.await(20, TimeUnit.SECONDS)).isTrue();
        }
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    @DisplayName("reset closes the breaker of a suspended child, which starts")
    void resetClosesTheBreaker() throws Exception {
        try (Supervisor shop = shop(BreakerUse.own(consecutive(1))).start()) {
            suspended(shop);
            well.set(true);

            assertThat(shop.reset(WEB).get(20, TimeUnit.SECONDS).kind()).isEqualTo(Reply.Kind.DONE);

            assertThat(shop.breaker(WEB).orElseThrow().view().state()).isEqualTo(BreakerState.CLOSED);
            assertThat(shop.status(WEB).orElseThrow().actual()).isEqualTo(ActualState.RUNNING);
        }
    }

    @Test
    @DisplayName("C7 a call to a child that is suspended is refused at once, with when it is tried again; one to a child that runs is not")
    void c7_aCallToAChildThatIsDownIsRefused() throws Exception {
        try (Supervisor shop = shop(BreakerUse.own(consecutive(1)))
                .child("api", c -> c.component(() -> context -> context.awaitStop(Duration.ofDays(1)))
                        .breaker(BreakerUse.own(Choice.of("consecutive"))))
                .start()) {
            Instant trial = trialOf(suspended(shop));
            CircuitBreaker web = shop.breaker(WEB).orElseThrow();
            CircuitBreaker api = shop.breaker(API).orElseThrow();

            assertThatThrownBy(() -> web.call(() -> 1)).isInstanceOfSatisfying(ChildDownException.class,
                    e -> {
                        assertThat(e.down().path()).isEqualTo(WEB);
                        assertThat(e.down().state()).isEqualTo(ActualState.SUSPENDED);
                        assertThat(e.down().why()).contains("no disk");
                        assertThat(e.down().next()).contains(trial);
                    });
            assertThat(api.call(() -> 42)).isEqualTo(42);

            shop.stop(API).get(20, TimeUnit.SECONDS);
            assertThatThrownBy(() -> api.call(() -> 1)).isInstanceOf(ChildDownException.class)
                    .hasMessageContaining("'api' is stopped");
            shop.start(API).get(20, TimeUnit.SECONDS);
            assertThat(api.call(() -> 42)).isEqualTo(42);
            assertThat(shop.count(EventKind.BREAKER_CHANGED)).as("refusals count nowhere").isEqualTo(1);
        }
    }
}
