package dev.upkeep.supervise;

import static dev.upkeep.api.child.ActualState.QUEUED;
import static dev.upkeep.api.child.ActualState.RUNNING;
import static dev.upkeep.api.child.ActualState.STOPPED;
import static dev.upkeep.api.child.ActualState.SUSPENDED;
import static org.assertj.core.api.Assertions.assertThat;

import dev.upkeep.api.BreakerUse;
import dev.upkeep.api.ChildBuilder;
import dev.upkeep.api.Reply;
import dev.upkeep.api.SupervisorBuilder;
import dev.upkeep.api.breaker.BreakerState;
import dev.upkeep.api.child.ActualState;
import dev.upkeep.api.child.ChildStatus;
import dev.upkeep.api.event.EventKind;
import dev.upkeep.api.settings.Choice;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** The rule of {@link Herds}: restarts through one shared breaker begin a few at a time, and more as these last. */
class HerdRulesTest extends RulesFixture {
    private static final Consumer<ChildBuilder> GUARDED = PLAIN
            .andThen(c -> c.breaker(BreakerUse.shared("db")));
    private static final Consumer<ChildBuilder> GUARDED_CHECKED = CHECKED
            .andThen(c -> c.breaker(BreakerUse.shared("db")));

    private static SupervisorBuilder guardedShop(int children) {
        SupervisorBuilder builder = shop().breaker("db", Choice.of("count")).maxConcurrentStarts(2);
        for (int i = 0; i < children; i++) {
            builder.child("c" + i, GUARDED);
        }
        return builder;
    }

    private static World guarded(int children) {
        return world(guardedShop(children)).started();
    }

    private static void crashAll(World world, int children) {
        for (int i = 0; i < children; i++) {
            world.crash("c" + i);
        }
    }

    private static long count(World world, ActualState state) {
        return world.view().children().stream().map(ChildStatus::actual).filter(state::equals).count();
    }

    @Test
    void fewStartAtFirstAndTwiceAsManyInEachRound() {
        World world = guarded(20);
        assertThat(count(world, RUNNING)).as("first starts do not wait").isEqualTo(20);
        crashAll(world, 20);
        assertThat(count(world, RUNNING)).isEqualTo(2);
        assertThat(count(world, QUEUED)).isEqualTo(18);
        assertThat(world.status("c5").waitingFor()).isEqualTo("its turn at breaker 'db'");

        world.seconds(1);
        assertThat(count(world, RUNNING)).isEqualTo(2 + 4);
        world.seconds(1);
        assertThat(count(world, RUNNING)).isEqualTo(2 + 4 + 8);
        world.seconds(1);
        assertThat(count(world, RUNNING)).isEqualTo(20);
    }

    @Test
    void theyStartInTheOrderInWhichTheyCame() {
        World world = guarded(6);
        crashAll(world, 6);
        world.takeOrder();
        world.seconds(5);
        assertThat(world.takeOrder()).containsExactly("+c2", "+c3", "+c4", "+c5");
    }

    @Test
    void oneThatFailsBeforeItLastedMakesThemFewAgain() {
        World world = guarded(30);
        crashAll(world, 30);
        world.seconds(1);
        assertThat(count(world, RUNNING)).isEqualTo(6);
        world.crash("c2");
        // It is queued again, last; of those on trial three are left, and nobody else is let in for it.
        assertThat(count(world, RUNNING)).isEqualTo(5);
        world.seconds(1);
        // Three last, and it is two again and one for each that lasts while others wait.
        assertThat(count(world, RUNNING)).isEqualTo(5 + 5);
        assertThat(world.state("c2")).isEqualTo(QUEUED);
        world.seconds(10);
        assertThat(count(world, RUNNING)).isEqualTo(30);
    }

    @Test
    void singleRestartsThatGoWellMakeNoRoomForManyAtOnce() {
        World world = guarded(10);
        for (int i = 0; i < 5; i++) {
            world.crash("c" + i);
            world.seconds(60);
        }
        crashAll(world, 10);
        assertThat(count(world, RUNNING)).isEqualTo(2);
    }

    @Test
    void whenTheBreakerOpensThoseThatAreQueuedAreSuspendedAndComeBackFewAtATimeWhenItCloses() {
        World world = guarded(10);
        crashAll(world, 10);
        world.breaker("db", BreakerState.OPEN, Optional.of(Duration.ofSeconds(30)));
        assertThat(count(world, SUSPENDED)).isEqualTo(8);
        assertThat(world.texts(EventKind.SUSPENDED)).as("told once of each").hasSize(8);
        world.seconds(10);
        assertThat(count(world, RUNNING)).isEqualTo(2);

        world.breaker("db", BreakerState.CLOSED, Optional.empty());
        assertThat(count(world, RUNNING)).isEqualTo(4);
        assertThat(count(world, QUEUED)).isEqualTo(6);
        world.seconds(3);
        assertThat(count(world, RUNNING)).isEqualTo(10);
    }

    @Test
    void c6_aHalfOpenBreakerRefusesThoseThatCameForATrialAndTheyAreSuspended() {
        World world = guarded(10);
        crashAll(world, 10);
        world.breaker("db", BreakerState.OPEN, Optional.of(Duration.ofSeconds(30)));
        world.trials = 3;
        world.breaker("db", BreakerState.HALF_OPEN, Optional.empty());
        world.seconds(2);
        assertThat(count(world, RUNNING)).isEqualTo(2 + 3);
        assertThat(count(world, SUSPENDED)).isEqualTo(5);
        assertThat(world.texts(EventKind.SUSPENDED)).last()
                .isEqualTo(
                        "c9: suspended: its breaker is half open; others try first, and it follows when the breaker closes");
    }

    @Test
    void a2_aStartByHandWaitsForNobody() {
        World world = guarded(10);
        crashAll(world, 10);
        long request = world.ask(Event.Verb.START, "c7");
        assertThat(world.reply(request).kind()).isEqualTo(Reply.Kind.DONE);
        assertThat(world.state("c7")).isEqualTo(RUNNING);
        assertThat(count(world, RUNNING)).isEqualTo(3);
        world.seconds(4);
        assertThat(count(world, RUNNING)).isEqualTo(10);
    }

    @Test
    void b7_oneThatIsStoppedWhileItIsQueuedDoesNotStart() {
        World world = guarded(5);
        crashAll(world, 5);
        world.ask(Event.Verb.STOP, "c2");
        assertThat(world.state("c2")).isEqualTo(STOPPED);
        assertThat(world.reply(world.ask(Event.Verb.REMOVE, "c2")).kind()).isEqualTo(Reply.Kind.DONE);
        world.seconds(5);
        assertThat(count(world, RUNNING)).isEqualTo(4);
    }

    @Test
    void oneThatIsStoppedOnTrialGivesItsPlaceToTheNext() {
        World world = guarded(5);
        crashAll(world, 5);
        world.ask(Event.Verb.STOP, "c0");
        assertThat(world.state("c2")).isEqualTo(RUNNING);
        assertThat(world.state("c3")).isEqualTo(QUEUED);
    }

    @Test
    void oneThatCompletesHasLasted() {
        World world = guarded(9);
        crashAll(world, 9);
        world.finish("c0");
        // Its own restart is queued behind the others; two come in its place.
        assertThat(world.state("c2")).isEqualTo(RUNNING);
        assertThat(world.state("c3")).isEqualTo(RUNNING);
        assertThat(world.state("c4")).isEqualTo(QUEUED);
    }

    @Test
    void aShortageOfTheHostGivesThePlaceToTheNext() {
        World world = guarded(5);
        world.script("c0").refusesStart = dev.upkeep.api.child.Cause.startFailed("EAGAIN");
        world.script("c0").shortage = true;
        crashAll(world, 5);
        assertThat(world.state("c2")).isEqualTo(RUNNING);
        assertThat(world.state("c3")).isEqualTo(QUEUED);
    }

    @Test
    void aBreakerThatIsSwitchedOffHoldsNobodyBack() {
        World world = guarded(10);
        crashAll(world, 10);
        world.breaker("db", BreakerState.DISABLED, Optional.empty());
        assertThat(count(world, RUNNING)).isEqualTo(10);
        crashAll(world, 10);
        assertThat(count(world, RUNNING)).isEqualTo(10);
    }

    @Test
    void aBreakerOfItsOwnHasNoOthers() {
        SupervisorBuilder builder = shop().maxConcurrentStarts(1);
        for (int i = 0; i < 5; i++) {
            builder.child("c" + i, PLAIN.andThen(c -> c.breaker(BreakerUse.own(Choice.of("count")))));
        }
        World world = world(builder).started();
        crashAll(world, 5);
        assertThat(count(world, RUNNING)).isEqualTo(5);
    }

    @Test
    void whereThereIsReadinessItHasToLastFromThenOn() {
        SupervisorBuilder builder = shop().breaker("db", Choice.of("count")).maxConcurrentStarts(2);
        for (int i = 0; i < 4; i++) {
            builder.child("c" + i, GUARDED_CHECKED);
        }
        World world = world(builder).started();
        for (int i = 0; i < 4; i++) {
            world.script("c" + i).readyAfter = Duration.ofSeconds(5);
        }
        crashAll(world, 4);
        world.advance(Duration.ofMillis(5_999));
        assertThat(count(world, QUEUED)).isEqualTo(2);
        world.advance(Duration.ofMillis(1));
        assertThat(count(world, QUEUED)).isZero();
    }

    @Test
    void s8_aShutdownStartsNoneOfThoseThatAreQueued() {
        World world = guarded(10);
        crashAll(world, 10);
        world.takeOrder();
        world.shutdown();
        assertThat(world.ending().leftRunning()).isEmpty();
        assertThat(world.takeOrder()).noneMatch(s -> s.startsWith("+"));
    }

    @Test
    void r4_aGroupRestartWaitsForItsMembersThatAreQueued() {
        World world = world(shop().breaker("db", Choice.of("count"))
                .maxConcurrentStarts(1)
                .child("lone", GUARDED)
                .child("group",
                        below(s -> s.strategy("one-for-all").child("a", GUARDED).child("b", GUARDED))))
                .started();
        world.crash("lone");
        world.crash("group/a");
        assertThat(world.state("group/a")).isEqualTo(QUEUED);
        assertThat(world.state("group/b")).isEqualTo(ActualState.WAITING);
        world.seconds(3);
        assertThat(world.state("group/a")).isEqualTo(RUNNING);
        assertThat(world.state("group/b")).isEqualTo(RUNNING);
        assertThat(world.status("group").generation()).isEqualTo(1);
    }

    @Test
    void childrenDoNotWaitForTheSupervisorWithWhichTheyStart() {
        World world = world(shop().breaker("db", Choice.of("count"))
                .maxConcurrentStarts(1)
                .child("sub", c -> c.backoff(IMMEDIATE)
                        .breaker(BreakerUse.shared("db"))
                        .supervisor(s -> s.intensity(0, Duration.ofSeconds(1))
                                .child("a", GUARDED)
                                .child("b", GUARDED)
                                .child("x", PLAIN))))
                .started();
        world.crash("sub/x");
        assertThat(world.generation("sub")).isEqualTo(2);
        assertThat(world.state("sub/a")).isEqualTo(RUNNING);
        assertThat(world.state("sub/b")).isEqualTo(RUNNING);
    }

    @Test
    void aSupervisorThatDoesNotComeUpHoldsUpTheOthersForItsStartTimeoutAndASecond() {
        World world = world(shop().breaker("db", Choice.of("count"))
                .maxConcurrentStarts(1)
                .child("sub", c -> c.backoff(IMMEDIATE)
                        .breaker(BreakerUse.shared("db"))
                        .startTimeout(Duration.ofSeconds(3))
                        .supervisor(s -> s.intensity(0, Duration.ofSeconds(1))
                                .child("x", PLAIN)
                                .child("a", CHECKED)))
                .child("b", GUARDED)).started();
        world.script("sub/a").everReady = false;
        world.crash("sub/x");
        world.crash("b");
        assertThat(world.state("b")).isEqualTo(QUEUED);
        world.advance(Duration.ofMillis(3_999));
        assertThat(world.state("b")).isEqualTo(QUEUED);
        world.advance(Duration.ofMillis(1));
        assertThat(world.state("b")).isEqualTo(RUNNING);
    }

    @Test
    void a5_aWiderGateLetsMoreInAtOnce() {
        World world = guarded(10);
        crashAll(world, 10);
        world.apply(guardedShop(10).maxConcurrentStarts(6).child("more", PLAIN));
        assertThat(count(world, QUEUED)).isEqualTo(4);
    }

    @Test
    void a5_aChildThatIsQueuedAndHasAnotherBreakerNowWaitsNoLonger() {
        World world = guarded(4);
        crashAll(world, 4);
        SupervisorBuilder changed = shop().breaker("db", Choice.of("count")).maxConcurrentStarts(2);
        for (int i = 0; i < 4; i++) {
            changed.child("c" + i, i == 3 ? PLAIN : GUARDED);
        }
        world.apply(changed);
        assertThat(world.state("c3")).isEqualTo(RUNNING);
        assertThat(world.state("c2")).isEqualTo(QUEUED);
    }
}
