package dev.upkeep.component;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.upkeep.api.BreakerUse;
import dev.upkeep.api.ChildSpec;
import dev.upkeep.api.ComponentContext;
import dev.upkeep.api.ComponentSpec;
import dev.upkeep.api.StopRule;
import dev.upkeep.api.breaker.BreakerOpenException;
import dev.upkeep.api.breaker.BreakerState;
import dev.upkeep.api.breaker.CircuitBreaker;
import dev.upkeep.api.breaker.Permit;
import dev.upkeep.api.child.ChildPath;
import dev.upkeep.api.settings.Choice;
import dev.upkeep.api.time.Timers.Cancellable;
import dev.upkeep.supervise.Event;
import dev.upkeep.supervise.InstanceId;
import dev.upkeep.tree.Vitals;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** S5: what an instance holds of the tree's breakers is void when it was abandoned, or has ended. */
@Timeout(30)
final class RevokedContextTest {
    private static final StopRule RULE = StopRule.within(Duration.ofSeconds(5));

    /** Lets everything through and writes down what is reported. */
    private static final class Notebook implements CircuitBreaker {
        final List<String> reports = new ArrayList<>();
        final List<Consumer<View>> listeners = new ArrayList<>();

        @Override
        public Optional<Permit> tryAcquire() {
            return Optional.of(new Permit() {
                @Override
                public void success() {
                    reports.add("success");
                }

                @Override
                public void failure(@Nullable Throwable why) {
                    reports.add("failure");
                }

                @Override
                public void ignore() {
                    reports.add("ignored");
                }

                /** What was reported is not ignored as well. */
                @Override
                public void close() {}
            });
        }

        @Override
        public View view() {
            return new View("db", 1, BreakerState.CLOSED, Optional.empty(), "well");
        }

        @Override
        public Cancellable onChange(Consumer<View> listener) {
            listeners.add(listener);
            return () -> listeners.remove(listener);
        }

        @Override
        public void reset() {
            reports.add("reset");
        }

        @Override
        public void close() {
            reports.add("closed");
        }
    }

    private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();
    private final BlockingQueue<ComponentContext> contexts = new LinkedBlockingQueue<>();
    private final Notebook db = new Notebook();
    private final Notebook own = new Notebook();
    private final ComponentChildren children = new ComponentChildren(events::add, () -> 0,
            name -> Optional
                    .ofNullable(Map.of("db", db, "shop/api", own, "shop/other", new Notebook()).get(name)),
            new StatesInMemory());
    private final InstanceId instance = new InstanceId(new ChildPath("shop/api"), 1);

    private ComponentContext start(Optional<BreakerUse> breaker) throws InterruptedException {
        ChildSpec plain = ComponentChildrenTest.specOf(ComponentSpec.of(() -> context -> {
            contexts.add(context);
            context.awaitStop(Duration.ofDays(1));
        }));
        children.start(instance, new ChildSpec(plain.id(), plain.work(), plain.restart(), plain.stop(),
                plain.startTimeout(), plain.backoff(), breaker, plain.health(), plain.after(),
                plain.autostart(),
                plain.significant(), plain.essential(), plain.critical(), plain.whenAbandoned(),
                plain.pool()),
                new Vitals());
        return contexts.take();
    }

    @AfterEach
    void stop() {
        children.stop(instance, RULE, false);
    }

    @Test
    void aPermitCountsOnceWhileTheInstanceLives() throws Exception {
        CircuitBreaker breaker = start(Optional.empty()).breaker("db");

        assertThat(breaker.call(() -> 42)).isEqualTo(42);
        assertThatThrownBy(() -> breaker.call(() -> {
            throw new IllegalStateException();
        })).isInstanceOf(IllegalStateException.class);
        try (Permit unused = breaker.tryAcquire().orElseThrow()) {
            assertThat(unused).isNotNull();
        }

        assertThat(db.reports).containsExactly("success", "failure", "ignored");
    }

    @Test
    void s5_thePermitsOfAnAbandonedInstanceAreGivenBackUncountedAndItGetsNoMore() throws Exception {
        CircuitBreaker breaker = start(Optional.empty()).breaker("db");
        Permit held = breaker.tryAcquire().orElseThrow();

        children.revoke(instance);
        assertThat(db.reports).as("at once: it may be the only trial").containsExactly("ignored");

        held.success();
        held.failure(new IllegalStateException());
        assertThat(breaker.tryAcquire()).isEmpty();
        assertThatThrownBy(() -> breaker.call(() -> 42)).isInstanceOf(BreakerOpenException.class)
                .hasMessageContainingAll("api#1", "over");
        breaker.reset();
        assertThat(db.reports).containsExactly("ignored");
    }

    @Test
    void s5_theListenersOfAnInstanceHearNothingWhenItHasEnded() throws Exception {
        CircuitBreaker breaker = start(Optional.empty()).breaker("db");
        List<CircuitBreaker.View> heard = new ArrayList<>();
        breaker.onChange(heard::add);
        db.listeners.forEach(listener -> listener.accept(db.view()));
        assertThat(heard).hasSize(1);

        children.stop(instance, RULE, false);
        while (!(events.take() instanceof Event.Ended)) {
            // Started comes first.
        }
        db.listeners.forEach(listener -> listener.accept(db.view()));
        breaker.onChange(heard::add);

        assertThat(heard).hasSize(1);
        assertThat(db.listeners).isEmpty();
    }

    @Test
    void aComponentCannotCloseABreakerOfTheTree() throws Exception {
        start(Optional.empty()).breaker("db").close();

        assertThat(db.reports).isEmpty();
    }

    @Test
    void itsBreakerIsTheOneTheChildWasConfiguredWith() throws Exception {
        ComponentContext context = start(Optional.of(BreakerUse.shared("db")));
        context.breaker().call(() -> 1);

        assertThat(db.reports).containsExactly("success");
    }

    @Test
    void itsBreakerMayBeOfItsOwnAndAnotherChildsIsNoneOfItsBusiness() throws Exception {
        ComponentContext context = start(Optional.of(BreakerUse.own(Choice.of("consecutive"))));
        context.breaker().call(() -> 1);
        context.breaker("shop/api").call(() -> 1);

        assertThat(own.reports).containsExactly("success", "success");
        assertThatThrownBy(() -> context.breaker("shop/other")).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("shop/other");
    }

    @Test
    void aChildWithoutABreakerIsToldSo() throws Exception {
        ComponentContext context = start(Optional.empty());

        assertThatThrownBy(context::breaker).isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("shop/api");
    }
}
