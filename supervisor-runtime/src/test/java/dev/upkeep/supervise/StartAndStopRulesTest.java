package dev.upkeep.supervise;

import static dev.upkeep.api.child.ActualState.ABANDONED;
import static dev.upkeep.api.child.ActualState.BACKOFF;
import static dev.upkeep.api.child.ActualState.RUNNING;
import static dev.upkeep.api.child.ActualState.STARTING;
import static dev.upkeep.api.child.ActualState.STOPPED;
import static dev.upkeep.api.child.ActualState.STOPPING;
import static dev.upkeep.api.child.ActualState.WAITING;
import static org.assertj.core.api.Assertions.assertThat;

import dev.upkeep.api.ChildBuilder;
import dev.upkeep.api.ProcessSpec;
import dev.upkeep.api.ReadyBy;
import dev.upkeep.api.Reply;
import dev.upkeep.api.StopRule;
import dev.upkeep.api.SupervisorSpec.OnStartFailure;
import dev.upkeep.api.SupervisorSpec.StartOrder;
import dev.upkeep.api.child.Cause;
import dev.upkeep.api.event.EventKind;
import java.time.Duration;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** S1 to S9: how children start and stop, under virtual time. */
class StartAndStopRulesTest extends RulesFixture {
    private static final Consumer<ChildBuilder> NOTIFYING = c -> c
            .process(ProcessSpec.of("x").with(ReadyBy.NOTIFY));

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
    void p9_aStartThatAsksForMoreTimeGetsItFromThenOnAndNeverLess() {
        World world = world(shop().onStartFailure(OnStartFailure.KEEP_TRYING)
                .child("a", NOTIFYING.andThen(c -> c.startTimeout(Duration.ofSeconds(7)))));
        world.script("a").everReady = false;
        world.started().seconds(5);
        InstanceId a = new InstanceId(world.path("a"), 1);

        world.send(new Event.Extended(a, Duration.ofSeconds(10)));
        world.send(new Event.Extended(a, Duration.ofSeconds(1)));
        world.seconds(9);
        assertThat(world.state("a")).isEqualTo(STARTING);
        assertThat(world.generation("a")).isEqualTo(1);
        world.send(new Event.Extended(a, Duration.ofSeconds(Long.MAX_VALUE)));
        world.seconds(1_000_000);
        assertThat(world.state("a")).isEqualTo(STARTING);

        world.send(new Event.ReadyChanged(a, true));
        assertThat(world.state("a")).isEqualTo(RUNNING);
        world.send(new Event.Extended(a, Duration.ofSeconds(1)));
        world.seconds(100);
        assertThat(world.state("a")).isEqualTo(RUNNING);
    }

    @Test
    void p9_aStartWhoseMoreTimeIsOverFails() {
        World world = world(shop().onStartFailure(OnStartFailure.KEEP_TRYING)
                .child("a", NOTIFYING.andThen(c -> c.startTimeout(Duration.ofSeconds(7)))));
        world.script("a").everReady = false;
        world.started().seconds(5);

        world.send(new Event.Extended(new InstanceId(world.path("a"), 1), Duration.ofSeconds(10)));
        world.seconds(11);

        assertThat(world.status("a").lastExit().orElseThrow().cause().kind())
                .isEqualTo(Cause.Kind.START_TIMEOUT);
    }

    @Test
    void p9_aStopThatAsksForMoreTimeGetsItAndIsKilledAfterIt() {
        World world = world(shop().child("p", NOTIFYING.andThen(c -> c.stopTimeout(Duration.ofSeconds(10)))))
                .started();
        world.script("p").ignoresStop = true;
        InstanceId p = new InstanceId(world.path("p"), 1);
        world.ask(Event.Verb.STOP, "p");
        world.seconds(9);
        world.send(new Event.Extended(p, Duration.ofSeconds(5)));
        world.send(new Event.Extended(p, Duration.ZERO));

        world.seconds(4);
        assertThat(world.state("p")).isEqualTo(STOPPING);
        world.seconds(1);
        assertThat(world.state("p")).isEqualTo(STOPPED);
    }

    @Test
    void p9_whatAChildSaysIsSeenUntilItsNextStart() {
        World world = world(shop().child("p", NOTIFYING)).started();
        world.send(new Event.Said(new InstanceId(world.path("p"), 1), "serving 3 clients"));
        assertThat(world.status("p").says()).isEqualTo("serving 3 clients");

        world.ask(Event.Verb.RESTART, "p");
        world.seconds(1);

        assertThat(world.generation("p")).isEqualTo(2);
        assertThat(world.status("p").says()).isEmpty();
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
    void p5_aProcessThatTheKernelWillNotLetGoStaysStoppingIsReportedAndNeverGetsASecondCopy() {
        World world = world(shop().child("p", c -> c.process("sleep", "1").stop(StopRule.brutal()))
                .child("other", c -> c.process("sleep", "1"))).started();
        world.script("p").ignoresStop = true;
        world.script("p").ignoresKill = true;
        world.unhealthy("p", "hangs");
        world.seconds(16);
        assertThat(world.ask(Event.Verb.START, "p")).isPositive();
        assertThat(world.state("p")).isEqualTo(STOPPING);
        assertThat(world.generation("p")).isEqualTo(1);
        assertThat(world.texts(EventKind.STOPPING))
                .filteredOn(text -> text.startsWith("p: was killed and is still there"))
                .hasSize(3);
        assertThat(world.generation("other")).isEqualTo(1);

        world.script("p").ignoresKill = false;
        world.seconds(10);
        assertThat(world.state("p")).isEqualTo(RUNNING);
        assertThat(world.generation("p")).isEqualTo(2);
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
        assertThat(cause).hasToString("requested(by test; threw java.lang.IllegalStateException: odd)");
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
}
