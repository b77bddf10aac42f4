package dev.upkeep.supervise;

import static dev.upkeep.api.child.ActualState.ABANDONED;
import static dev.upkeep.api.child.ActualState.BACKOFF;
import static dev.upkeep.api.child.ActualState.QUEUED;
import static dev.upkeep.api.child.ActualState.RUNNING;
import static dev.upkeep.api.child.ActualState.STOPPED;
import static dev.upkeep.api.child.ActualState.SUSPENDED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.upkeep.api.ChildBuilder;
import dev.upkeep.api.FatalSignal;
import dev.upkeep.api.Reply;
import dev.upkeep.api.SupervisorSpec.AutoShutdown;
import dev.upkeep.api.SupervisorSpec.OnGiveUp;
import dev.upkeep.api.SupervisorSpec.OnStartFailure;
import dev.upkeep.api.WhenAbandoned;
import dev.upkeep.api.child.ActualState;
import dev.upkeep.api.child.Cause;
import dev.upkeep.api.child.ChildStatus;
import dev.upkeep.api.child.RestartType;
import dev.upkeep.api.event.EventKind;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** The rules of a tree that changes while it lives, and of what it tells, under virtual time. */
class LivingTreeRulesTest extends RulesFixture {
    private static final Consumer<ChildBuilder> PROCESS = c -> c.process("x").backoff(IMMEDIATE);

    private static Reply.Kind kind(World world, long request) {
        return world.reply(request).kind();
    }

    @Test
    void s2_anAddWhoseStartFailsAnswersSoAndKeepsNothing() {
        World world = world(shop().child("a", PLAIN)).started();
        world.script("bad").refusesStart = Cause.startFailed("no");
        assertThat(kind(world, world.add("", "bad", PLAIN))).isEqualTo(Reply.Kind.START_FAILED);
        assertThat(world.view().find(world.path("bad"))).isEmpty();
    }

    @Test
    void s2_aChildThatApplyAddsFollowsTheRuleOfItsSupervisor() {
        for (OnStartFailure rule : OnStartFailure.values()) {
            World world = world(shop().onStartFailure(rule).child("a", PLAIN)).started();
            world.script("bad").refusesStart = Cause.startFailed("no");
            world.apply(shop().onStartFailure(rule)
                    .child("a", PLAIN)
                    .child("bad", c -> c.component(() -> ctx -> {})));
            assertThat(world.state("bad"))
                    .isEqualTo(rule == OnStartFailure.FAIL ? SUSPENDED : BACKOFF);
            assertThat(world.generation("a")).isEqualTo(1);
        }
    }

    @Test
    void s3_aPoolStopsAllAtOnceAlsoWhereStopsHaveAnOrder() {
        World world = world(shop().strategy("one-for-all").child("a", PLAIN).children("w", 3, i -> PLAIN))
                .started();
        for (String id : List.of("w-0", "w-1", "w-2")) {
            world.script(id).stopTakes = Duration.ofSeconds(1);
        }
        world.takeOrder();
        world.shutdown();
        assertThat(world.takeOrder()).containsExactly("~w-2", "~w-1", "~w-0");
        world.seconds(1);
        assertThat(world.takeOrder()).startsWith("-w-2", "-w-1", "-w-0", "~a");
    }

    @Test
    void s5_anAbandonedComponentIsReplacedIfItsSpecSaysSoAndListedUntilItEnds() {
        World world = world(shop().child("a", PLAIN.andThen(c -> c.whenAbandoned(WhenAbandoned.REPLACE))))
                .started();
        world.script("a").ignoresStop = true;
        world.script("a").ignoresKill = true;
        InstanceId old = world.run("a").instance();
        world.unhealthy("a", "hangs");
        world.seconds(6);
        assertThat(world.state("a")).isEqualTo(RUNNING);
        assertThat(world.generation("a")).isEqualTo(2);
        assertThat(world.status("a").abandoned()).isEqualTo(1);
        world.send(new Event.Ended(old, new Outcome.Returned(), List.of(), false));
        assertThat(world.status("a").abandoned()).isZero();
        assertThat(world.generation("a")).isEqualTo(2);
    }

    @Test
    void s6_atNoMomentThereAreTwoLiveInstancesOfOneChild() {
        World world = world(shop().child("a", PLAIN)).started();
        world.script("a").ignoresStop = true;
        world.script("a").ignoresKill = true;
        // The world refuses a second live instance of its own accord; here the first will not go.
        world.ask(Event.Verb.RESTART, "a");
        world.seconds(60);
        world.ask(Event.Verb.START, "a");
        world.seconds(60);
        assertThat(world.state("a")).isEqualTo(ABANDONED);
        assertThat(world.generation("a")).isEqualTo(1);
        world.ended(world.run("a").instance(), new Outcome.Returned());
        world.advance(Duration.ZERO);
        assertThat(world.generation("a")).isEqualTo(2);
    }

    @Test
    void s9_aComponentSavesBeforeAStopThatSomeoneAskedForAndNotBeforeOneForItsOwnFault() {
        World world = world(shop().child("a", PLAIN).child("b", PLAIN).child("c", PROCESS)).started();
        world.ask(Event.Verb.STOP, "a");
        world.unhealthy("b", "hangs");
        world.ask(Event.Verb.STOP, "c");
        assertThat(world.saving).extracting(i -> i.path().id()).containsExactly("a");
        world.send(new Event.Noted(world.saving.get(0), EventKind.SAVE_FAILED,
                "its state could not be saved: disk full"));
        assertThat(world.texts(EventKind.SAVE_FAILED))
                .containsExactly("a: its state could not be saved: disk full");
        assertThat(world.state("a")).isEqualTo(STOPPED);
    }

    @Test
    void r10_aFatalEndSuspendsUntilSomeoneStartsItAndChargesNobody() {
        World world = world(shop().intensity(1, Duration.ofSeconds(60)).child("a", PLAIN).child("b", PLAIN))
                .started();
        world.end(world.path("a"),
                new Outcome.Threw(new IllegalStateException(new FatalSignal("no licence"))));
        assertThat(world.state("a")).isEqualTo(SUSPENDED);
        assertThat(world.status("a").next().orElseThrow().at()).isEmpty();
        assertThat(world.status("a").lastExit().orElseThrow().cause().kind()).isEqualTo(Cause.Kind.CRASHED);
        world.seconds(3600);
        assertThat(world.state("a")).isEqualTo(SUSPENDED);
        world.crash("b");
        assertThat(world.state("b")).as("the budget is untouched").isEqualTo(RUNNING);
        world.ask(Event.Verb.START, "a");
        assertThat(world.state("a")).isEqualTo(RUNNING);
    }

    @Test
    void b1_howLongToWaitWhenToGiveUpAndWhenToStopTryingAreThreeAnswers() {
        World world = world(shop().onGiveUp(OnGiveUp.SUSPEND)
                .intensity(1, Duration.ofSeconds(60))
                .child("waits", SLOW_BACKOFF)
                .child("spends", PLAIN)).started();
        world.crash("waits");
        assertThat(world.state("waits")).as("back-off").isEqualTo(BACKOFF);
        world.crash("spends");
        assertThat(world.state("spends")).as("budget").isEqualTo(SUSPENDED);
        world.seconds(1);
        assertThat(world.state("waits")).isEqualTo(RUNNING);
    }

    @Test
    void b3_onlyAutomaticAttemptsCountAndAGroupOnce() {
        World world = world(shop().strategy("one-for-all")
                .onGiveUp(OnGiveUp.SUSPEND)
                .intensity(2, Duration.ofSeconds(60))
                .child("a", PLAIN)
                .child("b", PLAIN)
                .child("c", PLAIN)).started();
        world.ask(Event.Verb.RESTART, "a");
        world.ask(Event.Verb.STOP, "b");
        world.ask(Event.Verb.START, "b");
        world.crash("a");
        world.crash("b");
        assertThat(world.state("c")).isEqualTo(RUNNING);
        world.crash("c");
        assertThat(world.state("c")).isEqualTo(SUSPENDED);
    }

    @Test
    void b7_aNewSpecDuringBackoffCancelsItAndTheLateTimerDoesNothing() {
        World world = world(shop().child("a", SLOW_BACKOFF)).started();
        world.crash("a");
        assertThat(world.state("a")).isEqualTo(BACKOFF);
        world.apply(shop().child("a", SLOW_BACKOFF.andThen(c -> c.startTimeout(Duration.ofSeconds(9)))));
        assertThat(world.state("a")).isEqualTo(RUNNING);
        assertThat(world.generation("a")).isEqualTo(2);
        world.seconds(60);
        assertThat(world.generation("a")).isEqualTo(2);
    }

    @Test
    void b9_startsBeyondTheRateQueueInOrderAndAreNotDropped() {
        World world = world(shop().startRate(1, 2).maxConcurrentStarts(100).children("p", 4, i -> PROCESS))
                .started();
        assertThat(world.state("p-1")).isEqualTo(RUNNING);
        assertThat(world.state("p-2")).isEqualTo(QUEUED);
        world.advance(Duration.ofMillis(1001));
        assertThat(world.state("p-2")).isEqualTo(RUNNING);
        assertThat(world.state("p-3")).isEqualTo(QUEUED);
        world.seconds(1);
        assertThat(world.state("p-3")).isEqualTo(RUNNING);
    }

    @Test
    void a1_whatCannotBeDoneIsAnsweredByItsKind() {
        World world = world(shop().child("a", PLAIN).child("slow", SLOW_BACKOFF)).started();
        assertThat(kind(world, world.ask(Event.Verb.REMOVE, "nobody"))).isEqualTo(Reply.Kind.NOT_FOUND);
        assertThat(kind(world, world.ask(Event.Verb.REMOVE, "a"))).isEqualTo(Reply.Kind.STILL_RUNNING);
        world.crash("slow");
        assertThat(kind(world, world.ask(Event.Verb.REMOVE, "slow"))).isEqualTo(Reply.Kind.RESTARTING);
        assertThat(kind(world, world.add("", "a", PLAIN))).isEqualTo(Reply.Kind.ALREADY_PRESENT);
        world.send(new Event.Scale(99, world.path("w"), List.of(), "test"));
        assertThat(kind(world, 99)).isEqualTo(Reply.Kind.NOT_FOUND);
        world.ask(Event.Verb.STOP, "a");
        assertThat(kind(world, world.ask(Event.Verb.REMOVE, "a"))).isEqualTo(Reply.Kind.DONE);
        assertThat(world.view().find(world.path("a"))).isEmpty();
        assertThat(world.forgotten).containsExactly(world.path("a"));
    }

    @Test
    void a1_aPoolIsScaledUpAndDownAndAnswersWhenAllAreThereOrGone() {
        World world = world(shop().children("w", 2, i -> PLAIN)).started();
        assertThat(kind(world, world.scale("w", 4))).isEqualTo(Reply.Kind.DONE);
        assertThat(world.state("w-3")).isEqualTo(RUNNING);
        world.script("w-3").stopTakes = Duration.ofSeconds(2);
        long smaller = world.scale("w", 1);
        assertThat(world.replies).doesNotContainKey(smaller);
        world.seconds(2);
        assertThat(kind(world, smaller)).isEqualTo(Reply.Kind.DONE);
        assertThat(world.view().children()).extracting(c -> c.path().id()).containsExactly("w-0");
    }

    @Test
    void a3_aQueryNeverWaitsForAChildAndSharesWhatDidNotChange() {
        World world = world(shop().child("a", PLAIN).child("b", PLAIN)).started();
        world.script("a").ignoresStop = true;
        world.ask(Event.Verb.STOP, "a");
        ChildStatus during = world.view();
        assertThat(during.children()).extracting(ChildStatus::actual)
                .containsExactly(ActualState.STOPPING, RUNNING);
        assertThat(world.view()).isSameAs(during);
        world.crash("b");
        assertThat(world.view().children().get(0)).isSameAs(during.children().get(0));
    }

    @Test
    void a4_childrenAddedAtRunTimeComeBackWithTheirSupervisor() {
        World world = world(shop().supervisor("web", w -> w.child("a", PLAIN))).started();
        assertThat(kind(world, world.add("web", "late", PLAIN))).isEqualTo(Reply.Kind.DONE);
        world.ask(Event.Verb.RESTART, "web");
        assertThat(world.state("web/late")).isEqualTo(RUNNING);
        assertThat(world.generation("web/late")).isEqualTo(2);
    }

    @Test
    void a5_onlyAChangeOfWhatIsReadAtStartRestartsAChild() {
        World world = world(shop().child("same", PROCESS)
                .child("calmer", PROCESS)
                .child("other", PROCESS)
                .child("gone", PROCESS))
                .started();
        long request = world.apply(shop().child("same", PROCESS)
                .child("calmer", PROCESS.andThen(c -> c.stopTimeout(Duration.ofSeconds(1))))
                .child("other", c -> c.process("y").backoff(IMMEDIATE))
                .child("new", PROCESS));
        assertThat(kind(world, request)).isEqualTo(Reply.Kind.DONE);
        assertThat(world.generation("same")).isEqualTo(1);
        assertThat(world.generation("calmer")).isEqualTo(1);
        assertThat(world.generation("other")).isEqualTo(2);
        assertThat(world.state("new")).isEqualTo(RUNNING);
        assertThat(world.view().find(world.path("gone"))).isEmpty();
        assertThat(world.texts(EventKind.SPEC_APPLIED))
                .containsExactly("shop: applied: 1 added, 1 removed, 1 restarted, 1 changed");
    }

    @Test
    void a5_anInvalidSpecChangesNothing() {
        World world = world(shop().child("a", PROCESS)).started();
        ChildStatus before = world.view();
        long request = world.apply(shop().strategy("nobody-has-it").child("b", PROCESS));
        assertThat(kind(world, request)).isEqualTo(Reply.Kind.INVALID);
        assertThat(world.view()).isSameAs(before);
    }

    @Test
    void a5_anApplyIsNotRefusedForWhatAScaleTookOutAndAnAbandonedInstanceKeeps() {
        Consumer<ChildBuilder> web = c -> c.supervisor(s -> s.child("x", PLAIN));
        World world = world(shop().children("web", 2, i -> web)).started();
        world.script("web-1/x").ignoresStop = true;
        world.script("web-1/x").ignoresKill = true;
        world.scale("web", 1);
        world.seconds(10);
        assertThat(world.view().children()).extracting(c -> c.path().id()).containsExactly("web-0");
        long request = world.apply(shop().children("web", 2, i -> web).child("new", PLAIN));
        assertThat(kind(world, request)).isEqualTo(Reply.Kind.DONE);
        assertThat(world.state("new")).isEqualTo(RUNNING);
    }

    @Test
    void a6_aBatchHasItsIdsAndABoundThatDoesNotDrift() {
        World world = world(shop().maxChildren(3).children("w", 2, i -> PLAIN)).started();
        assertThat(world.view().children()).extracting(c -> c.path().id()).containsExactly("w-0", "w-1");
        assertThat(kind(world, world.scale("w", 4))).isEqualTo(Reply.Kind.LIMIT);
        assertThat(world.view().children()).hasSize(2);
        for (int round = 0; round < 5; round++) {
            assertThat(kind(world, world.add("", "extra", PLAIN))).isEqualTo(Reply.Kind.DONE);
            assertThat(kind(world, world.add("", "more", PLAIN))).isEqualTo(Reply.Kind.LIMIT);
            world.ask(Event.Verb.STOP, "extra");
            assertThat(kind(world, world.ask(Event.Verb.REMOVE, "extra"))).isEqualTo(Reply.Kind.DONE);
        }
        assertThatThrownBy(() -> shop().children("w", 2, i -> PLAIN).child("w-1", PLAIN).build())
                .hasMessageContaining("'w-1'");
    }

    @Test
    void g1_aSignificantChildIsTransientOrTemporaryAndRefusedUnderNever() {
        Consumer<ChildBuilder> significant = PLAIN
                .andThen(c -> c.restart(RestartType.TRANSIENT).significant(true));
        assertThatThrownBy(() -> shop().child("a", significant).build())
                .hasMessageContaining("'a' is significant");
        assertThatThrownBy(() -> shop().autoShutdown(AutoShutdown.ANY_SIGNIFICANT)
                .child("a", significant.andThen(c -> c.restart(RestartType.PERMANENT)))
                .build()).hasMessageContaining("transient or temporary");
        World world = world(shop().child("b", PLAIN)).started();
        assertThat(kind(world, world.add("", "a", significant))).isEqualTo(Reply.Kind.INVALID);
    }

    @Test
    void g3_aStopByRequestNeverEndsTheSupervisorButCountsAsNotRunning() {
        Consumer<ChildBuilder> significant = PLAIN
                .andThen(c -> c.restart(RestartType.TRANSIENT).significant(true));
        World world = world(shop().autoShutdown(AutoShutdown.ALL_SIGNIFICANT)
                .child("a", significant)
                .child("b", significant)).started();
        world.ask(Event.Verb.STOP, "a");
        assertThat(world.ending).isNull();
        world.finish("b");
        assertThat(world.ending().cause().kind()).isEqualTo(Cause.Kind.COMPLETED);
    }

    @Test
    void e1_everyEventNamesItsPathAndGenerationInOneOrder() {
        World world = world(shop().child("a", PLAIN)).started();
        world.emitted.clear();
        world.crash("a");
        assertThat(world.emitted).extracting(Action.Emit::kind)
                .containsExactly(EventKind.EXITED, EventKind.RESTART_SCHEDULED, EventKind.STARTED,
                        EventKind.RESTARTED);
        assertThat(world.emitted).extracting(Action.Emit::generation).containsExactly(1L, 1L, 2L, 2L);
        assertThat(world.emitted).extracting(e -> e.path().value()).containsOnly("shop/a");
    }
}
