package dev.upkeep.supervise;

import static dev.upkeep.api.child.ActualState.RUNNING;
import static dev.upkeep.api.child.ActualState.WAITING;
import static org.assertj.core.api.Assertions.assertThat;

import dev.upkeep.api.BreakerUse;
import dev.upkeep.api.ChildBuilder;
import dev.upkeep.api.ChildSpec;
import dev.upkeep.api.Reply;
import dev.upkeep.api.SupervisorBuilder;
import dev.upkeep.api.SupervisorSpec.OnStartFailure;
import dev.upkeep.api.SupervisorSpec.StartOrder;
import dev.upkeep.api.child.Cause;
import dev.upkeep.api.child.RestartType;
import dev.upkeep.api.settings.Choice;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Corners in which the tree itself changes while something else happens (A1, A4 to A6, S2, S5). */
class LivingTreeCornersTest extends RulesFixture {
    private static final Consumer<ChildBuilder> OFF = PLAIN.andThen(c -> c.autostart(false));
    private static final Consumer<ChildBuilder> TEMPORARY = PLAIN
            .andThen(c -> c.restart(RestartType.TEMPORARY));

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
}
