package dev.upkeep.tree;

import static org.assertj.core.api.Assertions.assertThat;

import dev.upkeep.api.BreakerUse;
import dev.upkeep.api.ChildSpec;
import dev.upkeep.api.Supervisor;
import dev.upkeep.api.TreeSpec;
import dev.upkeep.api.breaker.BreakerContext;
import dev.upkeep.api.breaker.BreakerState;
import dev.upkeep.api.breaker.CircuitBreaker;
import dev.upkeep.api.breaker.CircuitBreaker.Snapshot;
import dev.upkeep.api.breaker.CircuitBreaker.View;
import dev.upkeep.api.child.ChildPath;
import dev.upkeep.api.settings.Choice;
import dev.upkeep.supervise.Event;
import dev.upkeep.supervise.InstanceId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiPredicate;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What becomes of breakers when another spec is applied, and when they outlive their supervisor. */
final class ChangedBreakersTest {
    private static final Duration LEASE = Duration.ofSeconds(70);
    private static final ChildPath WEB = new ChildPath("shop/web");

    private record Limit(int failures) {}

    private static final Choice FIVE = Choice.of("consecutive", new Limit(5));
    private static final Choice NINE = Choice.of("consecutive", new Limit(9));
    private static final Choice OTHER = Choice.of("failure-rate");

    private final List<Event> queue = new ArrayList<>();
    private final List<FakeBreaker> made = new ArrayList<>();
    private final List<String> changes = new ArrayList<>();
    private final Map<ChildPath, ChildSpec> specs = new HashMap<>();
    private BiPredicate<CircuitBreaker, Choice> changing = (breaker, choice) -> true;
    private long now;

    private final Breakers port = new Breakers(queue::add, () -> now, (delay, task) -> () -> {}, 1,
            Runnable::run, Runnable::run,
            new BreakerMaker() {
                @Override
                public CircuitBreaker make(Choice choice, BreakerContext context) {
                    FakeBreaker breaker = new FakeBreaker(context.name());
                    made.add(breaker);
                    return breaker;
                }

                @Override
                public boolean change(CircuitBreaker breaker, Choice choice) {
                    changes.add(choice.type());
                    return changing.test(breaker, choice);
                }
            }, path -> Optional.ofNullable(specs.get(path)));

    private static TreeSpec shared(Choice choice) {
        return Supervisor.named("shop").breaker("db", choice).build();
    }

    private static TreeSpec own(Choice choice) {
        return Supervisor.named("shop")
                .child("web", c -> c.process("web").breaker(BreakerUse.own(choice)))
                .build();
    }

    private static ChildSpec webOf(TreeSpec tree) {
        return tree.root().children().get(0);
    }

    private FakeBreaker openBreaker(TreeSpec tree) {
        port.create(tree, Map.of());
        FakeBreaker first = made.getFirst();
        first.become(BreakerState.OPEN);
        queue.clear();
        return first;
    }

    private void apply(TreeSpec tree) {
        port.prepare(tree);
        port.applied(tree);
    }

    private static View view(long epoch, BreakerState state, String reason) {
        return new View("db", epoch, state, Optional.empty(), reason);
    }

    @Test
    @DisplayName("C8 settings change in place when the spec is applied: it is the same breaker, and the core need not know")
    void settingsChangeInPlace() {
        FakeBreaker old = openBreaker(shared(FIVE));

        TreeSpec next = shared(NINE);
        port.prepare(next);
        assertThat(changes).as("not before").isEmpty();
        port.applied(next);
        apply(shared(NINE));

        assertThat(changes).as("once").containsExactly("consecutive");
        assertThat(port.find("db").orElseThrow().view()).isSameAs(old.view());
        assertThat(old.reports).isEmpty();
        assertThat(queue).isEmpty();
        assertThat(made.get(1).reports).as("what might have replaced it").containsExactly("close");
    }

    @Test
    @DisplayName("C8 a breaker that cannot change is replaced by one in its state, whose epochs go on growing")
    void oneThatCannotChangeIsReplacedWithItsState() {
        changing = (breaker, choice) -> false;
        FakeBreaker old = openBreaker(shared(FIVE));
        CircuitBreaker held = port.find("db").orElseThrow();
        List<View> heard = new ArrayList<>();
        held.onChange(heard::add);

        apply(shared(NINE));

        assertThat(old.reports).containsExactly("close");
        assertThat(held.view()).as("whoever has it need not ask for it again")
                .isEqualTo(view(3, BreakerState.OPEN, "test"));
        assertThat(queue).last().isEqualTo(new Event.BreakerChanged(view(3, BreakerState.OPEN, "test")));
        queue.clear();
        old.become(BreakerState.CLOSED);
        assertThat(queue).isEmpty();
        made.get(1).become(BreakerState.CLOSED);
        assertThat(queue).containsExactly(new Event.BreakerChanged(view(4, BreakerState.CLOSED, "test")));
        assertThat(heard).last().isEqualTo(view(4, BreakerState.CLOSED, "test"));
    }

    @Test
    @DisplayName("C8 a change that throws is no change: another takes its place, in its state")
    void aChangeThatThrowsIsNoChange() {
        changing = (breaker, choice) -> {
            throw new LinkageError("half a plugin");
        };
        openBreaker(shared(FIVE));

        apply(shared(NINE));

        assertThat(port.find("db").orElseThrow().view().state()).isEqualTo(BreakerState.OPEN);
        assertThat(made.getFirst().reports).containsExactly("close");
    }

    @Test
    @DisplayName("C8 another type takes over the state, and is not asked to change what it did not make")
    void anotherTypeTakesOverTheState() {
        openBreaker(shared(FIVE));

        apply(shared(OTHER));

        assertThat(changes).isEmpty();
        assertThat(port.find("db").orElseThrow().view().state()).isEqualTo(BreakerState.OPEN);
        apply(shared(OTHER));
        assertThat(made).as("it is of the other type now").hasSize(2);
    }

    @Test
    void aNewOneThatCannotTakeOverTheStateBeginsClosed() {
        changing = (breaker, choice) -> false;
        FakeBreaker old = openBreaker(shared(FIVE));
        TreeSpec next = shared(NINE);
        port.prepare(next);
        made.get(1).broken = true;

        port.applied(next);
        made.get(1).broken = false;

        assertThat(port.find("db").orElseThrow().view()).isEqualTo(view(2, BreakerState.CLOSED, ""));
        assertThat(old.reports).containsExactly("close");
    }

    @Test
    void whatWasPreparedForASpecThatIsNotAppliedIsClosed() {
        FakeBreaker old = openBreaker(shared(FIVE));
        TreeSpec next = shared(NINE);

        port.prepare(next);
        port.takeBack(next);

        assertThat(port.find("db").orElseThrow().view()).isSameAs(old.view());
        assertThat(made.get(1).reports).containsExactly("close");
        assertThat(changes).isEmpty();
    }

    @Test
    void aSpecPreparedTwiceLeavesNothingOpen() {
        openBreaker(shared(FIVE));
        TreeSpec next = shared(OTHER);

        port.prepare(next);
        port.prepare(next);
        port.applied(next);

        assertThat(made.get(1).reports).containsExactly("close");
        assertThat(made.get(2).reports).isEmpty();
    }

    @Test
    @DisplayName("A5 of two specs prepared at once the one applied last holds, with what it shares")
    void ofTwoSpecsPreparedAtOnceTheLastHolds() {
        TreeSpec first = shared(FIVE);
        port.create(first, Map.of());
        TreeSpec without = Supervisor.named("shop").build();

        port.prepare(without);
        port.prepare(first);
        port.applied(without);
        port.applied(first);

        assertThat(port.find("db")).isPresent();
    }

    @Test
    @DisplayName("A5 a child that is wanted again while it still stops has a breaker of its own when it comes back")
    void aChildThatIsWantedAgainIsGuarded() {
        TreeSpec with = own(FIVE);
        port.create(with, Map.of());
        specs.put(WEB, webOf(with));
        apply(Supervisor.named("shop").build());
        // It is on its way out; the next spec has it again, and finds its breaker.
        apply(with);
        // It is gone, and at once there is the next.
        port.forget(WEB, webOf(with));
        queue.clear();

        port.acquire("shop/web", new InstanceId(WEB, 7), false, LEASE);

        assertThat(queue).containsExactly(new Event.Permitted(new InstanceId(WEB, 7), 1));
        assertThat(made.getFirst().reports).containsExactly("close");
        assertThat(made.get(1).asked).isEqualTo(1);
    }

    @Test
    @DisplayName("A5 a child that comes back with another breaker has that one")
    void aChildThatComesBackHasItsNewBreaker() {
        port.create(own(FIVE), Map.of());
        specs.put(WEB, webOf(own(FIVE)));
        apply(Supervisor.named("shop").build());
        apply(own(OTHER));
        port.forget(WEB, webOf(own(FIVE)));
        specs.put(WEB, webOf(own(OTHER)));
        queue.clear();

        port.acquire("shop/web", new InstanceId(WEB, 7), false, LEASE);
        apply(own(OTHER));

        assertThat(queue).containsExactly(new Event.Permitted(new InstanceId(WEB, 7), 1));
        assertThat(made.getLast().reports).isEmpty();
    }

    @Test
    void aBreakerThatAChildHasNoMoreIsClosedThoughTheChildStays() {
        FakeBreaker old = openBreaker(own(FIVE));
        ChildSpec plain = Supervisor.named("shop")
                .child("web", c -> c.process("web"))
                .build()
                .root()
                .children()
                .get(0);
        specs.put(WEB, plain);

        apply(Supervisor.named("shop").child("web", c -> c.process("web")).build());

        assertThat(old.reports).containsExactly("close");
        assertThat(port.find("shop/web")).isEmpty();
    }

    @Test
    @DisplayName("A4 one that was added while the tree runs keeps its breaker though no spec names it")
    void anAddedChildKeepsItsBreaker() {
        port.create(shared(FIVE), Map.of());
        ChildSpec added = webOf(own(FIVE));
        port.create(new ChildPath("shop"), List.of(added));
        specs.put(WEB, added);

        apply(shared(NINE));

        assertThat(port.find("shop/web")).isPresent();
    }

    @Test
    @DisplayName("C8 what survived is restored before the tree begins, and the core knows first of all")
    void whatSurvivedIsRestored() {
        port.create(shared(FIVE),
                Map.of("db", new Snapshot(BreakerState.OPEN, 2, Optional.empty(), "it failed"),
                        "gone", new Snapshot(BreakerState.OPEN, 2, Optional.empty(), "")));

        assertThat(port.find("db").orElseThrow().view()).isEqualTo(view(1, BreakerState.OPEN, "it failed"));
        assertThat(queue).last()
                .isEqualTo(new Event.BreakerChanged(view(1, BreakerState.OPEN, "it failed")));
        assertThat(port.find("gone")).isEmpty();
    }

    @Test
    @DisplayName("C8 what a person forced survives")
    void whatWasForcedSurvives() {
        port.create(shared(FIVE), Map.of());
        port.find("db").orElseThrow().force(BreakerState.FORCED_OPEN, "maintenance");
        Map<String, Snapshot> kept = port.snapshots();

        assertThat(kept.get("db")).extracting(Snapshot::state, Snapshot::reason)
                .containsExactly(BreakerState.FORCED_OPEN, "maintenance");
    }

    @Test
    @DisplayName("C8 after the end there is what there was at the end, with the time since then taken off")
    void afterTheEndThereIsWhatThereWasAtTheEnd() {
        openBreaker(shared(FIVE));

        port.close();
        now += Duration.ofSeconds(4).toNanos();

        assertThat(port.snapshots()).isEqualTo(
                Map.of("db",
                        new Snapshot(BreakerState.OPEN, 1, Optional.of(Duration.ofSeconds(5)), "test")));
    }
}
