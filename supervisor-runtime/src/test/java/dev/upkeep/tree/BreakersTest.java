package dev.upkeep.tree;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;

import dev.upkeep.api.BreakerUse;
import dev.upkeep.api.ChildSpec;
import dev.upkeep.api.Supervisor;
import dev.upkeep.api.SupervisorBuilder;
import dev.upkeep.api.TreeSpec;
import dev.upkeep.api.breaker.BreakerContext;
import dev.upkeep.api.breaker.BreakerState;
import dev.upkeep.api.breaker.CircuitBreaker;
import dev.upkeep.api.breaker.CircuitBreakerFactory;
import dev.upkeep.api.child.ChildPath;
import dev.upkeep.api.settings.Choice;
import dev.upkeep.api.settings.Defaults;
import dev.upkeep.supervise.Action.StartResult;
import dev.upkeep.supervise.Event;
import dev.upkeep.supervise.InstanceId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

final class BreakersTest {
    private static final InstanceId WEB = new InstanceId(new ChildPath("shop/web"), 1);

    private static final Choice OWN = Choice.of("consecutive");

    private final List<Event> queue = new ArrayList<>();
    private final Map<String, FakeBreaker> made = new HashMap<>();
    private final Map<String, BreakerContext> contexts = new HashMap<>();

    private static final Duration LEASE = Duration.ofSeconds(70);

    private final Map<ChildPath, ChildSpec> specs = new HashMap<>();

    @Test
    @DisplayName("C6 shared breakers get three trials, a child's own gets one and the child's path for a name")
    void everyBreakerOfTheTreeIsMadeUnderItsName() {
        port((choice, context) -> fake(context));

        assertThat(contexts).containsOnlyKeys("db", "shop/web", "shop/etl/load");
        assertThat(contexts.get("db")).extracting(BreakerContext::defaultTrials).isEqualTo(3);
        assertThat(contexts.get("shop/web")).extracting(BreakerContext::defaultTrials).isEqualTo(1);
    }

    @Test
    void aPermitIsReportedOnOnce() {
        Breakers port = port((choice, context) -> fake(context));

        port.acquire("shop/web", WEB, false, LEASE);
        long permit = permitted();
        port.report("shop/web", permit, StartResult.FAILURE);
        port.report("shop/web", permit, StartResult.SUCCESS);
        port.report("shop/web", 0, StartResult.SUCCESS);

        assertThat(permit).isPositive();
        assertThat(web().reports).containsExactly("failure null");
    }

    @Test
    @DisplayName("C1 a start that failed is reported without a throwable, for which the settings might have a name")
    void everyResultReachesThePermit() {
        Breakers port = port((choice, context) -> fake(context));

        for (StartResult result : StartResult.values()) {
            queue.clear();
            port.acquire("shop/web", WEB, false, LEASE);
            port.report("shop/web", permitted(), result);
        }

        assertThat(web().reports).containsExactly("success", "failure null", "ignore");
    }

    @Test
    void aPermitThatWasNeverReportedIsGivenBackWhenItsChildAsksAgain() {
        Breakers port = port((choice, context) -> fake(context));

        port.acquire("shop/web", WEB, false, LEASE);
        port.acquire("shop/web", new InstanceId(WEB.path(), 2), false, LEASE);

        assertThat(web().reports).containsExactly("ignore");
        assertThat(queue).containsExactly(new Event.Permitted(WEB, 1),
                new Event.Permitted(new InstanceId(WEB.path(), 2), 2));
    }

    @Test
    void aChangeIsOffered() {
        port((choice, context) -> fake(context));

        web().become(BreakerState.OPEN);

        assertThat(queue).containsExactly(new Event.BreakerChanged(web().view()));
    }

    @Test
    void aRefusalComesAfterTheStateThatCausedIt() {
        Breakers port = port((choice, context) -> fake(context));
        web().become(BreakerState.OPEN);
        queue.clear();

        port.acquire("shop/web", WEB, false, LEASE);

        assertThat(queue).containsExactly(new Event.BreakerChanged(web().view()), new Event.Refused(WEB));
    }

    @Test
    void aRefusalThatAChangeOvertookIsAskedAgain() {
        Breakers port = port((choice, context) -> fake(context));
        web().become(BreakerState.OPEN);
        queue.clear();
        web().afterRefusal = () -> web().become(BreakerState.CLOSED);

        port.acquire("shop/web", WEB, false, LEASE);

        assertThat(queue).containsExactly(new Event.BreakerChanged(web().view()),
                new Event.Permitted(WEB, 1));
    }

    @Test
    void aBreakerThatChangesUnderEveryQuestionIsAskedThreeTimes() {
        Breakers port = port((choice, context) -> fake(context));
        web().become(BreakerState.OPEN);
        web().afterRefusal = () -> web().become(BreakerState.OPEN);

        port.acquire("shop/web", WEB, false, LEASE);

        assertThat(web().asked).isEqualTo(3);
        assertThat(queue.getLast()).isEqualTo(new Event.Refused(WEB));
    }

    @Test
    @DisplayName("A2 a start by hand is never refused: without a permit it counts nowhere")
    void aStartByHandIsNeverRefused() {
        Breakers port = port((choice, context) -> fake(context));
        port.acquire("shop/web", WEB, true, LEASE);
        assertThat(permitted()).isPositive();
        web().become(BreakerState.OPEN);

        port.acquire("shop/web", WEB, true, LEASE);

        assertThat(queue.getLast()).isEqualTo(new Event.Permitted(WEB, 0));
    }

    @Test
    void aBreakerThatThrowsLetsTheStartThrough() {
        Breakers port = port((choice, context) -> fake(context));
        web().broken = true;

        port.acquire("shop/web", WEB, false, LEASE);
        port.reset("shop/web");
        port.close();

        assertThat(queue).containsExactly(new Event.Permitted(WEB, 0));
    }

    @Test
    void aBreakerThatReturnsNothingWhereItMustLetsTheStartThrough() {
        Breakers port = port((choice, context) -> mock(CircuitBreaker.class, call -> null));

        port.acquire("shop/web", WEB, false, LEASE);
        port.acquire("shop/web", WEB, true, LEASE);

        assertThat(queue).containsExactly(new Event.Permitted(WEB, 0), new Event.Permitted(WEB, 0));
        assertThat(port.snapshots()).isEmpty();
    }

    @Test
    @DisplayName("X4 one foreign breaker that is broken in every way keeps nothing of the tree from going on")
    void aBreakerThatIsBrokenInEveryWayIsPassedOver() {
        Breakers port = port((choice, context) -> mock(CircuitBreaker.class, call -> {
            if (call.getMethod().getName().equals("onChange")) {
                return null;
            }
            throw new AssertionError("broken");
        }));

        port.acquire("shop/web", WEB, false, LEASE);
        port.acquire("shop/web", WEB, true, LEASE);
        port.reset("shop/web");
        port.prepare(tree());
        port.applied(tree());
        port.forget(WEB.path(), late());
        port.close();

        assertThat(queue).containsExactly(new Event.Permitted(WEB, 0), new Event.Permitted(WEB, 0));
        assertThat(port.snapshots()).isEmpty();
    }

    @Test
    void aBrokenBreakerIsReplacedByOneThatBeginsClosed() {
        Breakers port = port((choice, context) -> fake(context));
        TreeSpec next = new TreeSpec("shop", tree().root(), Map.of("db", Choice.of("failure-rate")),
                tree().shutdownTimeout(), 4, Optional.empty());
        made("db").broken = true;

        port.prepare(next);
        port.applied(next);

        assertThat(port.find("db").orElseThrow().view().state()).isEqualTo(BreakerState.CLOSED);
    }

    @Test
    void aPermitThatThrowsIsForgotten() {
        Breakers port = port((choice, context) -> fake(context));
        port.acquire("shop/web", WEB, false, LEASE);
        web().broken = true;

        port.report("shop/web", permitted(), StartResult.SUCCESS);

        assertThat(web().reports).isEmpty();
    }

    @Test
    void aBreakerThatCannotBeMadeIsNoBreaker() {
        Breakers port = port((choice, context) -> {
            throw new NoClassDefFoundError("gone");
        });

        port.acquire("shop/web", WEB, false, LEASE);

        assertThat(queue).containsExactly(new Event.Permitted(WEB, 0));
        assertThat(port.find("shop/web")).isEmpty();
    }

    @Test
    void resetAndCloseReachTheBreaker() {
        Breakers port = port((choice, context) -> fake(context));

        port.reset("shop/web");
        port.reset("nobody");
        port.close();

        assertThat(web().reports).containsExactly("reset", "close");
        assertThat(port.find("db").orElseThrow().view()).isSameAs(made("db").view());
    }

    @Test
    @DisplayName("C4 the built-in breaker opens on the fifth failed start, and the sixth is refused")
    void theRealBreakerOpensOnTheFifthFailedStart() {
        Breakers port = port((choice, context) -> real(choice, context));

        for (int start = 1; start <= 5; start++) {
            queue.clear();
            port.acquire("shop/web", WEB, false, LEASE);
            port.report("shop/web", permitted(), StartResult.FAILURE);
        }
        assertThat(queue.getLast()).isInstanceOfSatisfying(Event.BreakerChanged.class,
                changed -> assertThat(changed.view().state()).isEqualTo(BreakerState.OPEN));
        port.acquire("shop/web", WEB, false, LEASE);

        assertThat(queue.getLast()).isEqualTo(new Event.Refused(WEB));
    }

    @Test
    void anAddedChildGetsItsBreakerAndOneThatIsGoneHasItClosed() {
        Breakers port = port((choice, context) -> fake(context));
        ChildSpec late = late();
        InstanceId first = new InstanceId(new ChildPath("shop/late"), 1);

        port.create(new ChildPath("shop"), List.of(late));
        port.acquire("shop/late", first, false, LEASE);
        FakeBreaker breaker = made("shop/late");
        port.forget(first.path(), late);

        assertThat(breaker.reports).containsExactly("ignore", "close");
        assertThat(port.find("shop/late")).isEmpty();
        queue.clear();
        breaker.become(BreakerState.OPEN);
        assertThat(queue).isEmpty();
    }

    @Test
    void aSupervisorThatIsGoneHasTheBreakersBelowItClosed() {
        Breakers port = port((choice, context) -> fake(context));
        ChildSpec etl = tree().root().children().get(2);

        port.forget(new ChildPath("shop/etl"), etl);

        assertThat(port.find("shop/etl/load")).isEmpty();
        assertThat(port.find("db")).isPresent();
    }

    @Test
    void aSharedBreakerThatTheNewSpecHasNotIsClosed() {
        Breakers port = port((choice, context) -> fake(context));
        TreeSpec next = Supervisor.named("shop").breaker("cache", OWN).build();

        port.prepare(next);
        port.applied(next);

        assertThat(port.find("db")).isEmpty();
        assertThat(made("db").reports).containsExactly("close");
        assertThat(port.find("cache")).isPresent();
    }

    @Test
    void afterTheEndNothingIsLeftOpen() {
        Breakers port = port((choice, context) -> fake(context));
        port.close();

        port.create(new ChildPath("shop"),
                List.of(late()));

        assertThat(made("shop/late").reports).containsExactly("close");
    }

    private Breakers port(BreakerMaker maker) {
        Breakers port = new Breakers(queue::add, () -> 0, (delay, task) -> () -> {}, 1, Runnable::run,
                Runnable::run, maker,
                path -> Optional.ofNullable(specs.get(path)));
        port.create(tree(), Map.of());
        return port;
    }

    private static ChildSpec late() {
        return Supervisor.named("shop")
                .child("late", c -> c.component(() -> context -> {}).breaker(BreakerUse.own(OWN)))
                .build()
                .root()
                .children()
                .get(0);
    }

    private static TreeSpec tree() {
        SupervisorBuilder tree = Supervisor.named("shop");
        tree.breaker("db", OWN);
        tree.child("web", c -> c.process("web").breaker(BreakerUse.own(OWN)));
        tree.child("api", c -> c.process("api").breaker(BreakerUse.shared("db")));
        tree.supervisor("etl", s -> s.child("load", c -> c.process("load").breaker(BreakerUse.own(OWN))));
        return tree.build();
    }

    private FakeBreaker web() {
        return made("shop/web");
    }

    private FakeBreaker made(String name) {
        return Optional.ofNullable(made.get(name)).orElseThrow();
    }

    private long permitted() {
        return ((Event.Permitted) queue.getLast()).permit();
    }

    private CircuitBreaker fake(BreakerContext context) {
        FakeBreaker breaker = new FakeBreaker(context.name());
        made.put(context.name(), breaker);
        contexts.put(context.name(), context);
        return breaker;
    }

    private static CircuitBreaker real(Choice choice, BreakerContext context) {
        for (CircuitBreakerFactory<?> factory : ServiceLoader.load(CircuitBreakerFactory.class)) {
            if (factory.type().equals(choice.type())) {
                return create(factory, context);
            }
        }
        throw new AssertionError("no breaker of type " + choice.type());
    }

    private static <S extends Record> CircuitBreaker create(
            CircuitBreakerFactory<S> factory,
            BreakerContext context) {
        return factory.create(Defaults.of(factory.settings()), context);
    }
}
