package dev.upkeep.probe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.upkeep.api.CheckSpec;
import dev.upkeep.api.ChildSpec;
import dev.upkeep.api.ProcessSpec;
import dev.upkeep.api.ReadyBy;
import dev.upkeep.api.WhenAbandoned;
import dev.upkeep.api.child.ChildPath;
import dev.upkeep.api.child.RestartType;
import dev.upkeep.api.health.Health;
import dev.upkeep.api.health.Role;
import dev.upkeep.supervise.Event;
import dev.upkeep.supervise.InstanceId;
import dev.upkeep.tree.Vitals;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** A process that says itself when it is ready, and its checks, on virtual time (P9, H2). */
final class ChildsWordTest {
    private final VirtualTime time = new VirtualTime();
    private final Vitals vitals = new Vitals();
    private final InstanceId id = new InstanceId(new ChildPath("shop/api"), 1);

    private void begin(CheckSpec... checks) {
        ProcessSpec work = ProcessSpec.of("api").with(ReadyBy.NOTIFY);
        ChildSpec spec = new ChildSpec("api", work, RestartType.PERMANENT, ChildSpec.defaultStop(work),
                ChildSpec.DEFAULT_START_TIMEOUT, ChildSpec.DEFAULT_BACKOFF, Optional.empty(),
                List.of(checks), List.of(), true, false, false, false, WhenAbandoned.HOLD, Optional.empty());
        time.schedule.begin(id, spec, vitals, OptionalLong.of(4711));
        time.pass(Duration.ZERO);
    }

    private List<Event> changes() {
        return time.drain().stream().filter(event -> event instanceof Event.ReadyChanged).toList();
    }

    private Event.ReadyChanged ready(boolean ready) {
        return new Event.ReadyChanged(id, ready);
    }

    @Test
    @DisplayName("P9 without checks its word alone makes it ready, and not ready, and ready again")
    void wordAlone() {
        begin();
        time.pass(Duration.ofHours(1));
        assertThat(time.drain()).isEmpty();

        vitals.sayReady(true);
        vitals.sayReady(true);
        vitals.sayReady(false);
        vitals.sayReady(true);

        assertThat(time.drain()).containsExactly(ready(true), ready(false), ready(true));
    }

    @Test
    @DisplayName("P9 a word that came before the checks began counts")
    void earlyWord() {
        vitals.sayReady(true);

        begin();

        assertThat(time.drain()).containsExactly(ready(true));
    }

    @Test
    @DisplayName("P9 its startup and readiness checks must agree, whichever comes first")
    void checksMustAgree() {
        FakeChecks.Scripted startup = time.type("startup");
        FakeChecks.Scripted readiness = time.type("readiness");
        startup.answer = () -> Health.unhealthy("not yet");
        readiness.answer = () -> Health.unhealthy("not yet");
        begin(Specs.check("startup", Role.STARTUP), Specs.check("readiness", Role.READINESS));
        time.pass(Duration.ofSeconds(3));

        vitals.sayReady(true);
        startup.answer = Health::healthy;
        time.pass(Duration.ofSeconds(3));
        assertThat(changes()).isEmpty();

        readiness.answer = Health::healthy;
        time.pass(Duration.ofSeconds(3));
        assertThat(changes()).containsExactly(ready(true));

        vitals.sayReady(false);
        assertThat(changes()).containsExactly(ready(false));
        readiness.answer = () -> Health.unhealthy("overloaded");
        time.pass(Duration.ofMinutes(5));
        vitals.sayReady(true);
        assertThat(changes()).isEmpty();
        readiness.answer = Health::healthy;
        time.pass(Duration.ofMinutes(5));
        assertThat(changes()).containsExactly(ready(true));
    }

    @Test
    @DisplayName("H2 its liveness checks begin when it has said that it is ready for the first time, and go on when it takes that back")
    void liveness() {
        FakeChecks.Scripted liveness = time.type("liveness");
        begin(Specs.check("liveness", Role.LIVENESS));
        time.pass(Duration.ofHours(1));
        assertThat(liveness.probes).isZero();

        vitals.sayReady(true);
        time.pass(Duration.ofMinutes(1));
        assertThat(liveness.probes).isPositive();

        vitals.sayReady(false);
        liveness.answer = () -> Health.unhealthy("hangs");
        time.pass(Duration.ofMinutes(5));
        assertThat(time.drain()).contains(new Event.FoundUnhealthy(id, "liveness", "hangs"));
    }

    @Test
    @DisplayName("H3 the silence that a heartbeat judges begins when it says that it is ready")
    void silence() {
        FakeChecks.Scripted beats = time.type("beats");
        beats.silence = Duration.ofSeconds(10).toNanos();
        begin(Specs.check("beats", Role.LIVENESS));
        time.pass(Duration.ofHours(1));
        vitals.sayReady(true);

        time.pass(Duration.ofSeconds(9));
        assertThat(time.drain()).noneMatch(event -> event instanceof Event.FoundUnhealthy);
        time.pass(Duration.ofSeconds(1));
        assertThat(time.drain()).contains(new Event.FoundUnhealthy(id, "beats", "silent"));
    }

    @Test
    void aChildWithoutChecksIsHealthyFromTheBeginningAndThatIsNoNews() {
        begin();
        vitals.sayReady(true);

        assertThat(time.drain()).noneMatch(event -> event instanceof Event.HealthChanged);
    }

    @Test
    void afterItsEndItsWordIsPassedOver() {
        begin();
        time.end(id);

        vitals.sayReady(true);

        assertThat(time.drain()).isEmpty();
    }
}
