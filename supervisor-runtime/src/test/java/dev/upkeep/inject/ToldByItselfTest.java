package dev.upkeep.inject;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.upkeep.api.CheckSpec;
import dev.upkeep.api.ChildBuilder;
import dev.upkeep.api.StartFailedException;
import dev.upkeep.api.Supervisor;
import dev.upkeep.api.child.ChildPath;
import dev.upkeep.api.child.ChildStatus;
import dev.upkeep.api.child.HealthStatus;
import dev.upkeep.api.health.Role;
import dev.upkeep.api.settings.ByteSize;
import dev.upkeep.api.settings.Choice;
import dev.upkeep.health.HeartbeatFactory;
import dev.upkeep.health.LogLineFactory;
import dev.upkeep.health.MemoryFactory;
import dev.upkeep.health.PhiAccrualFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What real processes tell of their health by what they write, touch and take. */
@Timeout(120)
final class ToldByItselfTest {
    private static final Duration LONG = ofSeconds(60);

    @TempDir
    Path directory;

    private static Consumer<ChildBuilder> shell(String script, Consumer<ChildBuilder> more) {
        return child -> {
            child.process("sh", "-c", script).backoff(Choice.of("immediate"));
            more.accept(child);
        };
    }

    private static ChildStatus status(Supervisor shop, String child) {
        return shop.status(new ChildPath("shop/" + child)).orElseThrow();
    }

    private static ChildStatus.LastExit afterTheFirst(Supervisor shop, String child) {
        await().atMost(LONG).until(() -> status(shop, child).generation() == 2);
        return status(shop, child).lastExit().orElseThrow();
    }

    @Test
    void s1_aLineMakesAProcessReadyThoughItIsWrittenAtOnce() {
        try (Supervisor shop = Supervisor.named("shop")
                .child("out", shell("echo listening on 80; exec sleep 1000",
                        c -> c.readyWhen(LogLineFactory.logLine("listening on \\d+$"))))
                .child("err", shell("echo noise; echo listening on 81 >&2; exec sleep 1000",
                        c -> c.readyWhen(LogLineFactory.logLine("^listening"))))
                .start()) {
            assertThat(status(shop, "out").ready()).isTrue();
            assertThat(status(shop, "err").ready()).isTrue();
        }
    }

    @Test
    void s1_aProcessThatNeverWritesTheLineNeverGetsReady() {
        assertThatThrownBy(() -> Supervisor.named("shop")
                .child("mute", shell("echo listening; exec sleep 1000",
                        c -> c.readyWhen(LogLineFactory.logLine("ready")).startTimeout(ofMillis(1_500))))
                .start()).isInstanceOf(StartFailedException.class).hasMessageContaining("mute");
    }

    @Test
    void aPatternThatBacktracksWithoutEndKeepsNobodyElsesLinesWaiting() {
        String bombs = "while :; do echo xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxz; sleep 0.05; done";
        try (Supervisor shop = Supervisor.named("shop")
                .child("evil", shell(bombs,
                        c -> c.check(CheckSpec.of(LogLineFactory.logLine("(x+x+)+y"), Role.LIVENESS))))
                .child("good", shell("sleep 0.5; echo listening; exec sleep 1000",
                        c -> c.readyWhen(LogLineFactory.logLine("listening"))))
                .start()) {
            assertThat(status(shop, "good").ready()).isTrue();
        }
    }

    @Test
    void aFileThatIsNoLongerTouchedIsFoundOut() throws Exception {
        Path beat = directory.resolve("beat");
        Path stop = directory.resolve("stop");
        String script = "while [ ! -e " + stop + " ]; do touch -d 2001-01-01T00:00:$((n%60)) " + beat
                + "; n=$((n+1)); sleep 0.1; done; exec sleep 1000";
        try (Supervisor shop = Supervisor.named("shop")
                .child("p", shell(script, c -> c.check(HeartbeatFactory.heartbeat(ofSeconds(2), beat))))
                .start()) {
            await().during(ofSeconds(5)).atMost(LONG).until(() -> status(shop, "p").generation() == 1);

            Files.createFile(stop);
            assertThat(afterTheFirst(shop, "p").cause().toString())
                    .startsWith("unhealthy(heartbeat: silent for ");
        }
    }

    @Test
    void aHeartbeatStreamMaySplitItsLinesBurstAndTellAnyTimeUntilItStops() {
        String script = "n=0; while [ $n -lt 20 ]; do n=$((n+1));"
                + " printf '{\"type\":\"heart'; sleep 0.15; printf 'beat\",\"at\":\"2001-01-01T00:00:00Z\"}\\n';"
                + " if [ $n -eq 10 ]; then i=0; while [ $i -lt 2000 ]; do i=$((i+1));"
                + " echo '{\"type\":\"heartbeat\",\"at\":\"2099-01-01T00:00:00Z\"}'; done; fi; done; exec sleep 1000";
        try (Supervisor shop = Supervisor.named("shop")
                .child("p", shell(script, c -> c.check(HeartbeatFactory.heartbeat(ofSeconds(2)))))
                .start()) {
            ChildStatus.LastExit exit = afterTheFirst(shop, "p");

            assertThat(exit.cause().toString()).startsWith("unhealthy(heartbeat: silent for ");
            assertThat(exit.uptime()).as("twenty beats of 0.15 s, and the silence")
                    .isGreaterThan(ofMillis(4_900));
        }
    }

    @Test
    void aStreamOfBeatsThatStopsIsFoundOutByItsOwnPace() {
        String script = "n=0; while [ $n -lt 30 ]; do n=$((n+1)); echo '{\"type\":\"heartbeat\"}'; sleep 0.1; done;"
                + " exec sleep 1000";
        Choice phi = Choice.of("phi-accrual",
                new PhiAccrualFactory.Settings(ofMillis(100), 8, ofMillis(100), ofSeconds(2)));
        try (Supervisor shop = Supervisor.named("shop")
                .child("p", shell(script, c -> c.check(phi)))
                .start()) {
            ChildStatus.LastExit exit = afterTheFirst(shop, "p");

            assertThat(exit.cause().toString()).startsWith("unhealthy(phi-accrual: silent for ");
            assertThat(exit.uptime()).as("thirty beats of 0.1 s, and the pause").isGreaterThan(ofSeconds(5));
        }
    }

    @Test
    void aProcessThatGrowsIsRestartedAndTheNextStaysAsItIsSmall() {
        Path grown = directory.resolve("grown");
        String script = "if [ ! -e " + grown + " ]; then touch " + grown
                + "; x=$(head -c 80000000 /dev/zero | tr '\\0' x); fi; read _; sleep 1000; :";
        Choice memory = Choice.of("memory", new MemoryFactory.Settings(Optional.empty(),
                Optional.of(ByteSize.parse("40MiB")), ofMillis(200)));
        try (Supervisor shop = Supervisor.named("shop")
                .child("p", shell(script,
                        c -> c.check(new CheckSpec(memory, "memory", Role.LIVENESS, ofMillis(100),
                                ofSeconds(5), Duration.ZERO, 2, 1, OptionalInt.empty(), 0))))
                .start()) {
            assertThat(afterTheFirst(shop, "p").cause().toString())
                    .matches("unhealthy\\(memory: \\d+\\.\\dMiB resident.*");
            await().atMost(LONG).until(() -> status(shop, "p").health() == HealthStatus.HEALTHY);
            assertThat(status(shop, "p").generation()).isEqualTo(2);
        }
    }
}
