package dev.upkeep.supervise;

import static dev.upkeep.api.child.ActualState.ABANDONED;
import static dev.upkeep.api.child.ActualState.BACKOFF;
import static dev.upkeep.api.child.ActualState.COMPLETED;
import static dev.upkeep.api.child.ActualState.QUEUED;
import static dev.upkeep.api.child.ActualState.RUNNING;
import static dev.upkeep.api.child.ActualState.STARTING;
import static dev.upkeep.api.child.ActualState.STOPPED;
import static dev.upkeep.api.child.ActualState.STOPPING;
import static dev.upkeep.api.child.ActualState.SUSPENDED;
import static dev.upkeep.api.child.ActualState.WAITING;
import static org.assertj.core.api.Assertions.assertThat;

import dev.upkeep.api.BreakerUse;
import dev.upkeep.api.CheckSpec;
import dev.upkeep.api.ChildBuilder;
import dev.upkeep.api.FatalSignal;
import dev.upkeep.api.Reply;
import dev.upkeep.api.StopRule;
import dev.upkeep.api.Supervisor;
import dev.upkeep.api.SupervisorBuilder;
import dev.upkeep.api.SupervisorSpec.AutoShutdown;
import dev.upkeep.api.SupervisorSpec.OnGiveUp;
import dev.upkeep.api.SupervisorSpec.OnStartFailure;
import dev.upkeep.api.SupervisorSpec.StartOrder;
import dev.upkeep.api.TreeSpec;
import dev.upkeep.api.breaker.BreakerState;
import dev.upkeep.api.child.Cause;
import dev.upkeep.api.child.DesiredState;
import dev.upkeep.api.child.ExitStatus;
import dev.upkeep.api.child.HealthStatus;
import dev.upkeep.api.child.RestartType;
import dev.upkeep.api.event.EventKind;
import dev.upkeep.api.health.Role;
import dev.upkeep.api.settings.Choice;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** The rules of the page "Supervision tree", one by one, under virtual time. */
class TreeRulesTest {
    private static final Choice IMMEDIATE = Choice.of("immediate");
    private static final Consumer<ChildBuilder> PLAIN = c -> c.component(() -> ctx -> {}).backoff(IMMEDIATE);
    private static final Consumer<ChildBuilder> SLOW_BACKOFF = c -> c.component(() -> ctx -> {});
    private static final Consumer<ChildBuilder> CHECKED = PLAIN
            .andThen(c -> c.check(CheckSpec.of(Choice.of("tcp"), Role.READINESS)));

    private static SupervisorBuilder shop() {
        return Supervisor.named("shop").intensity(5, Duration.ofSeconds(60));
    }

    private static World world(SupervisorBuilder builder) {
        return new World(builder.build());
    }

    private static World threeOf(String strategy) {
        World world = world(shop().strategy(strategy).child("a", PLAIN).child("b", PLAIN).child("c", PLAIN))
                .started();
        world.takeOrder();
        return world;
    }

    @Test
    void s1_sequentialStartsWaitForReadinessInDeclaredOrder() {
        World world = world(shop().startOrder(StartOrder.SEQUENTIAL).child("a", CHECKED).child("b", PLAIN));
        world.script("a").readyAfter = Duration.ofSeconds(3);
        world.started().seconds(2);

        assertThat(world.state("a")).isEqualTo(STARTING);
        assertThat(world.state("b")).isEqualTo(WAITING);
        assertThat(world.status("b").waitingFor()).isEqualTo("'a'");
        assertThat(world.treeStarted).isFalse();

        world.seconds(1);
        assertThat(world.state("b")).isEqualTo(RUNNING);
        assertThat(world.treeStarted).isTrue();
        assertThat(world.view().ready()).isTrue();
    }

    @Test
    void s1_childrenStartAsSoonAsThoseTheyComeAfterAreReady() {
        World world = world(shop().child("api", PLAIN.andThen(c -> c.after("db")))
                .child("db", CHECKED)
                .child("cron", PLAIN));
        world.script("db").readyAfter = Duration.ofSeconds(3);
        world.started();

        assertThat(world.takeOrder()).containsExactly("+db", "+cron");
        assertThat(world.status("api").waitingFor()).isEqualTo("'db'");
        world.seconds(3);
        assertThat(world.takeOrder()).containsExactly("+api");
    }

    @Test
    void s1_aStartThatIsNotReadyInTimeIsStoppedAndFails() {
        World world = world(shop().onStartFailure(OnStartFailure.KEEP_TRYING)
                .child("a", CHECKED.andThen(c -> c.startTimeout(Duration.ofSeconds(7)))));
        world.script("a").everReady = false;
        world.started().seconds(8);

        assertThat(world.status("a").lastExit().orElseThrow().cause().kind())
                .isEqualTo(Cause.Kind.START_TIMEOUT);
        assertThat(world.generation("a")).isEqualTo(2);
    }

    @Test
    void s2_aFailedFirstStartStopsTheOthersInReverseAndKeepsTheCause() {
        World world = world(shop().startOrder(StartOrder.SEQUENTIAL)
                .child("a", PLAIN)
                .child("b", PLAIN)
                .child("c", PLAIN)
                .child("d", PLAIN));
        world.script("c").refusesStart = Cause.startFailed("ENOENT: no such program");
        world.started();

        assertThat(world.takeOrder()).containsExactly("+a", "+b", "+c", "!c", "~b", "-b", "~a", "-a");
        assertThat(world.ending()).isNotNull();
        assertThat(world.ending().cause().kind()).isEqualTo(Cause.Kind.START_FAILED);
        assertThat(world.ending().cause().chain().get(0).path().id()).isEqualTo("c");
        assertThat(world.ending().cause().chain().get(0).cause().reason()).contains("ENOENT");
        assertThat(world.texts(EventKind.RESTART_SCHEDULED)).isEmpty();
    }

    @Test
    void s2_keepTryingLetsTheFailedChildBackOffWhileTheOthersGoOn() {
        World world = world(
                shop().onStartFailure(OnStartFailure.KEEP_TRYING).child("a", SLOW_BACKOFF).child("b", PLAIN));
        world.script("a").refusesStart = Cause.startFailed("ENOENT");
        world.started();

        assertThat(world.state("a")).isEqualTo(BACKOFF);
        assertThat(world.state("b")).isEqualTo(RUNNING);
        assertThat(world.treeStarted).isTrue();
        world.script("a").refusesStart = null;
        world.seconds(1);
        assertThat(world.state("a")).isEqualTo(RUNNING);
        assertThat(world.view().ready()).isTrue();
    }

    @Test
    void s3_dependentsStopBeforeWhatTheyDependOn() {
        World world = world(shop().child("db", PLAIN)
                .child("api", PLAIN.andThen(c -> c.after("db")))
                .child("cron", PLAIN)).started();
        world.script("api").stopTakes = Duration.ofSeconds(1);
        world.script("cron").stopTakes = Duration.ofSeconds(2);
        world.takeOrder();
        world.shutdown();
        assertThat(world.takeOrder()).containsExactly("~cron", "~api");
        world.seconds(1);
        assertThat(world.takeOrder()).containsExactly("-api", "~db", "-db");
        world.seconds(1);
        assertThat(world.ending()).isNotNull();
        assertThat(world.ending().exitCode()).isZero();
    }

    @Test
    void s4_aProcessThatIgnoresItsStopIsKilledAfterTheTimeout() {
        World world = world(
                shop().child("p", c -> c.process("sleep", "1").stopTimeout(Duration.ofSeconds(10))))
                .started();
        world.script("p").ignoresStop = true;
        long request = world.ask(Event.Verb.STOP, "p");
        world.seconds(9);
        assertThat(world.state("p")).isEqualTo(STOPPING);
        assertThat(world.replies).doesNotContainKey(request);
        world.seconds(1);
        assertThat(world.state("p")).isEqualTo(STOPPED);
        assertThat(world.reply(request).kind()).isEqualTo(Reply.Kind.DONE);
        assertThat(world.status("p").lastExit().orElseThrow().cause().kind()).isEqualTo(Cause.Kind.REQUESTED);
    }

    @Test
    void s4_brutalKillsAtOnce() {
        World world = world(shop().child("p", c -> c.process("sleep", "1").stop(StopRule.brutal())))
                .started();
        world.script("p").ignoresStop = true;
        world.ask(Event.Verb.STOP, "p");
        assertThat(world.state("p")).isEqualTo(STOPPED);
    }

    @Test
    void s5_aComponentThatWouldNotStopIsAbandonedAndNoSecondOneStartsBesideIt() {
        World world = world(shop().child("a", PLAIN).child("b", PLAIN)).started();
        world.script("a").ignoresStop = true;
        world.script("a").ignoresKill = true;
        world.unhealthy("a", "hangs");
        world.seconds(6);
        assertThat(world.state("a")).isEqualTo(ABANDONED);
        assertThat(world.state("b")).isEqualTo(RUNNING);
        assertThat(world.reply(world.ask(Event.Verb.START, "a")).kind())
                .isEqualTo(Reply.Kind.START_FAILED);
        world.seconds(100);
        assertThat(world.generation("a")).isEqualTo(1);

        world.script("a").ignoresStop = false;
        world.finish("a");
        assertThat(world.state("a")).isEqualTo(RUNNING);
        assertThat(world.generation("a")).isEqualTo(2);
    }

    @Test
    void s7_aRequestedStopIsNeverAbnormalWhateverItEndsWith() {
        World world = world(shop().child("a", PLAIN)).started();
        world.script("a").stopOutcome = new Outcome.Threw(new IllegalStateException("odd"));
        world.ask(Event.Verb.STOP, "a");
        Cause cause = world.status("a").lastExit().orElseThrow().cause();
        assertThat(cause.kind()).isEqualTo(Cause.Kind.REQUESTED);
        assertThat(cause.throwable()).isPresent();
        world.seconds(100);
        assertThat(world.state("a")).isEqualTo(STOPPED);
    }

    @Test
    void s8_shutdownEndsAtItsDeadlineAndNamesWhatDidNotStop() {
        World world = world(shop().shutdownTimeout(Duration.ofSeconds(20))
                .child("a", PLAIN.andThen(c -> c.stop(StopRule.infinite())))
                .child("b", PLAIN)).started();
        world.script("a").ignoresStop = true;
        world.script("a").ignoresKill = true;
        world.shutdown();
        world.seconds(19);
        assertThat(world.ending).isNull();
        world.seconds(1);
        assertThat(world.ending()).isNotNull();
        assertThat(world.ending().leftRunning()).containsExactly(world.path("a"));
    }

    @Test
    void s8_theSecondShutdownForcesIt() {
        World world = world(shop().child("p", c -> c.process("x").stop(StopRule.infinite()))).started();
        world.script("p").ignoresStop = true;
        world.shutdown();
        world.seconds(5);
        assertThat(world.ending).isNull();
        world.shutdown();
        assertThat(world.ending()).isNotNull();
        assertThat(world.ending().leftRunning()).isEmpty();
    }

    @Test
    void r1_permanentTransientAndTemporaryAfterANormalEnd() {
        World world = world(shop().child("p", PLAIN)
                .child("tr", PLAIN.andThen(c -> c.restart(RestartType.TRANSIENT)))
                .child("te", PLAIN.andThen(c -> c.restart(RestartType.TEMPORARY)))).started();
        world.finish("p");
        world.finish("tr");
        world.finish("te");
        assertThat(world.generation("p")).isEqualTo(2);
        assertThat(world.state("tr")).isEqualTo(COMPLETED);
        assertThat(world.status("tr").desired()).isEqualTo(DesiredState.DONE);
        assertThat(world.view().find(world.path("te"))).isEmpty();
        assertThat(world.view().ready()).isTrue();
    }

    @Test
    void r1_permanentTransientAndTemporaryAfterACrash() {
        World world = world(shop().child("p", PLAIN)
                .child("tr", PLAIN.andThen(c -> c.restart(RestartType.TRANSIENT)))
                .child("te", PLAIN.andThen(c -> c.restart(RestartType.TEMPORARY)))).started();
        world.crash("p");
        world.crash("tr");
        world.crash("te");
        assertThat(world.generation("p")).isEqualTo(2);
        assertThat(world.generation("tr")).isEqualTo(2);
        assertThat(world.view().find(world.path("te"))).isEmpty();
    }

    @Test
    void r2_anExitCodeOutsideTheSuccessCodesIsAbnormal() {
        World world = world(
                shop().child("p", c -> c.process("x").restart(RestartType.TRANSIENT).backoff(IMMEDIATE)))
                .started();
        world.exit("p", 3);
        assertThat(world.generation("p")).isEqualTo(2);
        world.exit("p", 0);
        assertThat(world.state("p")).isEqualTo(COMPLETED);
    }

    @Test
    void r3_aSupervisorThatGaveUpEndsAbnormallySoATransientOneIsRestarted() {
        World world = world(shop().child("sub",
                c -> c.supervisor(s -> s.intensity(1, Duration.ofSeconds(10)).child("x", PLAIN))
                        .restart(RestartType.TRANSIENT)
                        .backoff(IMMEDIATE)))
                .started();
        world.crash("sub/x");
        world.crash("sub/x");
        assertThat(world.status("sub").lastExit().orElseThrow().cause().kind()).isEqualTo(Cause.Kind.GAVE_UP);
        assertThat(world.generation("sub")).isEqualTo(2);
        assertThat(world.state("sub/x")).isEqualTo(RUNNING);
    }

    @Test
    void r4_oneForOneRestartsTheFailedChildAlone() {
        World world = threeOf("one-for-one");
        world.crash("b");
        assertThat(world.takeOrder()).containsExactly("-b", "+b");
    }

    @Test
    void r4_oneForAllStopsSurvivorsInReverseAndStartsAllInOrder() {
        World world = threeOf("one-for-all");
        world.crash("b");
        assertThat(world.takeOrder()).containsExactly("-b", "~c", "-c", "~a", "-a", "+a", "+b", "+c");
        assertThat(world.status("a").lastExit().orElseThrow().cause()).isEqualTo(Cause.group("b"));
    }

    @Test
    void r4_restForOneRestartsTheFailedChildAndThoseAfterIt() {
        World world = threeOf("rest-for-one");
        world.crash("b");
        assertThat(world.takeOrder()).containsExactly("-b", "~c", "-c", "+b", "+c");
        assertThat(world.generation("a")).isEqualTo(1);
    }

    @Test
    void r4_aStrategyThatThrowsOrNamesStrangersIsReplacedByTheFailedChildAlone() {
        for (String strategy : List.of("broken", "greedy")) {
            World world = threeOf(strategy);
            world.crash("b");
            assertThat(world.takeOrder()).containsExactly("-b", "+b");
            assertThat(world.texts(EventKind.PLUGIN_FAILED)).hasSize(1);
        }
    }

    @Test
    void r5_aGroupRestartLeavesAloneWhatWasStoppedByRequestOrIsDone() {
        World world = world(shop().strategy("one-for-all")
                .child("a", PLAIN)
                .child("b", PLAIN.andThen(c -> c.restart(RestartType.TRANSIENT)))
                .child("c", PLAIN)
                .child("t", PLAIN.andThen(c -> c.restart(RestartType.TEMPORARY)))).started();
        world.ask(Event.Verb.STOP, "a");
        world.finish("b");
        world.takeOrder();
        world.crash("c");
        assertThat(world.takeOrder()).containsExactly("-c", "~t", "-t", "+c");
        assertThat(world.state("a")).isEqualTo(STOPPED);
        assertThat(world.state("b")).isEqualTo(COMPLETED);
        assertThat(world.view().find(world.path("t"))).isEmpty();
    }

    @Test
    void r5_aNewGenerationOfASupervisorStartsItsDoneAndTemporaryChildrenAgainButNotThoseStoppedByRequest() {
        World world = world(shop().child("sub",
                c -> c.backoff(IMMEDIATE)
                        .supervisor(s -> s.intensity(0, Duration.ofSeconds(1))
                                .child("done", PLAIN.andThen(d -> d.restart(RestartType.TRANSIENT)))
                                .child("gone", PLAIN.andThen(d -> d.restart(RestartType.TEMPORARY)))
                                .child("stopped", PLAIN)
                                .child("x", PLAIN))))
                .started();
        world.finish("sub/done");
        world.finish("sub/gone");
        world.ask(Event.Verb.STOP, "sub/stopped");
        world.crash("sub/x");

        assertThat(world.generation("sub")).isEqualTo(2);
        assertThat(world.state("sub/done")).isEqualTo(RUNNING);
        assertThat(world.state("sub/gone")).isEqualTo(RUNNING);
        assertThat(world.generation("sub/gone")).isGreaterThan(1);
        assertThat(world.state("sub/stopped")).isEqualTo(STOPPED);
    }

    @Test
    void r6_noReplacementStartsBeforeTheOldInstanceIsReallyGone() {
        World world = world(shop().child("p", c -> c.process("x").backoff(IMMEDIATE))).started();
        InstanceId old = world.run("p").instance();
        world.send(new Event.Ended(old, new Outcome.Exited(ExitStatus.ofCode(1)),
                List.of(), true));
        world.live.put(world.path("p"), new World.Run(old, world.run("p").spec()));
        assertThat(world.state("p")).isEqualTo(STOPPING);
        assertThat(world.generation("p")).isEqualTo(1);

        world.live.remove(world.path("p"));
        world.send(new Event.Gone(old));
        world.advance(Duration.ZERO);
        assertThat(world.generation("p")).isEqualTo(2);
        assertThat(world.status("p").lastExit().orElseThrow().cause())
                .isEqualTo(Cause.crashed(ExitStatus.ofCode(1)));
    }

    @Test
    void r7_aMemberThatFailsToStartDuringOneForAllStopsTheOthersAgainAndIsRetriedAfterTheBackoff() {
        World world = world(
                shop().strategy("one-for-all").child("a", PLAIN).child("b", SLOW_BACKOFF).child("c", PLAIN))
                .started();
        world.takeOrder();
        world.script("b").refusesStart = Cause.startFailed("no");
        world.crash("c");
        assertThat(world.takeOrder()).containsExactly("-c", "~b", "-b", "~a", "-a", "+a", "+b", "!b", "~a",
                "-a");
        world.script("b").refusesStart = null;
        world.seconds(1);
        assertThat(world.takeOrder()).containsExactly("+a", "+b", "+c");
    }

    @Test
    void r7_aMemberThatFailsToStartDuringRestForOneLeavesThoseBeforeItUp() {
        World world = world(shop().strategy("rest-for-one")
                .child("a", PLAIN)
                .child("b", PLAIN)
                .child("c", SLOW_BACKOFF)
                .child("d", PLAIN)).started();
        world.takeOrder();
        world.script("c").refusesStart = Cause.startFailed("no");
        world.crash("b");
        assertThat(world.takeOrder()).containsExactly("-b", "~d", "-d", "~c", "-c", "+b", "+c", "!c");
        assertThat(world.state("b")).isEqualTo(RUNNING);
        assertThat(world.state("d")).isEqualTo(WAITING);
        world.script("c").refusesStart = null;
        world.seconds(1);
        assertThat(world.takeOrder()).containsExactly("+c", "+d");
    }

    @Test
    void r8_laterMembersWaitForOneThatIsSuspendedAndStartWhenItIsReady() {
        World world = world(shop().strategy("rest-for-one")
                .onGiveUp(OnGiveUp.SUSPEND)
                .intensity(1, Duration.ofSeconds(600))
                .child("a", PLAIN)
                .child("b", PLAIN)
                .child("c", PLAIN)).started();
        world.script("a").refusesStart = Cause.startFailed("no");
        world.crash("a");
        assertThat(world.state("a")).isEqualTo(SUSPENDED);
        assertThat(world.state("b")).isEqualTo(WAITING);
        assertThat(world.status("c").waitingFor()).isEqualTo("'a'");
        assertThat(world.view().health()).isEqualTo(HealthStatus.DEGRADED);

        world.script("a").refusesStart = null;
        world.takeOrder();
        world.ask(Event.Verb.START, "a");
        assertThat(world.takeOrder()).containsExactly("+a", "+b", "+c");
        assertThat(world.view().health()).isEqualTo(HealthStatus.HEALTHY);
    }

    @Test
    void r9_aSecondMemberFoundDeadDuringAGroupRestartBelongsToItAndIsNotCounted() {
        World world = world(shop().strategy("one-for-all")
                .intensity(1, Duration.ofSeconds(60))
                .child("a", PLAIN)
                .child("b", PLAIN)
                .child("c", PLAIN)).started();
        world.script("c").stopTakes = Duration.ofSeconds(2);
        world.crash("b");
        world.seconds(1);
        world.crash("a");
        world.seconds(1);
        assertThat(world.view().ready()).isTrue();
        assertThat(world.generation("a")).isEqualTo(2);
        assertThat(world.texts(EventKind.GAVE_UP)).isEmpty();
    }

    @Test
    void r10_anExitThatForbidsRestartSuspendsWithoutACharge() {
        World world = world(shop().intensity(0, Duration.ofSeconds(60)).child("a", PLAIN)).started();
        world.end(world.path("a"),
                new Outcome.Threw(new RuntimeException(new FatalSignal("licence expired"))));
        assertThat(world.state("a")).isEqualTo(SUSPENDED);
        assertThat(world.texts(EventKind.GAVE_UP)).isEmpty();
        assertThat(world.reply(world.ask(Event.Verb.START, "a")).kind()).isEqualTo(Reply.Kind.DONE);
        assertThat(world.state("a")).isEqualTo(RUNNING);
    }

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
    void a1_verbsAnswerWithWhatTheyDid() {
        World world = world(shop().child("a", PLAIN)).started();
        assertThat(world.reply(world.ask(Event.Verb.START, "a")).kind())
                .isEqualTo(Reply.Kind.UNCHANGED);
        assertThat(world.reply(world.ask(Event.Verb.START, "nobody")).kind())
                .isEqualTo(Reply.Kind.NOT_FOUND);
        assertThat(world.reply(world.ask(Event.Verb.STOP, "a")).kind()).isEqualTo(Reply.Kind.DONE);
        assertThat(world.reply(world.ask(Event.Verb.STOP, "a")).kind()).isEqualTo(Reply.Kind.UNCHANGED);
        assertThat(world.reply(world.ask(Event.Verb.RESTART, "a")).kind()).isEqualTo(Reply.Kind.DONE);
        assertThat(world.generation("a")).isEqualTo(2);
        assertThat(world.reply(world.ask(Event.Verb.RESTART, "a")).kind()).isEqualTo(Reply.Kind.DONE);
        assertThat(world.generation("a")).isEqualTo(3);
    }

    @Test
    void a1_startInBackoffStartsNow() {
        World world = world(shop().child("a", SLOW_BACKOFF)).started();
        world.crash("a");
        assertThat(world.reply(world.ask(Event.Verb.START, "a")).kind()).isEqualTo(Reply.Kind.DONE);
        assertThat(world.state("a")).isEqualTo(RUNNING);
        world.seconds(100);
        assertThat(world.generation("a")).isEqualTo(2);
    }

    @Test
    void a2_startsByRequestAreNeverCounted() {
        World world = world(shop().intensity(1, Duration.ofSeconds(60)).child("a", PLAIN)).started();
        for (int i = 0; i < 10; i++) {
            world.ask(Event.Verb.RESTART, "a");
        }
        world.crash("a");
        assertThat(world.state("a")).isEqualTo(RUNNING);
        assertThat(world.status("a").restarts()).isEqualTo(1);
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
    void g2_anySignificantChildThatCompletesEndsItsSupervisorNormally() {
        World world = world(shop().autoShutdown(AutoShutdown.ANY_SIGNIFICANT)
                .child("a", PLAIN)
                .child("job", PLAIN.andThen(c -> c.restart(RestartType.TRANSIENT).significant(true))))
                .started();
        world.finish("job");
        assertThat(world.ending()).isNotNull();
        assertThat(world.ending().cause().kind()).isEqualTo(Cause.Kind.COMPLETED);
        assertThat(world.ending().exitCode()).isZero();
        assertThat(world.live).isEmpty();
    }

    @Test
    void g4_theTreeEndsWithTheExitCodeOfItsEssentialChild() {
        World world = world(shop().child("a", PLAIN)
                .child("main", c -> c.process("x").restart(RestartType.TEMPORARY).essential(true))).started();
        world.exit("main", 7);
        assertThat(world.ending()).isNotNull();
        assertThat(world.ending().exitCode()).isEqualTo(7);
    }

    @Test
    void h8_aChildThatLostItsReadinessDegradesItsSupervisorAndACriticalOneMakesItUnhealthy() {
        World world = world(shop().child("a", CHECKED).child("b", CHECKED.andThen(c -> c.critical(true))))
                .started();
        assertThat(world.view().health()).isEqualTo(HealthStatus.DEGRADED);
        world.send(new Event.HealthChanged(world.run("a").instance(), HealthStatus.HEALTHY,
                ""));
        world.send(new Event.HealthChanged(world.run("b").instance(), HealthStatus.HEALTHY,
                ""));
        assertThat(world.view().health()).isEqualTo(HealthStatus.HEALTHY);
        world.send(new Event.ReadyChanged(world.run("a").instance(), false));
        assertThat(world.view().health()).isEqualTo(HealthStatus.DEGRADED);
        assertThat(world.state("a")).isEqualTo(RUNNING);
        world.send(new Event.ReadyChanged(world.run("b").instance(), false));
        assertThat(world.view().health()).isEqualTo(HealthStatus.UNHEALTHY);
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
