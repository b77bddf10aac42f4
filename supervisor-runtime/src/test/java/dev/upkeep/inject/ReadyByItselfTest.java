package dev.upkeep.inject;

import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.upkeep.api.ProcessSpec;
import dev.upkeep.api.ReadyBy;
import dev.upkeep.api.Supervisor;
import dev.upkeep.api.SupervisorSpec.OnStartFailure;
import dev.upkeep.api.child.ActualState;
import dev.upkeep.api.child.Cause;
import dev.upkeep.api.child.ChildPath;
import dev.upkeep.api.child.ChildStatus;
import dev.upkeep.api.child.HealthStatus;
import dev.upkeep.api.event.EventKind;
import dev.upkeep.api.event.TreeEvent;
import dev.upkeep.api.settings.Choice;
import dev.upkeep.health.HeartbeatFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Real processes that say themselves when they are ready, in whole trees (P9). */
@EnabledOnOs(OS.LINUX)
@Timeout(120)
class ReadyByItselfTest {
    private static final String SAY = "use Socket; socket(S, AF_UNIX, SOCK_DGRAM, 0);"
            + " sub say { send(S, $_[0], 0, pack_sockaddr_un($ENV{NOTIFY_SOCKET})) }"
            + " sub hear { until (-e \"$ARGV[0]/$_[0]\") { select(undef, undef, undef, 0.02) } } ";

    @TempDir
    Path directory;

    private final List<TreeEvent> events = new CopyOnWriteArrayList<>();

    private ProcessSpec perl(String program) {
        return ProcessSpec.of("perl", "-e", SAY + program, directory.toString()).with(ReadyBy.NOTIFY);
    }

    private void go(String name) throws Exception {
        Files.createFile(directory.resolve(name));
    }

    private static ChildStatus api(Supervisor shop) {
        return shop.status(new ChildPath("shop/api")).orElseThrow();
    }

    private List<EventKind> kinds() {
        return events.stream()
                .filter(event -> event.path().id().equals("api"))
                .map(TreeEvent::kind)
                .toList();
    }

    @Test
    @DisplayName("P9 the start is over when it says READY=1; STOPPING=1 takes it back, and STATUS is seen")
    void notifies() throws Exception {
        ProcessSpec spec = perl("say(\"STATUS=loading\"); hear(\"go\"); say(\"READY=1\\nSTATUS=serving\");"
                + " hear(\"stop\"); say(\"STOPPING=1\"); hear(\"again\"); say(\"READY=1\"); sleep 60");
        go("go");
        try (Supervisor shop = Supervisor.named("shop")
                .listener(events::add)
                .child("api", c -> c.process(spec))
                .start()) {
            assertThat(api(shop).ready()).isTrue();
            assertThat(api(shop).health()).isEqualTo(HealthStatus.HEALTHY);
            await().atMost(ofSeconds(20)).until(() -> api(shop).says().equals("serving"));
            go("stop");
            await().atMost(ofSeconds(20)).until(() -> !api(shop).ready());
            go("again");
            await().atMost(ofSeconds(20)).until(() -> api(shop).ready());
            await().atMost(ofSeconds(20)).until(() -> kinds().size() == 4);
        }
        assertThat(kinds().subList(0, 4)).containsExactly(EventKind.STARTED, EventKind.READY,
                EventKind.NOT_READY, EventKind.READY);
    }

    @Test
    @DisplayName("P9 EXTEND_TIMEOUT_USEC gives a start more time than its startTimeout")
    void asksForMoreTime() {
        ProcessSpec spec = perl("say(\"EXTEND_TIMEOUT_USEC=60000000\"); select(undef, undef, undef, 6.5);"
                + " say(\"READY=1\"); sleep 60");
        try (Supervisor shop = Supervisor.named("shop")
                .child("api", c -> c.process(spec).startTimeout(ofSeconds(5)))
                .start()) {
            assertThat(api(shop).actual()).isEqualTo(ActualState.RUNNING);
            assertThat(api(shop).generation()).isEqualTo(1);
        }
    }

    @Test
    @DisplayName("P9 one that speaks at half of WATCHDOG_USEC is well, and says by WATCHDOG=trigger that it is not")
    void watchdog() throws Exception {
        ProcessSpec spec = perl("say(\"READY=1\");"
                + " until (-e \"$ARGV[0]/fail\") { say(\"WATCHDOG=1\");"
                + " select(undef, undef, undef, 0.1) }"
                + " die unless $ENV{WATCHDOG_USEC} == 30000000; unlink(\"$ARGV[0]/fail\"); say(\"WATCHDOG=trigger\"); sleep 60");
        try (Supervisor shop = Supervisor.named("shop")
                .child("api", c -> c.process(spec)
                        .check(HeartbeatFactory.heartbeat(ofSeconds(30)))
                        .backoff(Choice.of("immediate")))
                .start()) {
            assertThat(api(shop).generation()).isEqualTo(1);
            go("fail");
            await().atMost(ofSeconds(20)).until(() -> api(shop).generation() > 1);
            await().atMost(ofSeconds(20)).until(() -> api(shop).lastExit().isPresent());
            assertThat(api(shop).lastExit().orElseThrow().cause()).asString()
                    .contains("watchdog", "WATCHDOG=trigger");
        }
    }

    @Test
    @DisplayName("S1 one that closes its ready descriptor without a newline fails its start when startTimeout is over")
    void closesIt() throws Exception {
        ProcessSpec spec = ProcessSpec.of("sh", "-c", "exec 3>&-; sleep 60").with(new ReadyBy.Descriptor(3));
        try (Supervisor shop = Supervisor.named("shop")
                .onStartFailure(OnStartFailure.KEEP_TRYING)
                .child("api", c -> c.process(spec).startTimeout(Duration.ofMillis(500)))
                .start()) {
            await().atMost(ofSeconds(20)).until(() -> api(shop).lastExit().isPresent());
            assertThat(api(shop).lastExit().orElseThrow().cause().kind()).isEqualTo(Cause.Kind.START_TIMEOUT);
            assertThat(api(shop).lastExit().orElseThrow().generation()).isEqualTo(1);
        }
    }
}
