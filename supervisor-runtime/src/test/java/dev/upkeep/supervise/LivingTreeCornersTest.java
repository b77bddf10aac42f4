package dev.upkeep.supervise;

import static dev.upkeep.api.child.ActualState.ABANDONED;
import static dev.upkeep.api.child.ActualState.BACKOFF;
import static dev.upkeep.api.child.ActualState.RUNNING;
import static dev.upkeep.api.child.ActualState.STOPPED;
import static dev.upkeep.api.child.ActualState.SUSPENDED;
import static dev.upkeep.api.child.ActualState.WAITING;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeout;

import dev.upkeep.api.BreakerUse;
import dev.upkeep.api.ChildBuilder;
import dev.upkeep.api.ChildSpec;
import dev.upkeep.api.Reply;
import dev.upkeep.api.SupervisorBuilder;
import dev.upkeep.api.SupervisorSpec.AutoShutdown;
import dev.upkeep.api.SupervisorSpec.OnStartFailure;
import dev.upkeep.api.SupervisorSpec.StartOrder;
import dev.upkeep.api.WhenAbandoned;
import dev.upkeep.api.breaker.BreakerState;
import dev.upkeep.api.child.Cause;
import dev.upkeep.api.child.RestartType;
import dev.upkeep.api.settings.Choice;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Corners in which the tree itself changes while something else happens (A1, A4 to A6, S2, S5). */
class LivingTreeCornersTest extends RulesFixture {
    private static final Consumer<ChildBuilder> OFF = PLAIN.andThen(c -> c.autostart(false));
    private static final Consumer<ChildBuilder> TEMPORARY = PLAIN
            .andThen(c -> c.restart(RestartType.TEMPORARY));
    private static final Consumer<ChildBuilder> REPLACED = PLAIN
            .andThen(c -> c.whenAbandoned(WhenAbandoned.REPLACE));
    private static final Consumer<ChildBuilder> PROCESS = c -> c.process("true").backoff(IMMEDIATE);

    private static Consumer<ChildBuilder> after(Consumer<ChildBuilder> how, String first) {
        return how.andThen(c -> c.after(first));
    }

    private static Consumer<ChildBuilder> guarded(Consumer<ChildBuilder> how, String breaker) {
        return how.andThen(c -> c.breaker(BreakerUse.shared(breaker)));
    }

    private static SupervisorBuilder shopWithBreakers() {
        return shop().breaker("old", IMMEDIATE).breaker("new", IMMEDIATE);
    }

    private static void settled(World world, long request) {
        assertThat(world.reply(request).kind().isSuccess()).as("%s", world.reply(request)).isTrue();
    }

    private static void withinSeconds(int seconds, Runnable work) {
        assertTimeout(Duration.ofSeconds(seconds), work::run);
    }

    @Test
    void s6_noGenerationRepeatsBelowASupervisorThatIsRemovedAndAddedAgain() {
        World world = world(shop().child("sub", below(s -> s.child("x", PLAIN)))).started();
        world.crash("sub/x");
        assertThat(world.generation("sub/x")).isEqualTo(2);
        world.ask(Event.Verb.STOP, "sub");
        settled(world, world.ask(Event.Verb.REMOVE, "sub"));
        settled(world, world.add("", "sub", below(s -> s.child("x", PLAIN))));
        assertThat(world.generation("sub/x")).isGreaterThan(2);
    }

    @Test
    void a1_anAddThatNamesAPluginThatIsNotThereIsRefusedAndChangesNothing() {
        World world = world(shop().child("a", PLAIN)).started();
        long request = world.add("", "b",
                below(s -> s.child("x", PLAIN).child("y", PLAIN.andThen(c -> c.backoff(Choice.of("none"))))));
        assertThat(world.reply(request).kind()).isEqualTo(Reply.Kind.INVALID);
        assertThat(world.tree.specOf(world.path("b/x"))).isEmpty();
        settled(world, world.add("", "b", PLAIN));
    }

    @Test
    void a1_anAddThatNamesABreakerThatIsNotThereIsRefused() {
        World world = world(shop().child("a", PLAIN)).started();
        ChildSpec spec = shopWithBreakers().child("b", guarded(PLAIN, "new"))
                .build()
                .root()
                .children()
                .get(0);
        assertThat(world.reply(world.add("", List.of(spec))).kind()).isEqualTo(Reply.Kind.INVALID);
    }

    @Test
    void s2_aChildThatWasAddedWithoutAStartIsKeptWhenItsFirstStartByHandFails() {
        World world = world(shop().child("a", PLAIN)).started();
        settled(world, world.add("", "b", OFF));
        world.script("b").refusesStart = Cause.startFailed("no");
        assertThat(world.reply(world.ask(Event.Verb.START, "b")).kind())
                .isEqualTo(Reply.Kind.START_FAILED);
        assertThat(world.view().find(world.path("b"))).isPresent();
    }

    @Test
    void s2_aChildThatWasAddedAndStoppedBeforeItWasReadyIsKept() {
        World world = world(shop().child("a", PLAIN)).started();
        world.script("b").everReady = false;
        long add = world.add("", "b", CHECKED);
        settled(world, world.ask(Event.Verb.STOP, "b"));
        assertThat(world.reply(add).kind()).isEqualTo(Reply.Kind.SUPERSEDED);
        world.script("b").refusesStart = Cause.startFailed("no");
        world.ask(Event.Verb.START, "b");
        assertThat(world.view().find(world.path("b"))).isPresent();
    }

    @Test
    void s2_anAddThatAnswersStartFailedBecauseItsSupervisorStoppedKeepsNothing() {
        World world = world(shop().child("sub", below(s -> s.child("x", PLAIN)))).started();
        world.script("sub/y").everReady = false;
        long live = world.add("sub", "y", CHECKED);
        long waits = world.add("sub", b -> b.child("z", CHECKED).child("zz", after(PLAIN, "z")));
        world.script("sub/z").everReady = false;
        world.ask(Event.Verb.RESTART, "sub");
        world.seconds(1);
        assertThat(world.reply(live).kind()).isEqualTo(Reply.Kind.START_FAILED);
        assertThat(world.view().find(world.path("sub/y"))).isEmpty();
        if (world.reply(waits).kind() == Reply.Kind.START_FAILED) {
            assertThat(world.view().find(world.path("sub/zz"))).isEmpty();
        }
        assertThat(world.state("sub/x")).isEqualTo(RUNNING);
    }

    @Test
    void s2_anAddedPermanentChildThatEndsBeforeItIsReadyIsNotKept() {
        World world = world(shop().child("a", PLAIN)).started();
        world.script("b").everReady = false;
        long add = world.add("", "b", CHECKED);
        world.finish("b");
        assertThat(world.reply(add).kind()).isEqualTo(Reply.Kind.START_FAILED);
        assertThat(world.view().find(world.path("b"))).isEmpty();
    }

    @Test
    void s2_anAddedJobThatCompletesBeforeItIsReadyHasDoneWhatItWasAddedFor() {
        World world = world(shop().child("a", PLAIN)).started();
        world.script("b").everReady = false;
        long add = world.add("", "b", CHECKED.andThen(c -> c.restart(RestartType.TRANSIENT)));
        world.finish("b");
        settled(world, add);
    }

    @Test
    void s2_anAddedChildThatFailsByTimeoutIsNotKept() {
        World world = world(shop().child("a", PLAIN)).started();
        world.script("b").everReady = false;
        long add = world.add("", "b", CHECKED);
        world.seconds(31);
        assertThat(world.reply(add).kind()).isEqualTo(Reply.Kind.START_FAILED);
        assertThat(world.view().find(world.path("b"))).isEmpty();
        world.script("b").everReady = true;
        settled(world, world.add("", "b", CHECKED));
        assertThat(world.generation("b")).isGreaterThan(1);
    }

    @Test
    void s2_anAddedChildThatItsGroupTakesAlongComesUpWithIt() {
        World world = world(shop().strategy("one-for-all").child("a", PLAIN)).started();
        world.script("b").readyAfter = Duration.ofSeconds(5);
        long add = world.add("", "b", CHECKED);
        world.seconds(2);
        world.crash("a");
        world.seconds(10);
        settled(world, add);
        assertThat(world.state("b")).isEqualTo(RUNNING);
    }

    @Test
    void a6_theLimitHoldsAPlaceForADeclaredChildThatEndedAndComesBack() {
        World world = world(shop().child("sub",
                below(s -> s.maxChildren(2).child("t", TEMPORARY).child("x", PLAIN)))).started();
        world.finish("sub/t");
        assertThat(world.reply(world.add("sub", "y", PLAIN)).kind()).isEqualTo(Reply.Kind.LIMIT);
        settled(world, world.add("sub", "t", TEMPORARY));
    }

    @Test
    void r8_aChildAddedWhileASequenceIsHeldUpWaitsAndIsStartedLater() {
        World world = world(shop().startOrder(StartOrder.SEQUENTIAL)
                .onStartFailure(OnStartFailure.KEEP_TRYING)
                .child("a", SLOW_BACKOFF)
                .child("b", PLAIN));
        world.script("a").refusesStart = Cause.startFailed("no");
        world.started();
        long add = world.add("", "c", PLAIN);
        assertThat(world.state("c")).isEqualTo(WAITING);
        world.script("a").refusesStart = null;
        world.seconds(5);
        settled(world, add);
        assertThat(world.takeOrder()).containsSubsequence("+a", "+b", "+c");
    }

    @Test
    void s3_thoseThatCameAfterATemporaryChildThatEndedComeAfterTheOneAddedInItsPlace() {
        World world = world(shop().child("t", TEMPORARY).child("b", after(PLAIN, "t"))).started();
        world.finish("t");
        settled(world, world.add("", "t", PLAIN));
        world.takeOrder();
        world.shutdown();
        assertThat(world.takeOrder()).containsExactly("~b", "-b", "~t", "-t");
    }

    @Test
    void s1_anAddThatWouldComeAfterItsOwnDependentIsRefused() {
        World world = world(shop().child("t", TEMPORARY).child("b", after(PLAIN, "t"))).started();
        world.finish("t");
        List<ChildSpec> specs = shop().child("b", PLAIN)
                .child("t", after(PLAIN, "b"))
                .build()
                .root()
                .children();
        assertThat(world.reply(world.add("", List.of(specs.get(1)))).kind()).isEqualTo(Reply.Kind.INVALID);
    }

    @Test
    void s5_anInstanceThatWasReplacedIsNoLongerListedWhenItEndsBeforeTheNextOneBegins() {
        World world = world(shop().child("a", REPLACED.andThen(c -> c.backoff(Choice.of("exponential")))))
                .started();
        hang(world, "a");
        world.unhealthy("a", "stuck");
        world.advance(Duration.ofMillis(6_500));
        assertThat(world.state("a")).isEqualTo(BACKOFF);
        assertThat(world.status("a").abandoned()).isEqualTo(1);
        world.finish("a");
        assertThat(world.status("a").abandoned()).isZero();
    }

    @Test
    void s5_aNewGenerationOfASupervisorStartsAReplaceableChildBesideItsAbandonedInstance() {
        World world = world(shop().child("sub", below(s -> s.child("x", REPLACED)))).started();
        hang(world, "sub/x");
        world.ask(Event.Verb.RESTART, "sub");
        world.seconds(10);
        assertThat(world.state("sub/x")).isEqualTo(RUNNING);
        assertThat(world.status("sub/x").abandoned()).isEqualTo(1);
        world.endBeside("sub/x", 1);
        assertThat(world.status("sub/x").abandoned()).isZero();
    }

    @Test
    void s5_aRemovedSupervisorIsForgottenWhenTheLastAbandonedInstanceBelowItEnds() {
        World world = world(shop().child("a", PLAIN)).started();
        world.add("", "sub", below(s -> s.child("x", PLAIN)));
        hang(world, "sub/x");
        world.ask(Event.Verb.STOP, "sub");
        world.seconds(10);
        assertThat(world.reply(world.ask(Event.Verb.REMOVE, "sub")).kind())
                .isEqualTo(Reply.Kind.STILL_RUNNING);
        world.apply(shop().child("a", PLAIN).child("sub", PLAIN));
        world.apply(shop().child("a", PLAIN));
        world.finish("sub/x");
        assertThat(world.forgotten).contains(world.path("sub"), world.path("sub/x"));
        assertThat(world.tree.specOf(world.path("sub"))).isEmpty();
    }

    @Test
    void b2_anAttemptThatEndsAbandonedHoldsNoPlaceForEver() {
        World world = world(shop().intensity(1, Duration.ofSeconds(60))
                .child("a", CHECKED)
                .child("b", PLAIN)).started();
        hang(world, "a");
        world.script("a").everReady = false;
        world.crash("a");
        world.seconds(600);
        assertThat(world.state("a")).isEqualTo(ABANDONED);
        world.crash("b");
        assertThat(world.state("b")).isEqualTo(RUNNING);
    }

    @Test
    void s8_whatIsLeftOfAKindThatWasChangedIsListed() {
        World world = world(shop().child("a", PLAIN).child("sub", below(s -> s.child("x", PLAIN)))).started();
        hang(world, "sub/x");
        long request = world.apply(shop().child("a", PLAIN).child("sub", PLAIN));
        world.seconds(20);
        assertThat(world.replies).containsKey(request);
        world.shutdown();
        world.seconds(100);
        assertThat(world.ending().leftRunning()).contains(world.path("sub/x"));
    }

    @Test
    void s5_aChildOfAnotherKindComesWhenTheAbandonedOneHasEnded() {
        World world = world(shop().child("a", PLAIN).child("sub", below(s -> s.child("x", PLAIN)))).started();
        hang(world, "sub/x");
        world.apply(shop().child("a", PLAIN).child("sub", PLAIN));
        world.seconds(20);
        world.finish("sub/x");
        assertThat(world.state("sub")).isEqualTo(RUNNING);
        assertThat(world.status("sub").children()).isEmpty();
    }

    @Test
    void r8_thoseAfterAnAbandonedChildWaitForItInANewGenerationToo() {
        World world = world(shop().child("sub",
                below(s -> s.strategy("one-for-all").child("x", PLAIN).child("y", PLAIN))))
                .started();
        hang(world, "sub/x");
        world.ask(Event.Verb.RESTART, "sub");
        world.seconds(10);
        assertThat(world.state("sub/x")).isEqualTo(ABANDONED);
        assertThat(world.state("sub/y")).isEqualTo(WAITING);
        world.scripts.clear();
        world.finish("sub/x");
        assertThat(world.takeOrder()).endsWith("+x", "+y");
        assertThat(world.view().ready()).isTrue();
    }

    @Test
    void s2_anAddedChildThatASpecDeclaresMeanwhileIsNotTakenBack() {
        World world = world(shop().child("a", PLAIN)).started();
        world.script("b").everReady = false;
        world.add("", "b", CHECKED);
        settled(world, world.apply(shop().child("a", PLAIN).child("b", CHECKED)));
        world.seconds(31);
        assertThat(world.view().find(world.path("b"))).isPresent();
    }

    @Test
    void s1_veryManyAddsToASequenceThatIsHeldUpLookAtNoOtherChild() {
        withinSeconds(30, () -> {
            SupervisorBuilder builder = shop().startOrder(StartOrder.SEQUENTIAL)
                    .child("first", CHECKED.andThen(c -> c.startTimeout(Duration.ofDays(1))));
            for (int i = 0; i < 20_000; i++) {
                builder.child("c" + i, PLAIN);
            }
            World world = world(builder);
            world.script("first").everReady = false;
            world.started();
            world.emitted.clear();
            for (int i = 0; i < 5_000; i++) {
                world.add("", "d" + i, PLAIN);
            }
            assertThat(world.emitted.size()).isLessThan(100_000);
        });
    }

    @Test
    void g2_theEndsOfVeryManySignificantChildrenLookAtNoOtherChild() {
        withinSeconds(30, () -> {
            SupervisorBuilder builder = shop().autoShutdown(AutoShutdown.ALL_SIGNIFICANT);
            for (int i = 0; i < 100_000; i++) {
                builder.child("c" + i,
                        PLAIN.andThen(c -> c.restart(RestartType.TRANSIENT).significant(true)));
            }
            World world = world(builder).started();
            for (int i = 99_999; i > 0; i--) {
                world.finish("c" + i);
            }
            assertThat(world.ending).isNull();
            world.finish("c0");
            assertThat(world.ending().exitCode()).isZero();
        });
    }

    @Test
    void a5_aChildOfAnotherKindTakesThePlaceOfTheOldOneAndTheApplyIsDoneWhenItRuns() {
        World world = world(shop().child("a", PLAIN).child("b", PLAIN).child("c", after(PLAIN, "a")))
                .started();
        world.script("a").stopTakes = Duration.ofSeconds(1);
        long request = world.apply(
                shop().child("a", below(s -> s.child("x", PLAIN)))
                        .child("b", PLAIN)
                        .child("c", after(PLAIN, "a")));
        assertThat(world.replies).doesNotContainKey(request);
        world.seconds(2);
        settled(world, request);
        assertThat(world.state("a/x")).isEqualTo(RUNNING);
        assertThat(world.view().children()).extracting(c -> c.path().id()).containsExactly("a", "b", "c");
    }

    @Test
    void s3_thoseThatComeAfterAChildStillDoWhenItIsOfAnotherKind() {
        World world = world(shop().child("a", PLAIN).child("b", after(PLAIN, "a"))).started();
        settled(world, world.apply(
                shop().child("a", below(s -> s.child("x", PLAIN))).child("b", after(PLAIN, "a"))));
        world.takeOrder();
        world.shutdown();
        assertThat(world.takeOrder()).containsExactly("~b", "-b", "~x", "-x");
    }

    @Test
    void a5_aComponentThatBecomesAProcessIsStoppedAsTheComponentItIs() {
        World world = world(shop().child("a", PLAIN)).started();
        hang(world, "a");
        world.apply(shop().child("a", PROCESS));
        world.seconds(60);
        assertThat(world.state("a")).isEqualTo(ABANDONED);
    }

    @Test
    void r5_aChildThatWasStoppedByRequestStaysSoWhenItIsOfAnotherKind() {
        World world = world(shop().child("a", PLAIN)).started();
        world.ask(Event.Verb.STOP, "a");
        settled(world, world.apply(shop().child("a", below(s -> s.child("x", PLAIN)))));
        assertThat(world.state("a")).isEqualTo(STOPPED);
    }

    @Test
    void a5_theLastSpecCountsWhenAChildIsOfAnotherKindAndThenGone() {
        World world = world(shop().child("a", PLAIN).child("b", PLAIN)).started();
        world.script("a").stopTakes = Duration.ofSeconds(2);
        world.apply(shop().child("a", below(s -> s.child("x", PLAIN))).child("b", PLAIN));
        long last = world.apply(shop().child("b", PLAIN));
        world.seconds(5);
        assertThat(world.view().find(world.path("a"))).isEmpty();
        settled(world, last);
    }

    @Test
    void r5_aTemporaryChildThatEndedComesBackAsTheKindItHasBecome() {
        World world = world(shop().child("sub", below(s -> s.child("t", TEMPORARY).child("x", PLAIN))))
                .started();
        world.finish("sub/t");
        settled(world, world.apply(shop().child("sub",
                below(s -> s.child("t", below(t -> t.child("y", PLAIN))
                        .andThen(c -> c.restart(RestartType.TEMPORARY))).child("x", PLAIN)))));
        assertThat(world.view().find(world.path("sub/t"))).isEmpty();
        world.ask(Event.Verb.RESTART, "sub");
        assertThat(world.state("sub/t/y")).isEqualTo(RUNNING);
    }

    @Test
    void a5_aRemovedChildThatIsWantedAgainBeforeItHasStoppedComesBack() {
        World world = world(shop().child("a", PLAIN).child("b", PLAIN)).started();
        world.script("a").stopTakes = Duration.ofSeconds(2);
        long removal = world.apply(shop().child("b", PLAIN));
        long again = world.apply(shop().child("a", PLAIN).child("b", PLAIN));
        world.seconds(5);
        settled(world, removal);
        settled(world, again);
        assertThat(world.state("a")).isEqualTo(RUNNING);
        assertThat(world.generation("a")).isGreaterThan(1);
    }

    @Test
    void a5_anApplyOfSomethingElseDoesNotBringBackWhatAScaleTakesOut() {
        World world = world(shop().children("w", 2, i -> PLAIN).child("b", PLAIN)).started();
        world.script("w-1").stopTakes = Duration.ofSeconds(2);
        long scale = world.scale("w", 1);
        long apply = world.apply(shop().children("w", 2, i -> PLAIN).child("b", OTHER));
        world.seconds(5);
        settled(world, scale);
        settled(world, apply);
        assertThat(world.view().find(world.path("w-1"))).isEmpty();
    }

    @Test
    void s3_aSequentialStopGoesOnWhenAnApplyTakesTheSequenceAway() {
        World world = world(shop().child("sub",
                below(s -> s.strategy("one-for-all").child("a", PLAIN).child("b", PLAIN).child("c", PLAIN))))
                .started();
        world.script("sub/c").stopTakes = Duration.ofSeconds(2);
        long stop = world.ask(Event.Verb.STOP, "sub");
        world.apply(shop().child("sub",
                below(s -> s.strategy("one-for-one").child("a", PLAIN).child("b", PLAIN).child("c", PLAIN))));
        world.seconds(5);
        settled(world, stop);
        assertThat(world.live).isEmpty();
    }

    @Test
    void s3_aSequentialStopGoesOnWhenAnApplyChangesTheOrder() {
        World world = world(shop().child("sub",
                below(s -> s.strategy("one-for-all").child("a", PLAIN).child("b", PLAIN).child("c", PLAIN))))
                .started();
        world.script("sub/b").stopTakes = Duration.ofSeconds(2);
        long stop = world.ask(Event.Verb.STOP, "sub");
        world.apply(shop().intensity(6, Duration.ofSeconds(60))
                .child("sub",
                        below(s -> s.strategy("one-for-all")
                                .child("b", PLAIN)
                                .child("c", PLAIN)
                                .child("a", PLAIN))));
        world.seconds(5);
        settled(world, stop);
        assertThat(world.live).isEmpty();
    }

    @Test
    void s1_aStartIsOverWhenAnApplyLetsAChildWaitForOneThatNobodyWantsRunning() {
        World world = world(shop().child("z", OFF).child("a", CHECKED).child("b", after(PLAIN, "a")));
        world.script("a").readyAfter = Duration.ofSeconds(5);
        world.started();
        world.apply(shop().child("z", OFF).child("a", CHECKED).child("b", after(PLAIN, "z")));
        world.seconds(10);
        assertThat(world.state("b")).isEqualTo(WAITING);
        assertThat(world.treeStarted).isTrue();
    }

    @Test
    void r5_aTemporaryChildThatEndedComesBackInTheOrderThatWasAppliedLast() {
        World world = world(shop().child("sub",
                below(s -> s.strategy("one-for-all")
                        .child("t", TEMPORARY)
                        .child("x", PLAIN)
                        .child("y", PLAIN))))
                .started();
        world.finish("sub/t");
        world.apply(shop().intensity(6, Duration.ofSeconds(60))
                .child("sub",
                        below(s -> s.strategy("one-for-all")
                                .child("y", PLAIN)
                                .child("x", PLAIN)
                                .child("t", TEMPORARY))));
        world.ask(Event.Verb.RESTART, "sub");
        assertThat(world.status("sub").children()).extracting(c -> c.path().id())
                .containsExactly("y", "x", "t");
    }

    @Test
    void a5_anotherOrderAloneIsApplied() {
        World world = world(shop().strategy("one-for-all").child("a", PLAIN).child("b", PLAIN)).started();
        world.apply(shop().strategy("one-for-all").child("b", PLAIN).child("a", PLAIN));
        world.takeOrder();
        world.shutdown();
        assertThat(world.takeOrder()).containsExactly("~a", "-a", "~b", "-b");
    }

    @Test
    void c1_aPermitIsReportedToTheBreakerThatGaveItWhateverNameWasAppliedSince() {
        World world = world(shopWithBreakers().child("a", guarded(PLAIN, "old"))).started();
        world.apply(shopWithBreakers().child("a", guarded(PLAIN, "new")));
        world.crash("a");
        assertThat(world.reports).extracting(Action.Report::breaker).containsExactly("old");
    }

    @Test
    void c1_aPermitThatComesAfterTheBreakerWasChangedGoesToTheOneThatGaveIt() {
        World world = world(shopWithBreakers().child("b", PLAIN)).started();
        world.now += 1;
        world.send(new Event.Apply(900, world.tree.spec(),
                shopWithBreakers().child("a", guarded(PLAIN, "old")).child("b", PLAIN).build(),
                dev.upkeep.api.SpecDiff.between(world.tree.spec(),
                        shopWithBreakers().child("a", guarded(PLAIN, "old")).child("b", PLAIN).build()),
                "test"));
        // The permit is on its way.
        var gone = shopWithBreakers().child("b", PLAIN).build();
        world.send(new Event.Apply(901, world.tree.spec(), gone,
                dev.upkeep.api.SpecDiff.between(world.tree.spec(), gone), "test"));
        world.seconds(1);
        assertThat(world.reports).extracting(Action.Report::breaker).containsExactly("old");
    }

    @Test
    void a5_anApplyOfSomethingElseForgetsNothingOfABreaker() {
        World world = world(shopWithBreakers().child("a", guarded(PLAIN, "old")).child("b", PLAIN)).started();
        world.breaker("old", BreakerState.OPEN, Optional.of(Duration.ofSeconds(30)));
        world.crash("a");
        assertThat(world.state("a")).isEqualTo(SUSPENDED);
        world.apply(shopWithBreakers().child("a", guarded(PLAIN, "old")).child("b", OTHER));
        world.ask(Event.Verb.STOP, "a");
        world.ask(Event.Verb.START, "a");
        world.crash("a");
        assertThat(world.state("a")).isEqualTo(SUSPENDED);
        assertThat(world.status("a").next().orElseThrow().at()).isPresent();
    }

    @Test
    void a5_aChildThatWaitsForABreakerItHasNoLongerIsStarted() {
        World world = world(shopWithBreakers().child("a", guarded(PLAIN, "old"))).started();
        world.breaker("old", BreakerState.OPEN, Optional.of(Duration.ofSeconds(30)));
        world.crash("a");
        assertThat(world.state("a")).isEqualTo(SUSPENDED);
        settled(world, world.apply(shopWithBreakers().child("a", PLAIN)));
        assertThat(world.state("a")).isEqualTo(RUNNING);
    }

    @Test
    void c8_aChildThatWaitsForABreakerThatIsAnotherNowWaitsUntilThatOneSaysSo() {
        World world = world(shopWithBreakers().child("a", guarded(PLAIN, "old"))).started();
        world.breaker("old", BreakerState.OPEN, Optional.of(Duration.ofSeconds(30)));
        world.crash("a");
        assertThat(world.state("a")).isEqualTo(SUSPENDED);
        settled(world, world.apply(
                shop().breaker("old", Choice.of("other"))
                        .breaker("new", IMMEDIATE)
                        .child("a", guarded(PLAIN, "old"))));
        assertThat(world.state("a")).isEqualTo(SUSPENDED);
        world.breaker("old", BreakerState.CLOSED, Optional.empty());
        assertThat(world.state("a")).isEqualTo(RUNNING);
    }

    @Test
    void a5_theChecksOfAnInstanceEndWithItThoughItsNewSpecHasNone() {
        World world = world(shop().child("a", CHECKED)).started();
        assertThat(world.checked).hasSize(1);
        world.apply(shop().child("a", PLAIN));
        assertThat(world.checked).isEmpty();
    }

    @Test
    void g1_aSignificantChildEndsNothingUnderNever() {
        World world = world(shop().autoShutdown(AutoShutdown.ANY_SIGNIFICANT).child("a", PLAIN)).started();
        world.add("", "b", PLAIN.andThen(c -> c.restart(RestartType.TRANSIENT).significant(true)));
        world.apply(shop().child("a", PLAIN));
        world.finish("b");
        assertThat(world.ending).isNull();
        assertThat(world.state("a")).isEqualTo(RUNNING);
    }

    @Test
    void s2_aChildThatAnApplyAddedFailsTheNextStartOfItsSupervisorLikeAnyOther() {
        World world = world(shop().child("sub", below(s -> s.child("x", PLAIN)))).started();
        world.script("sub/y").refusesStart = Cause.startFailed("no");
        world.apply(shop().child("sub", below(s -> s.child("x", PLAIN).child("y", PLAIN))));
        assertThat(world.state("sub/y")).isEqualTo(SUSPENDED);
        world.ask(Event.Verb.RESTART, "sub");
        assertThat(world.state("sub/y")).isNotEqualTo(SUSPENDED);
    }

    @Test
    void s3_aStopGoesOnWhenAChildThatComesAfterAnotherIsTakenOutMeanwhile() {
        World world = world(shop().child("sub", below(s -> s.child("x", PLAIN)))).started();
        world.add("sub", "y", PLAIN);
        ChildSpec spec = shop().child("x", PLAIN)
                .child("z", after(PLAIN, "x"))
                .build()
                .root()
                .children()
                .get(1);
        settled(world, world.add("sub", List.of(spec)));
        world.script("sub/z").stopTakes = Duration.ofSeconds(2);
        long stop = world.ask(Event.Verb.STOP, "sub");
        // It was never declared by a spec, so an apply that declares and then drops it takes it out.
        world.apply(shop().child("sub", below(s -> s.child("x", PLAIN).child("z", after(PLAIN, "x")))));
        world.apply(shop().child("sub", below(s -> s.child("x", PLAIN))));
        world.seconds(5);
        settled(world, stop);
        assertThat(world.live).isEmpty();
    }

    @Test
    void s1_aLongChainOfEmptySupervisorsStartsAndStops() {
        SupervisorBuilder builder = shop().child("s0", below(s -> {}));
        for (int i = 1; i < 5_000; i++) {
            builder.child("s" + i, after(below(s -> {}), "s" + (i - 1)));
        }
        World world = world(builder).started();
        assertThat(world.treeStarted).isTrue();
        world.shutdown();
        assertThat(world.ending().leftRunning()).isEmpty();
    }

    @Test
    void s1_veryManyEmptySupervisorsInSequenceStartAndStop() {
        SupervisorBuilder builder = shop().startOrder(StartOrder.SEQUENTIAL);
        for (int i = 0; i < 20_000; i++) {
            builder.child("s" + i, below(s -> {}));
        }
        World world = world(builder).started();
        assertThat(world.treeStarted).isTrue();
        world.shutdown();
        assertThat(world.ending().leftRunning()).isEmpty();
    }

    @Test
    void b9_theRateOfStartsHoldsOnAClockThatBeganBelowZero() {
        World world = world(
                shop().startRate(1, 2).child("a", PROCESS).child("b", PROCESS).child("c", PROCESS));
        world.now = -5_000_000_000_000_000L;
        world.started();
        assertThat(world.live).hasSize(2);
        world.seconds(2);
        assertThat(world.live).hasSize(3);
    }

    @Test
    void b9_nothingStartsInASupervisorThatIsStopping() {
        World world = world(shopWithBreakers().maxConcurrentStarts(1)
                .child("a", guarded(PROCESS, "old"))
                .child("b", PROCESS)
                .child("c", PROCESS));
        world.send(new Event.StartTree());
        world.send(new Event.ShutdownAsked("test"));
        world.seconds(1);
        assertThat(world.takeOrder()).isEmpty();
        assertThat(world.ending().leftRunning()).isEmpty();
    }

    @Test
    void g4_anEssentialTemporaryChildThatFailsBeforeItsGroupHasStoppedItEndsTheTree() {
        World world = world(shop().strategy("one-for-all")
                .child("a", PLAIN)
                .child("main", TEMPORARY.andThen(c -> c.essential(true)))
                .child("z", PLAIN)).started();
        world.script("z").stopTakes = Duration.ofSeconds(2);
        world.crash("a");
        world.crash("main");
        world.seconds(5);
        assertThat(world.ending().exitCode()).isEqualTo(1);
    }
}
