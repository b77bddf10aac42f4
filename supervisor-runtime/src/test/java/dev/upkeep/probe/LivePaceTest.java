package dev.upkeep.probe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.upkeep.api.CheckSpec;
import dev.upkeep.api.ChildSpec;
import dev.upkeep.api.Component;
import dev.upkeep.api.ComponentSpec;
import dev.upkeep.api.WhenAbandoned;
import dev.upkeep.api.child.ChildPath;
import dev.upkeep.api.child.RestartType;
import dev.upkeep.api.health.Role;
import dev.upkeep.api.settings.Choice;
import dev.upkeep.api.time.Ticker;
import dev.upkeep.supervise.Event;
import dev.upkeep.supervise.InstanceId;
import dev.upkeep.tree.Vitals;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** On real time and real threads, each in a fraction of a second. */
@Timeout(30)
final class LivePaceTest {
    private final LinkedBlockingQueue<Event> events = new LinkedBlockingQueue<>();
    private final FakeChecks.Scripted type = new FakeChecks.Scripted("real");
    private final InstanceId id = new InstanceId(new ChildPath("shop/api"), 1);

    private ProbeSchedule schedule() {
        return ProbeSchedule.live(events::add, name -> Optional.of(type), Ticker.system(),
                InstantSource.system(),
                new Random(1));
    }

    private void begin(ProbeSchedule schedule, Vitals vitals) {
        CheckSpec check = new CheckSpec(Choice.of("real"), "real", Role.LIVENESS, Duration.ofMillis(20),
                Duration.ofMillis(100), Duration.ZERO, 1, 1, OptionalInt.empty(), 0);
        Component idle = context -> {};
        ComponentSpec work = ComponentSpec.of(() -> idle);
        schedule.begin(id, new ChildSpec("api", work, RestartType.PERMANENT, ChildSpec.defaultStop(work),
                ChildSpec.DEFAULT_START_TIMEOUT, ChildSpec.DEFAULT_BACKOFF, Optional.empty(), List.of(check),
                List.of(), true, false, false, false, WhenAbandoned.HOLD, Optional.empty()), vitals,
                OptionalLong.empty());
    }

    private Event.FoundUnhealthy verdict() throws InterruptedException {
        while (true) {
            Event event = events.poll(20, TimeUnit.SECONDS);
            assertThat(event).as("a verdict within 20 s").isNotNull();
            if (event instanceof Event.FoundUnhealthy found) {
                return found;
            }
        }
    }

    @Test
    @DisplayName("H1 a run that outlasts its timeout is interrupted")
    void interrupts() throws Exception {
        type.answer = () -> {
            new CountDownLatch(1).await();
            throw new AssertionError("nothing ends this wait but an interrupt");
        };
        try (ProbeSchedule schedule = schedule()) {
            begin(schedule, new Vitals());

            assertThat(verdict()).isEqualTo(new Event.FoundUnhealthy(id, "real", "timeout after 100ms"));
        }
    }

    @Test
    @DisplayName("H3 silence is noticed at its deadline and not an interval later")
    void noticesSilence() throws Exception {
        type.silence = Duration.ofMillis(300).toNanos();
        long before = System.nanoTime();
        try (ProbeSchedule schedule = schedule()) {
            begin(schedule, new Vitals());

            assertThat(verdict()).isEqualTo(new Event.FoundUnhealthy(id, "real", "silent"));
            assertThat(System.nanoTime() - before).isGreaterThanOrEqualTo(type.silence);
        }
    }

    @Test
    void aClosedScheduleEndsItsTimerThread() throws Exception {
        ProbeSchedule schedule = schedule();
        begin(schedule, new Vitals());
        schedule.close();

        Thread timer = Thread.getAllStackTraces()
                .keySet()
                .stream()
                .filter(thread -> thread.getName().equals("upkeep-probes"))
                .findAny()
                .orElse(null);
        if (timer != null) {
            timer.join(Duration.ofSeconds(20));
            assertThat(timer.isAlive()).isFalse();
        }
        assertThat(events).noneMatch(event -> event instanceof Event.FoundUnhealthy);
    }
}
