package dev.upkeep.probe;

import static dev.upkeep.probe.Specs.check;
import static org.assertj.core.api.Assertions.assertThat;

import dev.upkeep.api.CheckSpec;
import dev.upkeep.api.child.HealthStatus;
import dev.upkeep.api.health.Health;
import dev.upkeep.api.health.Role;
import dev.upkeep.api.settings.Choice;
import dev.upkeep.supervise.Event;
import dev.upkeep.supervise.InstanceId;
import dev.upkeep.tree.Vitals;
import java.time.Duration;
import java.util.OptionalInt;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The rules H1 to H7, on virtual time. */
final class ProbeScheduleTest {
    private final VirtualTime time = new VirtualTime();

    private static Event ready(InstanceId id, boolean ready) {
        return new Event.ReadyChanged(id, ready);
    }

    private static Event health(InstanceId id, HealthStatus health, String reason) {
        return new Event.HealthChanged(id, health, reason);
    }

    private static Health down() {
        return Health.unhealthy("down");
    }

    @Test
    @DisplayName("H2 startup gates readiness, readiness gates liveness")
    void roles() {
        var startup = time.type("startup");
        var readiness = time.type("readiness");
        var liveness = time.type("liveness");
        startup.answer = ProbeScheduleTest::down;
        readiness.answer = ProbeScheduleTest::down;
        InstanceId id = time.begin(check("liveness", Role.LIVENESS), check("readiness", Role.READINESS),
                check("startup", Role.STARTUP));

        time.pass(Duration.ofSeconds(4));
        assertThat(startup.probes).as("every second while it starts, and not counted").isEqualTo(5);
        assertThat(readiness.probes).isZero();
        assertThat(time.drain()).containsExactly(health(id, HealthStatus.UNHEALTHY, "startup: down"));

        startup.answer = Health::healthy;
        time.pass(Duration.ofSeconds(4));
        assertThat(startup.probes).as("not again once it has passed").isEqualTo(6);
        assertThat(readiness.probes).isEqualTo(4);
        assertThat(liveness.probes).isZero();
        assertThat(time.drain()).doesNotContain(ready(id, true));

        readiness.answer = Health::healthy;
        time.pass(Duration.ofSeconds(1));
        assertThat(time.drain()).containsExactly(health(id, HealthStatus.HEALTHY, ""), ready(id, true));
        time.pass(Duration.ofSeconds(5));
        assertThat(liveness.probes).as("spread over 5 s at most").isEqualTo(1);
        time.pass(Duration.ofSeconds(95));
        assertThat(readiness.probes).as("every 10 s from now on").isEqualTo(5 + 10);
        assertThat(liveness.probes).isBetween(10, 11);
        assertThat(startup.probes).isEqualTo(6);
        assertThat(time.drain()).isEmpty();
    }

    @Test
    @DisplayName("H2 a child that fails its readiness is not ready, and not restarted")
    void readinessComesAndGoes() {
        var readiness = time.type("readiness");
        InstanceId id = time.begin(check("readiness", Role.READINESS));
        time.pass(Duration.ofSeconds(1));
        assertThat(time.drain()).containsExactly(health(id, HealthStatus.HEALTHY, ""), ready(id, true));

        readiness.answer = ProbeScheduleTest::down;
        time.pass(Duration.ofSeconds(25));
        assertThat(time.drain()).as("two failures").isEmpty();
        time.pass(Duration.ofSeconds(35));
        assertThat(time.drain()).containsExactly(
                health(id, HealthStatus.UNHEALTHY, "readiness: down"), ready(id, false));

        readiness.answer = Health::healthy;
        time.pass(Duration.ofSeconds(10));
        assertThat(time.drain()).containsExactly(health(id, HealthStatus.HEALTHY, ""), ready(id, true));
    }

    @Test
    @DisplayName("H5 three failures of a liveness check give the child up, once; nothing is probed after that")
    void liveness() {
        var liveness = time.type("liveness");
        liveness.answer = ProbeScheduleTest::down;
        InstanceId id = time.begin(check("liveness", Role.LIVENESS));
        assertThat(time.drain()).containsExactly(health(id, HealthStatus.HEALTHY, ""));

        time.pass(Duration.ofMinutes(5));

        assertThat(liveness.probes).isEqualTo(3);
        assertThat(time.drain()).containsExactly(health(id, HealthStatus.UNHEALTHY, "liveness: down"),
                new Event.FoundUnhealthy(id, "liveness", "down"));
    }

    @Test
    @DisplayName("H1 a throw is a prober error: UNKNOWN, DEGRADED after three, never held against the child")
    void proberErrors() {
        time.type("liveness").answer = () -> {
            throw new AssertionError("no such file");
        };
        InstanceId id = time.begin(check("liveness", Role.LIVENESS));
        time.drain();

        time.pass(Duration.ofMinutes(5));

        assertThat(time.drain()).containsExactly(
                health(id, HealthStatus.UNKNOWN, "liveness: java.lang.AssertionError: no such file"),
                health(id, HealthStatus.DEGRADED, "liveness: java.lang.AssertionError: no such file"));
    }

    @Test
    @DisplayName("H1 a run that ends within 1 s of its timeout counts as unhealthy")
    void timeouts() {
        time.type("liveness");
        InstanceId id = time.begin(new CheckSpec(Choice.of("liveness"), "liveness", Role.LIVENESS,
                Duration.ofSeconds(10), Duration.ofSeconds(5), Duration.ZERO, 1, 1, OptionalInt.empty(), 0));
        time.hang = "liveness";
        time.pass(Duration.ofSeconds(5));
        assertThat(time.held).hasSize(1);
        while (!time.held.get(0).interrupted) {
            time.pass(Duration.ofMillis(100));
        }
        time.pass(Duration.ofMillis(800));
        time.drain();

        time.held.get(0).end();

        assertThat(time.drain()).containsExactly(
                health(id, HealthStatus.UNHEALTHY, "liveness: timeout after 5s"),
                new Event.FoundUnhealthy(id, "liveness", "timeout after 5s"));
    }

    @Test
    @DisplayName("H1 H6 a run that hangs is stuck: not run again until it ends, and delays no other")
    void stuck() {
        var other = time.type("other");
        var liveness = time.type("liveness");
        InstanceId id = time.begin(check("liveness", Role.LIVENESS), check("other", Role.LIVENESS));
        time.hang = "liveness";
        time.drain();
        time.pass(Duration.ofSeconds(100));

        assertThat(time.held).hasSize(1);
        assertThat(other.probes).isGreaterThanOrEqualTo(9);
        assertThat(time.drain()).containsExactly(
                health(id, HealthStatus.UNKNOWN, "liveness: stuck: it did not end when it was interrupted"));

        time.hang = "-";
        time.held.get(0).end();
        assertThat(time.drain()).as("a late result is dropped").isEmpty();
        time.pass(Duration.ofSeconds(11));
        assertThat(time.drain()).containsExactly(health(id, HealthStatus.HEALTHY, ""));
        assertThat(liveness.probes).isEqualTo(2);
    }

    @Test
    @DisplayName("H6 a check that is stuck in one generation is not run beside itself in the next")
    void stuckAcrossGenerations() {
        var liveness = time.type("liveness");
        InstanceId first = time.begin(check("liveness", Role.LIVENESS));
        time.hang = "liveness";
        time.pass(Duration.ofSeconds(30));
        time.schedule.end(first);
        time.hang = "-";
        time.drain();

        InstanceId second = time.begin(2, new Vitals(), check("liveness", Role.LIVENESS));
        time.pass(Duration.ofSeconds(60));
        assertThat(liveness.made).hasSize(1);
        assertThat(time.drain()).as("unknown, as from the first").isEmpty();

        time.held.get(0).end();
        time.pass(Duration.ofSeconds(15));
        assertThat(liveness.made).hasSize(2);
        assertThat(liveness.closed).isEqualTo(1);
        assertThat(time.drain()).containsExactly(health(second, HealthStatus.HEALTHY, ""));
    }

    @Test
    @DisplayName("H6 a result that comes after the end of its instance is dropped, and the check closed after it")
    void lateResult() {
        var liveness = time.type("liveness");
        liveness.answer = ProbeScheduleTest::down;
        InstanceId id = time.begin(check("liveness", Role.LIVENESS));
        time.hang = "liveness";
        time.pass(Duration.ofSeconds(5));
        time.drain();

        time.schedule.end(id);
        assertThat(time.held.get(0).interrupted).isTrue();
        assertThat(liveness.closed).isZero();
        time.hang = "-";
        time.held.get(0).end();

        assertThat(liveness.closed).isEqualTo(1);
        assertThat(time.drain()).isEmpty();
        assertThat(time.schedule.sweep()).as("nothing is left to wait for").isEmpty();
    }

    @Test
    @DisplayName("H3 a deadline check is judged at its deadline, and its first answer counts")
    void deadline() {
        var beats = time.type("beats");
        beats.silence = Duration.ofSeconds(10).toNanos();
        Vitals vitals = new Vitals();
        InstanceId id = time.begin(1, vitals, check("beats", Role.LIVENESS));
        time.drain();
        for (int i = 0; i < 100; i++) {
            time.pass(Duration.ofMillis(9_900));
            vitals.beat(time.nanos);
        }
        assertThat(time.drain()).isEmpty();

        time.pass(Duration.ofSeconds(10).minusNanos(1));
        assertThat(time.drain()).isEmpty();
        time.pass(Duration.ofNanos(1));
        assertThat(time.drain()).containsExactly(health(id, HealthStatus.UNHEALTHY, "beats: silent"),
                new Event.FoundUnhealthy(id, "beats", "silent"));
    }

    @Test
    @DisplayName("H3 the first beat has the full time from ready")
    void firstBeat() {
        time.type("beats").silence = Duration.ofSeconds(10).toNanos();
        var readiness = time.type("readiness");
        readiness.answer = ProbeScheduleTest::down;
        InstanceId id = time.begin(check("beats", Role.LIVENESS), check("readiness", Role.READINESS));
        time.pass(Duration.ofSeconds(60));
        readiness.answer = Health::healthy;
        time.pass(Duration.ofSeconds(1));
        assertThat(time.drain()).contains(ready(id, true));

        time.pass(Duration.ofMillis(8_900));
        assertThat(time.drain()).isEmpty();
        time.pass(Duration.ofMillis(1_100));
        assertThat(time.drain()).contains(new Event.FoundUnhealthy(id, "beats", "silent"));
    }

    @Test
    @DisplayName("H7 the supervisor's own pause does not look like silence; deadlines begin anew")
    void pause() {
        time.type("beats").silence = Duration.ofSeconds(10).toNanos();
        var liveness = time.type("liveness");
        InstanceId id = time.begin(check("beats", Role.LIVENESS),
                new CheckSpec(Choice.of("liveness"), "liveness",
                        Role.LIVENESS, Duration.ofSeconds(3), Duration.ofSeconds(5), Duration.ZERO, 1, 1,
                        OptionalInt.empty(), 0));
        liveness.answer = ProbeScheduleTest::down;
        time.hang = "liveness";
        time.pass(Duration.ofSeconds(3));
        assertThat(time.held).hasSize(1);
        time.drain();

        time.freeze(Duration.ofHours(1));
        time.hang = "-";
        liveness.answer = Health::healthy;
        time.held.get(0).end();
        time.pass(Duration.ofSeconds(9));
        assertThat(time.drain()).isEmpty();

        time.pass(Duration.ofSeconds(2));
        assertThat(time.drain()).contains(new Event.FoundUnhealthy(id, "beats", "silent"));
    }

    @Test
    @DisplayName("H1 a check that cannot be made is UNKNOWN, holds nothing back and kills nobody")
    void cannotBeMade() {
        time.type("broken").cannotBeMade = true;
        InstanceId id = time.begin(check("broken", Role.READINESS), check("unheard-of", Role.LIVENESS));
        time.pass(Duration.ofMinutes(5));

        assertThat(time.drain()).containsExactly(ready(id, true));
    }

    @Test
    @DisplayName("H4 DEGRADED is told, and restarts nobody")
    void degraded() {
        time.type("liveness").answer = () -> Health.degraded("slow");
        InstanceId id = time.begin(check("liveness", Role.LIVENESS));
        time.drain();

        time.pass(Duration.ofMinutes(10));

        assertThat(time.drain()).containsExactly(health(id, HealthStatus.DEGRADED, "liveness: slow"));
    }

    @Test
    @DisplayName("H6 first runs of the liveness checks of many children are spread")
    void spread() {
        var liveness = time.type("liveness");
        for (int i = 1; i <= 100; i++) {
            time.begin(i, new Vitals(), new CheckSpec(Choice.of("liveness"), "check-" + i, Role.LIVENESS,
                    Duration.ofSeconds(10), Duration.ofSeconds(5), Duration.ZERO, 3, 1, OptionalInt.empty(),
                    0));
        }
        time.pass(Duration.ofSeconds(1));
        assertThat(liveness.probes).isBetween(5, 40);
        time.pass(Duration.ofSeconds(4));
        assertThat(liveness.probes).isEqualTo(100);
    }
}
