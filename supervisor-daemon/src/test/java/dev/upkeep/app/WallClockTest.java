package dev.upkeep.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.upkeep.api.Supervisor;
import dev.upkeep.api.Surroundings;
import dev.upkeep.api.child.ActualState;
import dev.upkeep.api.child.Cause;
import dev.upkeep.api.child.ChildPath;
import dev.upkeep.api.event.EventKind;
import dev.upkeep.api.event.TreeEvent;
import dev.upkeep.api.event.TreeListener;
import dev.upkeep.api.time.Ticker;
import dev.upkeep.config.ConfigurationReader;
import dev.upkeep.control.StatusText;
import dev.upkeep.inject.TreeAssembly;
import dev.upkeep.plugin.Catalog;
import dev.upkeep.plugin.PluginScan;
import dev.upkeep.process.Processes;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The wall clock is for people: nothing is decided by it. It is injected here, and steps by an hour, forth and back, whenever it
 * is read. A time namespace of the kernel would not do: it has clocks of its own for the monotonic time and the time since the
 * boot, and none for the wall.
 */
@Timeout(120)
class WallClockTest {
    private static final Duration LONG = Duration.ofSeconds(60);
    private static final long SECOND = 1_000_000_000L;
    /** Between a moment on the loop and what an operator would call late, on a machine with very much else to do. */
    private static final long LATE = 20 * SECOND;

    /** Each reading is an hour before the last one, or after it. */
    private static final class Unsteady implements InstantSource {
        private final AtomicInteger readings = new AtomicInteger();

        @Override
        public Instant instant() {
            int hours = readings.getAndIncrement() % 3 - 1;
            return Instant.now().plus(Duration.ofHours(hours));
        }
    }

    private final List<TreeEvent> events = new CopyOnWriteArrayList<>();

    private List<TreeEvent> of(String child, EventKind kind) {
        return events.stream()
                .filter(e -> e.path().value().equals("clock/" + child) && e.kind() == kind)
                .toList();
    }

    private void await(String child, EventKind kind, int times) {
        Awaitility.await(child + " " + kind)
                .atMost(LONG)
                .untilAsserted(() -> assertThat(of(child, kind)).hasSizeGreaterThanOrEqualTo(times));
    }

    private long between(TreeEvent first, TreeEvent second) {
        return second.nanos() - first.nanos();
    }

    @Test
    void backoffsTimeoutsChecksAndBudgetsDoNotMoveWithTheWallClock() throws Exception {
        Catalog catalog = PluginScan.scan(WallClockTest.class.getClassLoader(), Optional.empty());
        ConfigurationReader reader = new ConfigurationReader(catalog, Map.of(),
                WallClockTest.class.getClassLoader(),
                (type, settings) -> {
                    throw new IllegalStateException("there are processes alone");
                });
        Unsteady clock = new Unsteady();
        TreeAssembly assembly = new TreeAssembly(catalog, Processes::forThisHost, Ticker.system(), clock,
                instance -> (stderr, buffer, offset, length) -> {});
        TreeListener listener = new TreeListener() {
            @Override
            public void on(TreeEvent event) {
                events.add(event);
            }
        };
        long launched = Ticker.system().nanos();
        try (Supervisor tree = assembly.launch(reader.read("""
                name: clock
                intensity: {max: 4, within: 30m}
                children:
                  steady: {command: [sleep, "1000"]}
                  crash: {command: ["false"], backoff: {type: fixed, delay: 1s}}
                  deaf: {command: "trap '' TERM; while :; do sleep 0.1; done", shell: true, stop: {timeout: 1s}}
                  other:
                    intensity: {max: 1000, within: 30m}
                    children:
                      slow:
                        command: [sleep, "1000"]
                        startTimeout: 1s
                        backoff: {type: fixed, delay: 10m}
                        health: [{type: file, path: /no/such/file, role: readiness}]
                      silent:
                        command: [sleep, "1000"]
                        backoff: {type: fixed, delay: 10m}
                        health: [{type: heartbeat, silence: 2s, interval: 200ms, failureThreshold: 1}]
                """, "clock.yaml", Path.of("/")).tree(), Surroundings.of(List.of(listener))).tree()) {
            await("deaf", EventKind.STARTED, 1);
            tree.stop(new ChildPath("clock/deaf"));

            await("crash", EventKind.SUSPENDED, 1);
            assertThat(of("crash", EventKind.STARTED))
                    .as("4 restarts within the window, whatever the clock says")
                    .hasSize(5);
            List<TreeEvent> scheduled = of("crash", EventKind.RESTART_SCHEDULED);
            for (int i = 0; i < 4; i++) {
                assertThat(between(scheduled.get(i), of("crash", EventKind.STARTED).get(i + 1)))
                        .as("back-off %d", i)
                        .isBetween(SECOND, SECOND + LATE);
            }

            await("deaf", EventKind.STOPPED, 1);
            assertThat(between(of("deaf", EventKind.STOPPING).getFirst(),
                    of("deaf", EventKind.STOPPED).getFirst()))
                    .as("stop timeout")
                    .isBetween(SECOND, SECOND + LATE);

            await("other/slow", EventKind.EXITED, 1);
            TreeEvent slow = of("other/slow", EventKind.EXITED).getFirst();
            assertThat(slow.cause().map(Cause::kind)).hasValue(Cause.Kind.START_TIMEOUT);
            // From before its process was there.
            assertThat(slow.nanos() - launched).as("start timeout")
                    .isBetween(SECOND, SECOND + LATE);

            await("other/silent", EventKind.EXITED, 1);
            TreeEvent silent = of("other/silent", EventKind.EXITED).getFirst();
            assertThat(silent.cause().map(Cause::kind)).hasValue(Cause.Kind.UNHEALTHY);
            assertThat(silent.nanos() - launched).as("heartbeat")
                    .isBetween(2 * SECOND, 2 * SECOND + LATE);
            assertThat(silent.uptime().orElseThrow()).isBetween(Duration.ofSeconds(2),
                    Duration.ofSeconds(22));

            assertThat(tree.status(new ChildPath("clock/steady")).orElseThrow())
                    .matches(child -> child.generation() == 1 && child.actual() == ActualState.RUNNING);
            assertThat(events.stream().map(TreeEvent::nanos)).isSorted();
            timesAreThoseOfAWallWithinTheSteps(tree);
        }
    }

    /** What people are shown may be out by as much as the clock was set, and no more; a duration is never below zero. */
    private void timesAreThoseOfAWallWithinTheSteps(Supervisor tree) {
        Instant now = Instant.now();
        Predicate<Instant> near = at -> Duration.between(at, now)
                .abs()
                .compareTo(Duration.ofMinutes(150)) < 0;
        assertThat(events).allMatch(e -> near.test(e.at()));
        assertThat(tree.status().walk()).allSatisfy(child -> {
            assertThat(child.startedAt().filter(near.negate())).isEmpty();
            assertThat(child.lastExit().map(exit -> exit.at()).filter(near.negate())).isEmpty();
        });
        for (int hours = -1; hours <= 1; hours++) {
            assertThat(StatusText.of(tree, now.plus(Duration.ofHours(hours))))
                    .noneMatch(line -> line.contains(" -1"))
                    .noneMatch(line -> line.matches(".*-\\d+[smh].*"));
        }
    }
}
