package dev.upkeep.supervise;

import static dev.upkeep.api.child.ActualState.BACKOFF;
import static dev.upkeep.api.child.ActualState.QUEUED;
import static dev.upkeep.api.child.ActualState.RUNNING;
import static dev.upkeep.api.child.ActualState.STARTING;
import static dev.upkeep.api.child.ActualState.STOPPED;
import static dev.upkeep.api.child.ActualState.SUSPENDED;
import static org.assertj.core.api.Assertions.assertThat;

import dev.upkeep.api.BreakerUse;
import dev.upkeep.api.Reply;
import dev.upkeep.api.SupervisorBuilder;
import dev.upkeep.api.SupervisorSpec.OnGiveUp;
import dev.upkeep.api.TreeSpec;
import dev.upkeep.api.breaker.BreakerState;
import dev.upkeep.api.child.Cause;
import dev.upkeep.api.child.HealthStatus;
import dev.upkeep.api.event.EventKind;
import dev.upkeep.api.settings.Choice;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

/** B1 to B9, and how budget, back-off and breaker answer when: under virtual time. */
class WhenRulesTest extends RulesFixture {
    @Test
    void b2_maxRestartsAreAllowedAndTheNextOneIsNot() {
        World world = world(
                shop().intensity(5, Duration.ofSeconds(60)).onGiveUp(OnGiveUp.SUSPEND).child("a", PLAIN))
                .started();
        for (int i = 0; i < 5; i++) {
            world.crash("a");
            assertThat(world.state("a")).isEqualTo(RUNNING);
        }
        world.crash("a");
        assertThat(world.state("a")).isEqualTo(SUSPENDED);
    }

    @Test
    void b2_theWindowIsInclusiveAtItsEdge() {
        World edge = world(
                shop().intensity(1, Duration.ofSeconds(60)).onGiveUp(OnGiveUp.SUSPEND).child("a", PLAIN))
                .started();
        edge.crash("a");
        edge.seconds(60);
        edge.crash("a");
        assertThat(edge.state("a")).isEqualTo(SUSPENDED);

        World beyond = world(
                shop().intensity(1, Duration.ofSeconds(60)).onGiveUp(OnGiveUp.SUSPEND).child("a", PLAIN))
                .started();
        beyond.crash("a");
        beyond.advance(Duration.ofSeconds(60).plusNanos(1));
        beyond.crash("a");
        assertThat(beyond.state("a")).isEqualTo(RUNNING);
    }

    @Test
    void b2_simultaneousFailuresCannotSlipPastTheCount() {
        World world = world(shop().intensity(1, Duration.ofSeconds(1))
                .onGiveUp(OnGiveUp.SUSPEND)
                .child("a", SLOW_BACKOFF)
                .child("b", SLOW_BACKOFF)).started();
        world.crash("a");
        world.crash("b");
        assertThat(world.state("a")).isEqualTo(BACKOFF);
        assertThat(world.state("b")).isEqualTo(SUSPENDED);
    }

    @Test
    void b4_aChildWithABreakerIsChargedToItInsteadOfTheBudget() {
        World world = world(shop().intensity(0, Duration.ofSeconds(60))
                .breaker("db", Choice.of("count"))
                .child("a", PLAIN.andThen(c -> c.breaker(BreakerUse.shared("db"))))).started();
        world.crash("a");
        assertThat(world.state("a")).isEqualTo(RUNNING);
        assertThat(world.reports).hasSize(1);
        assertThat(world.reports.get(0).result()).isEqualTo(Action.StartResult.FAILURE);

        world.seconds(30);
        assertThat(world.reports).hasSize(2);
        assertThat(world.reports.get(1).result()).isEqualTo(Action.StartResult.SUCCESS);
    }

    @Test
    void b5_escalationStopsAllInReverseAndCarriesTheChainFromTheLeaf() {
        World world = world(shop().intensity(0, Duration.ofSeconds(1))
                .child("a", PLAIN)
                .child("sub",
                        c -> c.backoff(IMMEDIATE)
                                .supervisor(s -> s.intensity(0, Duration.ofSeconds(1))
                                        .child("x", PLAIN)
                                        .child("y", PLAIN))))
                .started();
        world.takeOrder();
        world.crash("sub/x");
        assertThat(world.ending()).isNotNull();
        assertThat(world.ending().exitCode()).isEqualTo(1);
        assertThat(world.ending().cause().chain()).extracting(l -> l.path().value())
                .containsExactly("shop/sub", "shop/sub/x");
        assertThat(world.live).isEmpty();
    }

    @Test
    void b5_suspendLetsTheSiblingsGoOnAndTriesAgainByItself() {
        World world = world(shop().intensity(0, Duration.ofSeconds(60))
                .onGiveUp(OnGiveUp.SUSPEND)
                .child("a", PLAIN)
                .child("b", PLAIN)).started();
        world.crash("a");
        assertThat(world.state("a")).isEqualTo(SUSPENDED);
        assertThat(world.state("b")).isEqualTo(RUNNING);
        assertThat(world.view().health()).isEqualTo(HealthStatus.DEGRADED);
        world.seconds(30);
        assertThat(world.state("a")).isEqualTo(RUNNING);
        assertThat(world.generation("b")).isEqualTo(1);
    }

    @Test
    void b6_aBackoffBlocksNobody() {
        World world = world(shop().child("a", SLOW_BACKOFF).child("b", PLAIN).child("c", PLAIN)).started();
        world.crash("a");
        assertThat(world.state("a")).isEqualTo(BACKOFF);
        world.crash("b");
        assertThat(world.state("b")).isEqualTo(RUNNING);
        assertThat(world.reply(world.ask(Event.Verb.STOP, "c")).kind()).isEqualTo(Reply.Kind.DONE);
    }

    @Test
    void b7_aStopDuringBackoffCancelsItAndTheLateTimerDoesNothing() {
        World world = world(shop().child("a", SLOW_BACKOFF)).started();
        world.crash("a");
        world.ask(Event.Verb.STOP, "a");
        world.seconds(100);
        assertThat(world.state("a")).isEqualTo(STOPPED);
        assertThat(world.generation("a")).isEqualTo(1);
    }

    @Test
    void b8_theFailureCountClimbsUntilTheChildWasReadyForLongEnough() {
        World world = world(shop().intensity(100, Duration.ofSeconds(60)).child("a", SLOW_BACKOFF)).started();
        world.crash("a");
        world.seconds(1);
        world.crash("a");
        world.seconds(2);
        assertThat(world.state("a")).isEqualTo(RUNNING);
        world.seconds(59);
        world.crash("a");
        assertThat(world.texts(EventKind.RESTART_SCHEDULED).get(2)).isEqualTo("a: restart 3 in 4s");
        world.seconds(4);
        world.seconds(60);
        world.crash("a");
        assertThat(world.texts(EventKind.RESTART_SCHEDULED).get(3)).isEqualTo("a: restart 1 in 1s");
    }

    @Test
    void b9_startsBeyondTheGateQueueInOrderAndAreNotDropped() {
        SupervisorBuilder builder = shop();
        for (int i = 0; i < 40; i++) {
            builder.child("p" + i, c -> c.process("x"));
        }
        World world = world(builder);
        int slots = TreeSpec.defaultMaxConcurrentStarts();
        for (int i = 0; i < 40; i++) {
            world.script("p" + i).startTakes = Duration.ofMillis(100);
        }
        world.started();
        assertThat(world.order).hasSize(slots);
        assertThat(world.state("p39")).isEqualTo(QUEUED);
        world.seconds(10);
        assertThat(world.view().ready()).isTrue();
        assertThat(world.order).startsWith("+p0", "+p1", "+p2").hasSize(40);
    }

    @Test
    void b9_aSlotIsHeldForASecondAtMost() {
        SupervisorBuilder builder = shop();
        int slots = TreeSpec.defaultMaxConcurrentStarts();
        for (int i = 0; i <= slots; i++) {
            builder.child("p" + i, c -> c.process("x"));
        }
        World world = world(builder);
        for (int i = 0; i <= slots; i++) {
            world.script("p" + i).startTakes = Duration.ofSeconds(20);
        }
        world.started();
        assertThat(world.state("p" + slots)).isEqualTo(QUEUED);
        world.seconds(1);
        assertThat(world.state("p" + slots)).isEqualTo(STARTING);
    }

    @Test
    void c3_anOpenBreakerSuspendsAndItsHalfOpeningTriesAgain() {
        World world = world(
                shop().child("a", SLOW_BACKOFF.andThen(c -> c.breaker(BreakerUse.own(Choice.of("count"))))))
                .started();
        world.crash("a");
        world.breaker("shop/a", BreakerState.OPEN, Optional.of(Duration.ofSeconds(30)));
        assertThat(world.state("a")).isEqualTo(SUSPENDED);
        assertThat(world.status("a").next().orElseThrow().at()).isPresent();
        world.seconds(10);
        world.breaker("shop/a", BreakerState.HALF_OPEN, Optional.empty());
        assertThat(world.state("a")).isEqualTo(RUNNING);
    }

    @Test
    void c6_aTrialThatIsGivenBackUncountedGoesToAnotherChildOfTheBreaker() {
        World world = world(shop().breaker("db", Choice.of("count"))
                .child("a", PLAIN.andThen(c -> c.breaker(BreakerUse.shared("db"))))
                .child("b", PLAIN.andThen(c -> c.breaker(BreakerUse.shared("db"))))).started();
        world.breaker("db", BreakerState.OPEN, Optional.empty());
        world.crash("a");
        world.crash("b");
        assertThat(world.state("a")).isEqualTo(SUSPENDED);
        assertThat(world.state("b")).isEqualTo(SUSPENDED);
        world.trials = 1;
        world.breaker("db", BreakerState.HALF_OPEN, Optional.empty());
        assertThat(world.state("a")).isEqualTo(RUNNING);
        assertThat(world.state("b")).isEqualTo(SUSPENDED);
        world.trials = 1;
        world.ask(Event.Verb.STOP, "a");
        assertThat(world.state("b")).isEqualTo(RUNNING);
    }

    @Test
    void c1_aStartIsJudgedByTheStableForWithWhichItBeganAndTheNextOneByTheNew() {
        World world = world(shopWithStableFor(5)).started();
        world.crash("a");
        world.reports.clear();
        world.apply(shopWithStableFor(20));
        assertThat(world.generation("a")).as("nothing that is read at start has changed").isEqualTo(2);
        world.seconds(5);
        assertThat(world.reports).extracting(Action.Report::result)
                .containsExactly(Action.StartResult.SUCCESS);

        world.crash("a");
        world.seconds(19);
        assertThat(world.reports).hasSize(1);
        world.seconds(1);
        assertThat(world.reports).hasSize(2);
    }

    @Test
    void c1_aSuspendedChildIsNotTriedBecauseItsStableForHasChanged() {
        World world = world(shopWithStableFor(5)).started();
        world.crash("a");
        world.breaker("shop/a", BreakerState.OPEN, Optional.of(Duration.ofSeconds(30)));
        world.crash("a");
        assertThat(world.state("a")).isEqualTo(SUSPENDED);
        world.apply(shopWithStableFor(20));
        assertThat(world.state("a")).isEqualTo(SUSPENDED);
        world.breaker("shop/a", BreakerState.CLOSED, Optional.empty());
        assertThat(world.state("a")).isEqualTo(RUNNING);
    }

    @Test
    void c1_aSupervisorBehindABreakerProvesItselfAsAnyChildDoes() {
        BreakerUse use = new BreakerUse(Optional.empty(), Optional.of(Choice.of("count")),
                OptionalInt.empty(),
                Duration.ofSeconds(7));
        World world = world(
                shop().child("sub", below(s -> s.intensity(0, Duration.ofSeconds(1)).child("x", PLAIN))
                        .andThen(c -> c.breaker(use))))
                .started();
        world.reports.clear();
        world.crash("sub/x");
        assertThat(world.reports).extracting(Action.Report::result)
                .containsExactly(Action.StartResult.FAILURE);
        world.seconds(7);
        assertThat(world.reports).extracting(Action.Report::result)
                .containsExactly(Action.StartResult.FAILURE, Action.StartResult.SUCCESS);
    }

    private static SupervisorBuilder shopWithStableFor(int seconds) {
        BreakerUse use = new BreakerUse(Optional.empty(), Optional.of(Choice.of("count")),
                OptionalInt.empty(),
                Duration.ofSeconds(seconds));
        return shop().child("a", PLAIN.andThen(c -> c.breaker(use)));
    }

    @Test
    void c1_aStartThatIsNotReadyAnyMoreHasToLastAnewFromWhenItIsReadyAgain() {
        World world = world(shop().breaker("db", Choice.of("count"))
                .child("a", CHECKED.andThen(c -> c.breaker(BreakerUse.shared("db"))))).started();
        world.seconds(10);
        world.send(new Event.ReadyChanged(world.run("a").instance(), false));
        world.seconds(60);
        assertThat(world.reports).isEmpty();
        world.send(new Event.ReadyChanged(world.run("a").instance(), true));
        world.seconds(29);
        assertThat(world.reports).isEmpty();
        world.seconds(1);
        assertThat(world.reports).extracting(Action.Report::result)
                .containsExactly(Action.StartResult.SUCCESS);
    }

    @Test
    void b4_aBreakerThatIsOpenAndHasAnotherEndHasNotOpenedAgain() {
        BreakerUse use = new BreakerUse(Optional.of("db"), Optional.empty(), OptionalInt.of(2),
                BreakerUse.DEFAULT_STABLE_FOR);
        SupervisorBuilder shop = shop().intensity(0, Duration.ofSeconds(60))
                .child("a", PLAIN.andThen(c -> c.breaker(use)));
        World world = world(shop.breaker("db", Choice.of("count"))).started();
        world.breaker("db", BreakerState.OPEN, Optional.empty());
        world.apply(shop.breaker("db", Choice.of("other")));
        world.breaker("db", BreakerState.OPEN, Optional.of(Duration.ofSeconds(30)));
        world.crash("a");
        assertThat(world.state("a")).as("not charged to the budget, which has no room").isEqualTo(SUSPENDED);
        assertThat(world.ending).isNull();
    }

    @Test
    void c8_otherSettingsOfItsOwnBreakerAreNoReasonToStartAChildThatItHolds() {
        World world = world(shop().child("a",
                PLAIN.andThen(c -> c.breaker(BreakerUse.own(Choice.of("count")))))).started();
        world.breaker("shop/a", BreakerState.FORCED_OPEN, Optional.empty());
        world.crash("a");
        world.apply(shop().child("a",
                PLAIN.andThen(c -> c.breaker(BreakerUse.own(Choice.of("other"))))));
        assertThat(world.state("a")).isEqualTo(SUSPENDED);
        world.breaker("shop/a", BreakerState.CLOSED, Optional.empty());
        assertThat(world.state("a")).isEqualTo(RUNNING);
    }

    @Test
    void b4_aBreakerThatAPersonForcesOpenHasNotOpened() {
        BreakerUse use = new BreakerUse(Optional.of("db"), Optional.empty(), OptionalInt.of(1),
                BreakerUse.DEFAULT_STABLE_FOR);
        World world = world(shop().intensity(0, Duration.ofSeconds(60))
                .breaker("db", Choice.of("count"))
                .child("a", PLAIN.andThen(c -> c.breaker(use)))).started();
        world.breaker("db", BreakerState.FORCED_OPEN, Optional.empty());
        world.crash("a");
        assertThat(world.state("a")).as("not charged to the budget, which has no room").isEqualTo(SUSPENDED);
        assertThat(world.ending).isNull();
        assertThat(world.texts(EventKind.GAVE_UP)).isEmpty();
    }

    @Test
    void a2_aStartByHandUnderAForcedBreakerRunsAndCountsNowhere() {
        World world = world(shop().breaker("db", Choice.of("count"))
                .child("a", PLAIN.andThen(c -> c.breaker(BreakerUse.shared("db"))))).started();
        world.breaker("db", BreakerState.FORCED_OPEN, Optional.empty());
        world.crash("a");
        world.reports.clear();
        assertThat(world.reply(world.ask(Event.Verb.START, "a")).kind()).isEqualTo(Reply.Kind.DONE);
        assertThat(world.state("a")).isEqualTo(RUNNING);
    }

    @Test
    void p3_aShortageOfTheHostIsNotTheChildsFault() {
        World world = world(shop().intensity(0, Duration.ofSeconds(60)).child("a", PLAIN)).started();
        world.script("a").refusesStart = Cause.startFailed("EAGAIN");
        world.script("a").shortage = true;
        world.ask(Event.Verb.RESTART, "a");
        assertThat(world.state("a")).isEqualTo(BACKOFF);
        assertThat(world.texts(EventKind.HOST_SHORTAGE)).hasSize(1);
        world.seconds(7);
        world.script("a").refusesStart = null;
        world.seconds(30);
        assertThat(world.state("a")).isEqualTo(RUNNING);
        assertThat(world.texts(EventKind.GAVE_UP)).isEmpty();
    }

    @Test
    void aBackoffThatThrowsIsReplacedByTheDefault() {
        World world = world(shop().child("a", c -> c.component(() -> ctx -> {}).backoff(Choice.of("broken"))))
                .started();
        world.crash("a");
        assertThat(world.state("a")).isEqualTo(BACKOFF);
        world.seconds(1);
        assertThat(world.state("a")).isEqualTo(RUNNING);
        assertThat(world.texts(EventKind.PLUGIN_FAILED)).hasSize(1);
    }
}
