package dev.upkeep.supervise;

import static dev.upkeep.api.child.ActualState.RUNNING;
import static org.assertj.core.api.Assertions.assertThat;

import dev.upkeep.api.Reply;
import dev.upkeep.api.SupervisorSpec.AutoShutdown;
import dev.upkeep.api.child.Cause;
import dev.upkeep.api.child.HealthStatus;
import dev.upkeep.api.child.RestartType;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** A1 to A6, G1 to G4 and the health of supervisors, under virtual time. */
class AdministrationRulesTest extends RulesFixture {
    @Test
    void a1_verbsAnswerWithWhatTheyDid() {
        World world = world(shop().child("a", PLAIN)).started();
        assertThat(world.reply(world.ask(Event.Verb.START, "a")).kind())
                .isEqualTo(Reply.Kind.ALREADY_RUNNING);
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
}
