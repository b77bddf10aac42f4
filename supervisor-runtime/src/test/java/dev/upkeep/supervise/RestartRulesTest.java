package dev.upkeep.supervise;

import static dev.upkeep.api.child.ActualState.COMPLETED;
import static dev.upkeep.api.child.ActualState.RUNNING;
import static dev.upkeep.api.child.ActualState.STOPPED;
import static dev.upkeep.api.child.ActualState.STOPPING;
import static dev.upkeep.api.child.ActualState.SUSPENDED;
import static dev.upkeep.api.child.ActualState.WAITING;
import static org.assertj.core.api.Assertions.assertThat;

import dev.upkeep.api.FatalSignal;
import dev.upkeep.api.Reply;
import dev.upkeep.api.SupervisorSpec.OnGiveUp;
import dev.upkeep.api.child.Cause;
import dev.upkeep.api.child.DesiredState;
import dev.upkeep.api.child.ExitStatus;
import dev.upkeep.api.child.HealthStatus;
import dev.upkeep.api.child.RestartType;
import dev.upkeep.api.event.EventKind;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** R1 to R10: who is restarted, and whether, under virtual time. */
class RestartRulesTest extends RulesFixture {
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
}
