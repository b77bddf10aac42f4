package dev.upkeep.supervise;

import static dev.upkeep.api.child.ActualState.RUNNING;
import static dev.upkeep.api.child.ActualState.WAITING;
import static org.assertj.core.api.Assertions.assertThat;

import dev.upkeep.api.CheckSpec;
import dev.upkeep.api.ChildBuilder;
import dev.upkeep.api.SupervisorBuilder;
import dev.upkeep.api.child.ChildStatus;
import dev.upkeep.api.child.HealthStatus;
import dev.upkeep.api.event.EventKind;
import dev.upkeep.api.health.Role;
import dev.upkeep.api.settings.Choice;
import java.time.Duration;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** H9 in a tree: who falls, what others see of it, and what never waits for it. */
class FlappingRulesTest extends RulesFixture {
    private static final Consumer<ChildBuilder> LIVE = PLAIN
            .andThen(c -> c.check(CheckSpec.of(Choice.of("tcp"), Role.LIVENESS)));

    private static World oneChecked() {
        return world(shop().child("a", CHECKED)).started();
    }

    private static void falls(World world, String id, int times) {
        for (int i = 0; i < times; i++) {
            ready(world, id, false);
            ready(world, id, true);
        }
    }

    private static void ready(World world, String id, boolean ready) {
        world.send(new Event.ReadyChanged(world.run(id).instance(), ready));
    }

    @Test
    void h9_aChildThatFallsThreeTimesIsFlappingAndNotSeenAsReady() {
        World world = oneChecked();
        falls(world, "a", 2);
        assertThat(world.status("a").ready()).isTrue();

        falls(world, "a", 2);
        assertThat(world.texts(EventKind.FLAPPING)).singleElement()
                .asString()
                .startsWith("a: flapping: it fell too often");
        assertThat(world.status("a").flapping()).isTrue();
        assertThat(world.status("a").ready()).isFalse();
        assertThat(world.state("a")).isEqualTo(RUNNING);
    }

    @Test
    void h9_h8_itsSupervisorsAreNotReadyEitherAndDegraded() {
        World world = world(shop().child("sub", below(s -> s.child("a", CHECKED)))).started();
        assertThat(world.view().ready()).isTrue();
        falls(world, "sub/a", 3);
        assertThat(world.status("sub").ready()).isFalse();
        assertThat(world.status("sub").health()).isEqualTo(HealthStatus.DEGRADED);
        assertThat(world.status("sub").flapping()).isFalse();
        assertThat(world.view().ready()).isFalse();
        assertThat(world.view().health()).isEqualTo(HealthStatus.DEGRADED);

        world.ask(Event.Verb.STOP, "sub/a");
        assertThat(world.view().ready()).as("what is stopped does not count").isTrue();
    }

    @Test
    void h9_h8_aCriticalOneMakesItsSupervisorUnhealthy() {
        World world = world(shop().child("a", CHECKED.andThen(c -> c.critical(true)))).started();
        falls(world, "a", 3);
        assertThat(world.view().health()).isEqualTo(HealthStatus.UNHEALTHY);
    }

    @Test
    void h9_itIsOverByItselfWhenThePenaltyIsBelowOneAndThatIsTold() {
        World world = oneChecked();
        falls(world, "a", 3);
        // log2(3) half-lives are 15 min 51 s.
        world.advance(Duration.ofMinutes(15).plusSeconds(50));
        assertThat(world.status("a").flapping()).isTrue();
        world.seconds(2);
        assertThat(world.status("a").flapping()).isFalse();
        assertThat(world.status("a").ready()).isTrue();
        assertThat(world.view().ready()).isTrue();
        assertThat(world.texts(EventKind.READY)).contains("a: no longer flapping");
        assertThat(world.texts(EventKind.FLAPPING)).hasSize(1);
    }

    @Test
    void h9_aFurtherFallMakesItLonger() {
        World world = oneChecked();
        falls(world, "a", 3);
        world.advance(Duration.ofMinutes(10));
        falls(world, "a", 1);
        world.advance(Duration.ofMinutes(10));
        assertThat(world.status("a").flapping()).isTrue();
        assertThat(world.texts(EventKind.FLAPPING)).hasSize(1);
        world.advance(Duration.ofMinutes(4));
        assertThat(world.status("a").flapping()).isFalse();
    }

    @Test
    void h9_unreadyAndThenUnhealthyIsOneFall() {
        World world = world(shop().intensity(100, Duration.ofSeconds(1)).child("a", CHECKED)).started();
        for (int i = 0; i < 2; i++) {
            ready(world, "a", false);
            world.unhealthy("a", "no answer");
        }
        assertThat(world.status("a").flapping()).isFalse();
        ready(world, "a", false);
        world.unhealthy("a", "no answer");
        assertThat(world.status("a").flapping()).isTrue();
    }

    @Test
    void h9_livenessThatGivesUpGenerationAfterGenerationIsFlapping() {
        World world = world(shop().intensity(100, Duration.ofSeconds(1)).child("a", LIVE)).started();
        for (int i = 0; i < 3; i++) {
            world.unhealthy("a", "no answer");
        }
        assertThat(world.generation("a")).isEqualTo(4);
        assertThat(world.status("a").flapping()).isTrue();
        assertThat(world.status("a").ready()).isFalse();
    }

    @Test
    void h9_crashesAreNoFalls() {
        World world = world(shop().intensity(100, Duration.ofSeconds(1)).child("a", CHECKED)).started();
        for (int i = 0; i < 10; i++) {
            world.crash("a");
        }
        assertThat(world.status("a").flapping()).isFalse();
        assertThat(world.status("a").ready()).isTrue();
    }

    @Test
    void h9_whatIsNotReadyYetCannotFall() {
        World world = world(shop().intensity(100, Duration.ofSeconds(1)).child("a", CHECKED)).started();
        world.script("a").everReady = false;
        world.crash("a");
        for (int i = 0; i < 5; i++) {
            world.unhealthy("a", "no answer");
        }
        assertThat(world.status("a").flapping()).isFalse();
    }

    @Test
    void h9_aResetByHandEndsIt() {
        World world = oneChecked();
        falls(world, "a", 3);
        world.ask(Event.Verb.RESET, "a");
        assertThat(world.status("a").flapping()).isFalse();
        assertThat(world.status("a").ready()).isTrue();
        falls(world, "a", 2);
        assertThat(world.status("a").flapping()).as("earlier falls are forgotten").isFalse();
    }

    @Test
    void h9_theEndOfItIsNoNewsOfAChildThatIsDown() {
        World world = oneChecked();
        falls(world, "a", 3);
        world.ask(Event.Verb.STOP, "a");
        int told = world.texts(EventKind.READY).size();
        world.advance(Duration.ofMinutes(30));
        assertThat(world.status("a").flapping()).isFalse();
        assertThat(world.texts(EventKind.READY)).hasSize(told);
    }

    @Test
    void h9_whatComesAfterAFlappingChildStartsAllTheSame() {
        World world = world(shop().child("sub", below(s -> s.intensity(0, Duration.ofSeconds(1))
                .child("a", CHECKED)
                .child("b", PLAIN.andThen(c -> c.after("a")))
                .child("x", PLAIN)))).started();
        falls(world, "sub/a", 3);
        world.crash("sub/x");
        assertThat(world.generation("sub")).isEqualTo(2);
        assertThat(world.status("sub/a").flapping()).isTrue();
        assertThat(world.state("sub/b")).isEqualTo(RUNNING);
        assertThat(world.state("sub")).isEqualTo(RUNNING);
    }

    @Test
    void h9_groupsSequencesAndSupervisorsGoByRealReadiness() {
        SupervisorBuilder builder = shop().strategy("one-for-all")
                .intensity(100, Duration.ofSeconds(1))
                .child("sub", below(s -> s.child("a", CHECKED)))
                .child("b", CHECKED)
                .child("c", PLAIN);
        World world = world(builder).started();
        falls(world, "sub/a", 3);
        falls(world, "b", 3);
        world.crash("c");
        assertThat(world.state("sub")).isEqualTo(RUNNING);
        assertThat(world.state("b")).isEqualTo(RUNNING);
        assertThat(world.state("c")).isEqualTo(RUNNING);
        assertThat(world.status("b").flapping()).isTrue();
        assertThat(world.status("sub").generation()).isEqualTo(2);
        assertThat(world.view().children()).extracting(ChildStatus::actual).doesNotContain(WAITING);
    }
}
