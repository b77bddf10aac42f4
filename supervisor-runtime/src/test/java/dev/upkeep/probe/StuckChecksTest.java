package dev.upkeep.probe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.upkeep.api.child.ChildPath;
import dev.upkeep.api.child.HealthStatus;
import dev.upkeep.api.health.Role;
import dev.upkeep.supervise.Event;
import dev.upkeep.supervise.InstanceId;
import dev.upkeep.tree.Vitals;
import java.time.Duration;
import java.util.OptionalLong;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** H1 and H6 for calls that do not end, on virtual time. */
final class StuckChecksTest {
    private final VirtualTime time = new VirtualTime();

    private static Event health(InstanceId id, HealthStatus health, String reason) {
        return new Event.HealthChanged(id, health, reason);
    }

    @Test
    @DisplayName("H1 a run is interrupted once, at its timeout")
    void interruptedOnce() {
        time.type("liveness");
        InstanceId id = time.begin(Specs.check("liveness", Role.LIVENESS));
        time.hang = "liveness";
        time.pass(Duration.ofMinutes(5));
        assertThat(time.held).singleElement().extracting(held -> held.interrupts).isEqualTo(1);

        time.end(id);
        time.pass(Duration.ofMinutes(5));
        assertThat(time.held.get(0).interrupts).isEqualTo(1);
    }

    @Test
    @DisplayName("H1 a run that ends at once when it is interrupted is a timeout, one that ends after 1 s was stuck")
    void theGraceIsOneSecond() {
        time.type("liveness");
        InstanceId id = time.begin(Specs.check("liveness", Role.LIVENESS));
        time.hang = "liveness";
        while (time.held.isEmpty() || !time.held.get(0).interrupted) {
            time.pass(Duration.ofMillis(1));
        }
        time.drain();

        time.pass(Duration.ofMillis(1_001));
        assertThat(time.drain()).containsExactly(
                health(id, HealthStatus.UNKNOWN, "liveness: stuck: it did not end when it was interrupted"));
    }

    @Test
    @DisplayName("H6 what its instance left running when it ended is stuck a second later, and the next is told")
    void leftRunning() {
        time.type("liveness");
        InstanceId first = time.begin(Specs.check("liveness", Role.LIVENESS));
        time.hang = "liveness";
        while (time.held.isEmpty()) {
            time.pass(Duration.ofMillis(1));
        }
        time.end(first);
        assertThat(time.held.get(0).interrupts).isEqualTo(1);
        time.hang = "-";
        time.drain();

        InstanceId second = time.begin(2, new Vitals(), Specs.check("liveness", Role.LIVENESS));
        time.drain();
        time.pass(Duration.ofSeconds(2));
        assertThat(time.drain()).containsExactly(
                health(second, HealthStatus.UNKNOWN, "liveness: an earlier call into it is stuck"));

        time.held.get(0).end();
        time.pass(Duration.ofSeconds(6));
        assertThat(time.drain()).containsExactly(health(second, HealthStatus.HEALTHY, ""));
    }

    @Test
    @DisplayName("H1 a check whose making does not end holds nothing back, like one that cannot be made")
    void makingHangs() {
        time.type("readiness");
        time.hang = "readiness";
        InstanceId id = time.begin(Specs.check("readiness", Role.READINESS));
        time.pass(Duration.ofMillis(5_999));
        assertThat(time.drain()).isEmpty();
        time.pass(Duration.ofMillis(2));
        assertThat(time.drain()).containsExactly(new Event.ReadyChanged(id, true));

        time.hang = "-";
        time.held.get(0).end();
        time.pass(Duration.ofSeconds(2));
        assertThat(time.drain()).as("made after all").containsExactly(health(id, HealthStatus.HEALTHY, ""));
    }

    @Test
    @DisplayName("H6 a check whose closing does not end is not made beside itself; when it ends, it is")
    void closingHangs() {
        FakeChecks.Scripted liveness = time.type("liveness");
        InstanceId first = time.begin(Specs.check("liveness", Role.LIVENESS));
        time.hang = "liveness";
        time.end(first);
        time.hang = "-";
        for (int generation = 2; generation < 50; generation++) {
            time.end(time.begin(generation, new Vitals(), Specs.check("liveness", Role.LIVENESS)));
        }
        time.begin(50, new Vitals(), Specs.check("liveness", Role.LIVENESS));
        time.pass(Duration.ofSeconds(10));
        assertThat(time.held).hasSize(1);
        assertThat(liveness.made).hasSize(1);

        time.held.get(0).end();
        assertThat(liveness.made).hasSize(2);
        assertThat(liveness.closed).isEqualTo(1);
    }

    @Test
    @DisplayName("H6 a thousand hung checks delay nobody, and are interrupted once each")
    void aThousandHung() {
        FakeChecks.Scripted good = time.type("good");
        time.type("bad");
        for (int i = 0; i < 1_000; i++) {
            time.schedule.begin(new InstanceId(new ChildPath("shop/hung-" + i), 1),
                    VirtualTime.child(Specs.check("bad", Role.LIVENESS)), new Vitals(), OptionalLong.empty());
        }
        time.begin(Specs.check("good", Role.LIVENESS));
        time.hang = "bad";
        time.pass(Duration.ofSeconds(105));

        assertThat(time.held).hasSize(1_000).allMatch(held -> held.interrupts == 1);
        assertThat(good.probes).isBetween(10, 11);
        assertThat(time.drain()).noneMatch(event -> event instanceof Event.FoundUnhealthy);
    }
}
