package dev.upkeep.probe;

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
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** When checks run, and when they do not (H2 to H7), on virtual time. */
final class CheckTimingRulesTest {
    private final VirtualTime time = new VirtualTime();
    private final List<Long> runs = new ArrayList<>();

    /** Notes when it runs. */
    private FakeChecks.Scripted noted(String type, Health answer) {
        FakeChecks.Scripted check = time.type(type);
        check.answer = () -> {
            runs.add(time.nanos);
            return answer;
        };
        return check;
    }

    private List<Duration> gaps() {
        List<Duration> gaps = new ArrayList<>();
        for (int i = 1; i < runs.size(); i++) {
            gaps.add(Duration.ofNanos(runs.get(i) - runs.get(i - 1)));
        }
        return gaps;
    }

    @Test
    @DisplayName("H2 no readiness check has answered yet: not ready; with none at all the child is ready at once")
    void beforeTheFirstResult() {
        time.type("readiness");
        time.hang = "readiness";

        time.begin(Specs.check("readiness", Role.READINESS));
        assertThat(time.drain()).isEmpty();

        InstanceId id = time.begin(2, new Vitals(), Specs.check("liveness", Role.LIVENESS));
        assertThat(time.drain())
                .noneMatch(event -> event instanceof Event.ReadyChanged change && !change.ready())
                .allMatch(event -> !(event instanceof Event.FoundUnhealthy), "nothing is held against " + id);
    }

    @Test
    @DisplayName("H3 while it starts, startup and readiness checks run every min(interval, 1 s)")
    void whileStarting() {
        noted("often", Health.unhealthy("not yet"));
        InstanceId first = time
                .begin(Specs.check("often", Role.READINESS, Duration.ofMillis(300), Duration.ofSeconds(5)));
        time.pass(Duration.ofSeconds(3));
        assertThat(runs).hasSize(11);
        assertThat(gaps()).containsOnly(Duration.ofMillis(300));

        time.end(first);
        runs.clear();
        noted("seldom", Health.unhealthy("not yet"));
        time.begin(2, new Vitals(),
                Specs.check("seldom", Role.STARTUP, Duration.ofHours(1), Duration.ofSeconds(5)));
        time.pass(Duration.ofSeconds(10));
        assertThat(gaps()).hasSize(10).containsOnly(Duration.ofSeconds(1));
    }

    @Test
    @DisplayName("H3 nothing runs before initialDelay, counted from the moment its role begins")
    void initialDelay() {
        FakeChecks.Scripted readiness = time.type("readiness");
        readiness.answer = () -> Health.unhealthy("not yet");
        noted("late", Health.healthy());
        time.begin(Specs.check("readiness", Role.READINESS),
                new CheckSpec(Choice.of("late"), "late", Role.LIVENESS, Duration.ofSeconds(10),
                        Duration.ofSeconds(5), Duration.ofSeconds(60), 3, 1, OptionalInt.empty(), 0));
        time.pass(Duration.ofMinutes(5));
        assertThat(runs).isEmpty();

        readiness.answer = Health::healthy;
        time.pass(Duration.ofSeconds(61).minusNanos(1));
        assertThat(runs).isEmpty();
        time.pass(Duration.ofSeconds(6));
        assertThat(runs).hasSize(1);
    }

    @Test
    @DisplayName("H3 jitter only shortens the interval")
    void jitter() {
        noted("jittery", Health.healthy());
        time.begin(new CheckSpec(Choice.of("jittery"), "jittery", Role.LIVENESS, Duration.ofSeconds(10),
                Duration.ofSeconds(5), Duration.ZERO, 3, 1, OptionalInt.empty(), 0.1));
        time.pass(Duration.ofMinutes(30));

        assertThat(gaps()).hasSizeGreaterThan(180)
                .allMatch(gap -> gap.compareTo(Duration.ofSeconds(9)) >= 0
                        && gap.compareTo(Duration.ofSeconds(10)) <= 0)
                .anyMatch(gap -> gap.compareTo(Duration.ofMillis(9_500)) < 0)
                .anyMatch(gap -> gap.compareTo(Duration.ofMillis(9_500)) > 0);
    }

    @Test
    @DisplayName("H6 a timeout longer than the interval: one run at a time, the next an interval after its end")
    void timeoutLongerThanTheInterval() {
        time.type("slow");
        time.begin(Specs.check("slow", Role.LIVENESS, Duration.ofSeconds(1), Duration.ofSeconds(60)));
        time.hang = "slow";
        time.pass(Duration.ofSeconds(30));
        assertThat(time.held).hasSize(1);

        time.held.get(0).end();
        time.pass(Duration.ofMillis(999));
        assertThat(time.held).hasSize(1);
        time.pass(Duration.ofMillis(1));
        assertThat(time.held).hasSize(2);
    }

    @Test
    @DisplayName("H4 degradedThreshold: N degraded answers in a row of a liveness check give the child up")
    void degradedThreshold() {
        time.type("liveness").answer = () -> Health.degraded("slow");
        InstanceId id = time.begin(new CheckSpec(Choice.of("liveness"), "liveness", Role.LIVENESS,
                Duration.ofSeconds(10), Duration.ofSeconds(5), Duration.ZERO, 9, 1, OptionalInt.of(4), 0));

        time.pass(Duration.ofSeconds(35));
        assertThat(time.drain()).contains(new Event.FoundUnhealthy(id, "liveness",
                "degraded 4 times in a row: slow"));
    }

    @Test
    @DisplayName("H5 no check runs once the child is being stopped; the next instance is judged afresh")
    void stopping() {
        FakeChecks.Scripted liveness = noted("liveness", Health.unhealthy("down"));
        InstanceId first = time.begin(Specs.check("liveness", Role.LIVENESS));
        time.pass(Duration.ofSeconds(16));
        assertThat(runs).as("two failures of three").hasSize(2);
        time.end(first);
        assertThat(liveness.closed).isEqualTo(1);
        time.drain();

        time.pass(Duration.ofMinutes(5));
        assertThat(runs).hasSize(2);
        assertThat(time.drain()).isEmpty();

        InstanceId second = time.begin(2, new Vitals(), Specs.check("liveness", Role.LIVENESS));
        time.pass(Duration.ofSeconds(16));
        assertThat(runs).hasSize(4);
        assertThat(time.drain()).as("the failures of the first are not its own")
                .containsExactly(new Event.HealthChanged(second, HealthStatus.HEALTHY, ""));
    }

    @Test
    @DisplayName("H6 first runs are spread over one interval if that is shorter than 5 s")
    void spreadOverAShortInterval() {
        FakeChecks.Scripted liveness = time.type("liveness");
        for (int i = 1; i <= 50; i++) {
            time.begin(i, new Vitals(), new CheckSpec(Choice.of("liveness"), "check-" + i, Role.LIVENESS,
                    Duration.ofSeconds(2), Duration.ofSeconds(5), Duration.ZERO, 3, 1, OptionalInt.empty(),
                    0));
        }
        time.pass(Duration.ofSeconds(1));
        assertThat(liveness.probes).isBetween(5, 45);
        time.pass(Duration.ofSeconds(1));
        assertThat(liveness.probes).isEqualTo(50);
    }

    @Test
    @DisplayName("H7 a gap of 5 s is not a pause, a longer one is: what was to run meanwhile runs an interval later")
    void pauseOfRunsByInterval() {
        noted("liveness", Health.healthy());
        time.begin(Specs.check("liveness", Role.LIVENESS));
        time.pass(Duration.ofSeconds(60));

        long last = runs.getLast();
        time.pass(Duration.ofNanos(last + Duration.ofSeconds(9).toNanos() - time.nanos));
        runs.clear();
        time.freeze(Duration.ofSeconds(5));
        time.pass(Duration.ZERO);
        assertThat(runs).as("late by 4 s, and run").hasSize(1);

        time.pass(Duration.ofSeconds(9));
        runs.clear();
        time.freeze(Duration.ofSeconds(5).plusNanos(1));
        time.pass(Duration.ofSeconds(10).minusNanos(1));
        assertThat(runs).as("the sweep is void").isEmpty();
        time.pass(Duration.ofNanos(1));
        assertThat(runs).hasSize(1);
    }

    @Test
    @DisplayName("H3 a deadline check brings its child up within a second of the first beat, and not without one")
    void readinessByDeadline() {
        FakeChecks.Scripted beats = time.type("beats");
        beats.silence = Duration.ofSeconds(60).toNanos();
        beats.answer = Health::healthy;
        Vitals vitals = new Vitals();
        InstanceId id = time.begin(1, vitals, Specs.check("beats", Role.READINESS));

        time.pass(Duration.ofSeconds(20));
        assertThat(time.drain()).isEmpty();
        vitals.beat(time.nanos);
        time.pass(Duration.ofSeconds(1));
        assertThat(time.drain()).contains(new Event.ReadyChanged(id, true));
        assertThat(beats.probes).isEqualTo(1);

        time.pass(Duration.ofSeconds(58));
        assertThat(time.drain()).isEmpty();
        time.pass(Duration.ofSeconds(2));
        assertThat(time.drain()).contains(new Event.ReadyChanged(id, false));
        InstanceId silent = time.begin(2, new Vitals(), Specs.check("beats", Role.READINESS));
        time.pass(Duration.ofSeconds(90));
        assertThat(time.drain()).doesNotContain(new Event.ReadyChanged(silent, true));
    }

    @Test
    @DisplayName("H3 a deadline that stays in the past is looked at every 10 ms at most")
    void deadlineInThePast() {
        FakeChecks.Scripted past = time.type("past");
        past.silence = -Duration.ofHours(1).toNanos();
        past.answer = Health::healthy;
        past.ignoresSilence = true;
        time.begin(Specs.check("past", Role.LIVENESS));

        time.pass(Duration.ofSeconds(10));

        assertThat(past.probes).isBetween(900, 1_001);
    }
}
