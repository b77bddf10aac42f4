package dev.upkeep.supervise;

import static dev.upkeep.api.child.ActualState.ABANDONED;
import static dev.upkeep.api.child.ActualState.BACKOFF;
import static dev.upkeep.api.child.ActualState.RUNNING;
import static dev.upkeep.api.child.ActualState.STARTING;
import static dev.upkeep.api.child.ActualState.STOPPED;
import static dev.upkeep.api.child.ActualState.SUSPENDED;
import static dev.upkeep.api.child.ActualState.WAITING;
import static org.assertj.core.api.Assertions.assertThat;

import dev.upkeep.api.BreakerUse;
import dev.upkeep.api.CheckSpec;
import dev.upkeep.api.ChildBuilder;
import dev.upkeep.api.Reply;
import dev.upkeep.api.StopRule;
import dev.upkeep.api.Supervisor;
import dev.upkeep.api.SupervisorBuilder;
import dev.upkeep.api.SupervisorSpec.OnGiveUp;
import dev.upkeep.api.SupervisorSpec.OnStartFailure;
import dev.upkeep.api.SupervisorSpec.StartOrder;
import dev.upkeep.api.breaker.BreakerState;
import dev.upkeep.api.child.Cause;
import dev.upkeep.api.child.ExitStatus;
import dev.upkeep.api.child.RestartType;
import dev.upkeep.api.event.EventKind;
import dev.upkeep.api.health.Role;
import dev.upkeep.api.settings.Choice;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Corners of the rules in which two things happen at once. */
class TreeCornersTest {
    private static final Choice IMMEDIATE = Choice.of("immediate");
    private static final Duration MINUTE = Duration.ofSeconds(60);
    private static final Consumer<ChildBuilder> PLAIN = c -> c.component(() -> ctx -> {}).backoff(IMMEDIATE);
    private static final Consumer<ChildBuilder> SLOW_BACKOFF = c -> c.component(() -> ctx -> {});
    private static final Consumer<ChildBuilder> TEMPORARY = PLAIN
            .andThen(c -> c.restart(RestartType.TEMPORARY));
    private static final Consumer<ChildBuilder> TRANSIENT = PLAIN
            .andThen(c -> c.restart(RestartType.TRANSIENT));
    private static final Consumer<ChildBuilder> CHECKED = PLAIN
            .andThen(c -> c.check(CheckSpec.of(Choice.of("tcp"), Role.READINESS)));

    private static SupervisorBuilder shop() {
        return Supervisor.named("shop").intensity(5, MINUTE);
    }

    private static World world(SupervisorBuilder builder) {
        return new World(builder.build());
    }

    private static Consumer<ChildBuilder> supervisor(Consumer<SupervisorBuilder> below) {
        return c -> c.backoff(IMMEDIATE).supervisor(below);
    }

    private static void hang(World world, String id) {
        world.script(id).ignoresStop = true;
        world.script(id).ignoresKill = true;
    }

    @Test
    void s1_aStartDoesNotWaitForThoseThatComeAfterAChildNobodyWantsRunning() {
        World world = world(shop().child("off", PLAIN.andThen(c -> c.autostart(false)))
                .child("a", PLAIN.andThen(c -> c.after("off")))
                .child("b", PLAIN.andThen(c -> c.after("a")))
                .child("c", PLAIN)).started();
        assertThat(world.treeStarted).isTrue();
        assertThat(world.state("b")).isEqualTo(WAITING);
        assertThat(world.view().ready()).isFalse();
        world.ask(Event.Verb.START, "off");
        assertThat(world.state("b")).isEqualTo(RUNNING);
        assertThat(world.view().ready()).isTrue();
    }

    @Test
    void g4_theFirstRequestAfterAnEssentialEndForcesNothing() {
        World world = world(shop().child("slow", PLAIN)
                .child("main", PLAIN.andThen(c -> c.restart(RestartType.TRANSIENT).essential(true))))
                .started();
        world.script("slow").stopTakes = Duration.ofSeconds(3);
        world.finish("main");
        world.shutdown();
        world.seconds(2);
        assertThat(world.ending).isNull();
        world.seconds(1);
        assertThat(world.ending().exitCode()).isZero();
        assertThat(world.ending().leftRunning()).isEmpty();
    }

    @Test
    void r9_aRestartByRequestOfAMemberOfAStoppingGroupDoesNotStrandTheGroup() {
        World world = world(
                shop().strategy("one-for-all").child("a", PLAIN).child("b", PLAIN).child("c", PLAIN))
                .started();
        world.script("c").stopTakes = Duration.ofSeconds(2);
        world.script("a").stopTakes = Duration.ofSeconds(3);
        world.crash("b");
        long request = world.ask(Event.Verb.RESTART, "a");
        world.seconds(100);
        assertThat(world.view().ready()).isTrue();
        assertThat(world.reply(request).kind()).isEqualTo(Reply.Kind.DONE);
    }

    @Test
    void b2_aRestartThatIsStoppedByRequestBeforeItIsUpHoldsNoPlaceForEver() {
        World world = world(shop().intensity(1, MINUTE).child("a", PLAIN).child("b", PLAIN)).started();
        world.script("a").startTakes = Duration.ofSeconds(5);
        world.crash("a");
        assertThat(world.state("a")).isEqualTo(STARTING);
        world.ask(Event.Verb.STOP, "a");
        world.seconds(600);
        world.crash("b");
        assertThat(world.state("b")).isEqualTo(RUNNING);
    }

    @Test
    void b2_aPlaceOfTheGenerationBeforeDoesNotWidenTheBudget() {
        World world = world(shop().child("sub",
                supervisor(s -> s.intensity(1, MINUTE).child("x", PLAIN).child("y", PLAIN)))).started();
        world.script("sub/x").startTakes = Duration.ofSeconds(5);
        world.crash("sub/x");
        world.ask(Event.Verb.RESTART, "sub");
        world.seconds(70);
        world.crash("sub/y");
        assertThat(world.generation("sub")).isEqualTo(2);
        world.crash("sub/y");
        assertThat(world.generation("sub")).isEqualTo(3);
    }

    @Test
    void s1_aTemporaryChildThatFailsToStartHoldsUpNoSequence() {
        World world = world(shop().startOrder(StartOrder.SEQUENTIAL)
                .onStartFailure(OnStartFailure.KEEP_TRYING)
                .child("t", TEMPORARY)
                .child("b", PLAIN));
        world.script("t").refusesStart = Cause.startFailed("no");
        world.started().seconds(10);
        assertThat(world.state("b")).isEqualTo(RUNNING);
    }

    @Test
    void s1_aTemporaryJobThatCompletedLetsThoseAfterItStart() {
        World world = world(shop().child("t", CHECKED.andThen(TEMPORARY))
                .child("b", PLAIN.andThen(c -> c.after("t"))));
        world.script("t").everReady = false;
        world.started();
        world.finish("t");
        assertThat(world.state("b")).isEqualTo(RUNNING);
    }

    @Test
    void r5_aTemporaryChildThatIsBackIsTheOneThatOthersComeAfter() {
        World world = world(shop().child("sub",
                supervisor(s -> s.intensity(0, MINUTE)
                        .child("t", TEMPORARY)
                        .child("b", PLAIN.andThen(c -> c.after("t")))
                        .child("x", PLAIN))))
                .started();
        world.finish("sub/t");
        world.crash("sub/x");
        assertThat(world.generation("sub")).isEqualTo(2);
        assertThat(world.state("sub/t")).isEqualTo(RUNNING);
        assertThat(world.state("sub/b")).isEqualTo(RUNNING);
    }

    private static World temporarySupervisorBelowAnother() {
        return world(shop().child("sub",
                supervisor(s -> s.intensity(0, MINUTE)
                        .child("t",
                                supervisor(t -> t.intensity(0, MINUTE).child("x", PLAIN).child("z", PLAIN))
                                        .andThen(c -> c.restart(RestartType.TEMPORARY)))
                        .child("y", PLAIN))))
                .started();
    }

    @Test
    void s6_noGenerationRepeatsBelowATemporarySupervisorThatIsBack() {
        World world = temporarySupervisorBelowAnother();
        world.crash("sub/t/x");
        assertThat(world.view().find(world.path("sub/t"))).isEmpty();
        assertThat(world.reply(world.ask(Event.Verb.STOP, "sub/t/x")).kind())
                .isEqualTo(Reply.Kind.NOT_FOUND);
        world.crash("sub/y");
        assertThat(world.generation("sub/t/x")).isGreaterThan(1);
    }

    @Test
    void s6_nothingStartsBesideAnAbandonedChildOfATemporarySupervisorThatIsBack() {
        World world = temporarySupervisorBelowAnother();
        hang(world, "sub/t/x");
        world.crash("sub/t/z");
        world.seconds(10);
        assertThat(world.view().find(world.path("sub/t"))).isEmpty();
        world.crash("sub/y");
        assertThat(world.state("sub/t/x")).isEqualTo(ABANDONED);
        world.finish("sub/t/x");
        assertThat(world.state("sub/t/x")).isEqualTo(RUNNING);
    }

    @Test
    void s5_aChildThatWasAbandonedDuringARestartByRequestStartsWhenItsOldInstanceIsGone() {
        World world = world(shop().intensity(0, MINUTE).child("a", TRANSIENT)).started();
        hang(world, "a");
        world.ask(Event.Verb.RESTART, "a");
        world.seconds(10);
        assertThat(world.state("a")).isEqualTo(ABANDONED);
        world.finish("a");
        assertThat(world.state("a")).isEqualTo(RUNNING);
    }

    @Test
    void r5_aTemporaryChildAbandonedByAGroupStopIsGoneWhenItEnds() {
        World world = world(
                shop().strategy("one-for-all").child("b", PLAIN).child("t", TEMPORARY)).started();
        hang(world, "t");
        world.crash("b");
        world.seconds(10);
        assertThat(world.state("b")).isEqualTo(RUNNING);
        world.finish("t");
        assertThat(world.view().find(world.path("t"))).isEmpty();
    }

    @Test
    void r8_membersOfAGroupWaitForOneThatWasAbandonedWhenTheGroupStopped() {
        World world = world(
                shop().strategy("one-for-all").child("a", PLAIN).child("b", PLAIN).child("c", PLAIN))
                .started();
        hang(world, "a");
        world.crash("b");
        world.seconds(10);
        assertThat(world.state("a")).isEqualTo(ABANDONED);
        assertThat(world.state("b")).isEqualTo(WAITING);
        assertThat(world.status("c").waitingFor()).isEqualTo("'a'");
        world.takeOrder();
        world.finish("a");
        assertThat(world.takeOrder()).containsExactly("-a", "+a", "+b", "+c");
    }

    @Test
    void s2_aFirstStartThatEndsAbandonedFailsTheStart() {
        World world = world(shop().child("a", CHECKED).child("b", PLAIN));
        world.script("a").everReady = false;
        hang(world, "a");
        world.started().seconds(60);
        assertThat(world.ending().cause().kind()).isEqualTo(Cause.Kind.START_FAILED);
        assertThat(world.ending().leftRunning()).containsExactly(world.path("a"));
    }

    @Test
    void s1_inASequenceAfterDoesNotOvertake() {
        World world = world(shop().strategy("rest-for-one")
                .child("a", PLAIN)
                .child("b", CHECKED)
                .child("c", PLAIN.andThen(c -> c.after("a"))));
        world.script("b").readyAfter = Duration.ofSeconds(3);
        world.started();
        assertThat(world.order).containsExactly("+a", "+b");
    }

    @Test
    void a3_whatAChildWaitsForIsWhatItWaitsForNow() {
        World world = world(shop().startOrder(StartOrder.SEQUENTIAL)
                .child("a", CHECKED)
                .child("b", CHECKED)
                .child("c", PLAIN));
        world.script("a").readyAfter = Duration.ofSeconds(1);
        world.script("b").readyAfter = Duration.ofSeconds(10);
        world.started();
        assertThat(world.status("c").waitingFor()).isEqualTo("'a'");
        world.seconds(2);
        assertThat(world.status("c").waitingFor()).isEqualTo("'b'");
    }

    @Test
    void b8_theFailureCountIsForgottenAlsoIfReadinessWasLostBeforeTheEnd() {
        World world = world(shop().child("a",
                SLOW_BACKOFF.andThen(c -> c.check(CheckSpec.of(Choice.of("tcp"), Role.READINESS)))))
                .started();
        world.crash("a");
        world.seconds(200);
        world.send(new Event.ReadyChanged(world.run("a").instance(), false));
        world.crash("a");
        assertThat(world.texts(EventKind.RESTART_SCHEDULED)).endsWith("a: restart 1 in 1s");
    }

    @Test
    void r4_aBackoffLongerThanAnyClockIsNoFault() {
        World world = world(shop().strategy("one-for-all")
                .child("a", PLAIN)
                .child("b", PLAIN.andThen(c -> c.backoff(Choice.of("endless"))))).started();
        world.crash("b");
        assertThat(world.state("b")).isEqualTo(BACKOFF);
    }

    @Test
    void r4_aBackoffThatAnswersNullIsNoFault() {
        World world = world(shop().child("a", PLAIN.andThen(c -> c.backoff(Choice.of("forgetful")))))
                .started();
        world.crash("a");
        assertThat(world.state("a")).isEqualTo(RUNNING);
    }

    @Test
    void r4_aPlanThatStartsWhatStillRunsIsRefused() {
        World world = world(shop().strategy("careless").child("a", PLAIN).child("b", PLAIN)).started();
        world.crash("b");
        assertThat(world.state("b")).isEqualTo(RUNNING);
        assertThat(world.texts(EventKind.PLUGIN_FAILED)).hasSize(1);
    }

    @Test
    void p3_aShortageWhileTheSupervisorStopsSchedulesNothing() {
        World world = world(shop().child("sub",
                supervisor(s -> s.child("a", PLAIN).child("b", PLAIN.andThen(c -> c.after("a"))))))
                .started();
        world.script("sub/a").startTakes = Duration.ofSeconds(1);
        world.script("sub/a").refusesStart = Cause.startFailed("EAGAIN");
        world.script("sub/a").shortage = true;
        world.script("sub/b").stopTakes = Duration.ofSeconds(3);
        world.crash("sub/a");
        world.ask(Event.Verb.STOP, "sub");
        world.takeOrder();
        world.seconds(100);
        assertThat(world.state("sub")).isEqualTo(STOPPED);
        assertThat(world.state("sub/a")).isEqualTo(STOPPED);
        assertThat(world.takeOrder()).doesNotContain("+a");
    }

    @Test
    void c6_aTrialThatMetAShortageGoesToAnotherChildOfTheBreaker() {
        World world = world(shop().breaker("db", Choice.of("count"))
                .child("a", PLAIN.andThen(c -> c.breaker(BreakerUse.shared("db"))))
                .child("b", PLAIN.andThen(c -> c.breaker(BreakerUse.shared("db"))))).started();
        world.breaker("db", BreakerState.OPEN, Optional.empty());
        world.crash("a");
        world.crash("b");
        world.script("a").refusesStart = Cause.startFailed("EAGAIN");
        world.script("a").shortage = true;
        world.script("a").startTakes = Duration.ofSeconds(1);
        world.trials = 1;
        world.breaker("db", BreakerState.HALF_OPEN, Optional.empty());
        assertThat(world.state("b")).isEqualTo(SUSPENDED);
        world.trials = 1;
        world.advance(Duration.ofMillis(1500));
        assertThat(world.state("b")).isEqualTo(RUNNING);
    }

    @Test
    void a1_aRequestIsAnsweredWhenTheSupervisorOfTheChildStops() {
        World world = world(shop().child("sub", supervisor(s -> s.child("a", CHECKED)))).started();
        world.script("sub/a").everReady = false;
        long request = world.ask(Event.Verb.RESTART, "sub/a");
        world.ask(Event.Verb.STOP, "sub");
        assertThat(world.reply(request).kind()).isNotEqualTo(Reply.Kind.DONE);
    }

    @Test
    void a1_aRequestIsAnsweredWhenATemporaryChildIsGoneWithItsGroup() {
        World world = world(
                shop().strategy("one-for-all").child("b", PLAIN).child("t", TEMPORARY)).started();
        world.script("t").stopTakes = Duration.ofSeconds(2);
        world.crash("b");
        long request = world.ask(Event.Verb.START, "t");
        world.seconds(10);
        assertThat(world.view().find(world.path("t"))).isEmpty();
        assertThat(world.reply(request).kind()).isEqualTo(Reply.Kind.START_FAILED);
    }

    @Test
    void b4_theBreakerOfASupervisorHearsOfItsFailures() {
        World world = world(shop().intensity(0, MINUTE)
                .child("sub",
                        supervisor(s -> s.intensity(0, MINUTE).child("x", PLAIN))
                                .andThen(c -> c.breaker(BreakerUse.own(Choice.of("count"))))))
                .started();
        world.crash("sub/x");
        assertThat(world.state("sub")).isEqualTo(RUNNING);
        assertThat(world.reports).extracting(Action.Report::result)
                .containsExactly(Action.StartResult.FAILURE);
    }

    @Test
    void s8_aTreeThatEndsByItselfHasTheDeadlineToo() {
        World world = world(shop().intensity(0, MINUTE)
                .shutdownTimeout(Duration.ofSeconds(20))
                .child("a", PLAIN.andThen(c -> c.stop(StopRule.infinite())))
                .child("b", PLAIN)).started();
        world.script("a").ignoresStop = true;
        world.crash("b");
        world.seconds(20);
        assertThat(world.ending().leftRunning()).containsExactly(world.path("a"));
        assertThat(world.ending().exitCode()).isEqualTo(1);
    }

    @Test
    void s4_aBrutalStopOfASupervisorDoesNotReachIntoItsNextGeneration() {
        World world = world(shop().child("sub",
                supervisor(s -> s.child("empty", supervisor(e -> {})).child("w", SLOW_BACKOFF))
                        .andThen(c -> c.stop(StopRule.brutal()))))
                .started();
        world.crash("sub/w");
        world.takeOrder();
        world.ask(Event.Verb.RESTART, "sub");
        assertThat(world.takeOrder()).containsExactly("+w");
        assertThat(world.view().ready()).isTrue();
    }

    @Test
    void s2_aSupervisorThatKeepsTryingDoesNotHoldUpTheStartOfTheTree() {
        World world = world(shop().onStartFailure(OnStartFailure.KEEP_TRYING)
                .onGiveUp(OnGiveUp.SUSPEND)
                .child("sub",
                        supervisor(
                                s -> s.onStartFailure(OnStartFailure.KEEP_TRYING).child("x", SLOW_BACKOFF))));
        world.script("sub/x").refusesStart = Cause.startFailed("no");
        world.started();
        assertThat(world.state("sub/x")).isEqualTo(BACKOFF);
        assertThat(world.treeStarted).isTrue();
    }

    @Test
    void s5_anAbandonedChildDoesNotMakeTheNextStartOfItsSupervisorFail() {
        World world = world(
                shop().child("sub", supervisor(s -> s.child("a", PLAIN).child("b", PLAIN)))).started();
        hang(world, "sub/a");
        world.unhealthy("sub/a", "hangs");
        world.seconds(10);
        world.ask(Event.Verb.RESTART, "sub");
        assertThat(world.state("sub")).isEqualTo(RUNNING);
        world.crash("sub/a");
        assertThat(world.state("sub/a")).isEqualTo(RUNNING);
        assertThat(world.generation("sub")).isEqualTo(2);
    }

    @Test
    void r9_aGroupAttemptDoesNotStrandOnAMemberThatIsStillOnItsWayUp() {
        World world = world(shop().strategy("rest-for-one").child("a", CHECKED).child("b", PLAIN)).started();
        world.script("a").readyAfter = Duration.ofSeconds(5);
        world.crash("a");
        world.ask(Event.Verb.START, "b");
        world.crash("b");
        world.seconds(100);
        assertThat(world.view().ready()).isTrue();
    }

    @Test
    void h8_aChildThatIsWantedAgainBeforeItHasStoppedCountsAsNotReady() {
        World world = world(shop().child("a", PLAIN)).started();
        world.script("a").stopTakes = Duration.ofSeconds(2);
        world.ask(Event.Verb.STOP, "a");
        world.ask(Event.Verb.START, "a");
        assertThat(world.view().ready()).isFalse();
    }

    @Test
    void r9_aRestartByRequestOfAMemberWhoseLeaderHasCompletedDoesNotStrandTheGroup() {
        World world = world(shop().strategy("one-for-all")
                .child("a", PLAIN)
                .child("p", c -> c.process("x").backoff(IMMEDIATE).restart(RestartType.TRANSIENT))).started();
        world.script("p").stopTakes = Duration.ofSeconds(2);
        world.send(new Event.Ended(world.run("p").instance(), new Outcome.Exited(ExitStatus.ofCode(0)),
                List.of(), true));
        world.ask(Event.Verb.RESTART, "p");
        world.script("p").stopOutcome = new Outcome.Exited(ExitStatus.ofCode(0));
        world.crash("a");
        world.seconds(100);
        assertThat(world.view().ready()).isTrue();
    }

    @Test
    void a1_aTemporaryMemberThatAPersonWantsAgainWhileItsGroupStopsStarts() {
        World world = world(shop().strategy("one-for-all")
                .child("a", PLAIN)
                .child("p", c -> c.process("x").backoff(IMMEDIATE).restart(RestartType.TEMPORARY))).started();
        world.script("p").stopTakes = Duration.ofSeconds(2);
        world.send(new Event.Ended(world.run("p").instance(), new Outcome.Exited(ExitStatus.ofCode(1)),
                List.of(), true));
        long request = world.ask(Event.Verb.RESTART, "p");
        world.crash("a");
        world.seconds(100);
        assertThat(world.reply(request).kind()).isEqualTo(Reply.Kind.DONE);
        assertThat(world.generation("p")).isEqualTo(2);
        assertThat(world.view().ready()).isTrue();
    }
}
