package dev.upkeep.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.upkeep.api.health.Health;
import dev.upkeep.api.health.HealthCheck;
import dev.upkeep.api.settings.ByteSize;
import dev.upkeep.api.settings.Choice;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** The checks memory, cpu and open-files, of real processes. */
@EnabledOnOs(OS.LINUX)
@Timeout(60)
final class ResourcesTest {
    private static final ByteSize FORTY_MEBIBYTES = ByteSize.parse("40MiB");
    /** Takes some 60 MB when told to. */
    private static final String GROWS = "read _; x=$(head -c 60000000 /dev/zero | tr '\\0' x); echo grown; read _";
    private static final String BURNS = "i=0; while [ $i -lt 300000 ]; do i=$((i+1)); done";

    private final FakeContext context = new FakeContext();

    private HealthCheck memory(RealProcess process, Duration sustain) {
        return new MemoryFactory().create(
                new MemoryFactory.Settings(Optional.of(ByteSize.parse("30MiB")), Optional.of(FORTY_MEBIBYTES),
                        sustain),
                context.withPid(process.pid()));
    }

    @Test
    void memoryOfAProcessThatGrows() throws Exception {
        try (RealProcess process = new RealProcess("echo small; " + GROWS)) {
            process.await("small");
            HealthCheck check = memory(process, Duration.ZERO);

            assertThat(check.probe()).isEqualTo(Health.healthy());
            process.goOn();
            process.await("grown");
            assertThat(check.probe()).isInstanceOfSatisfying(Health.Unhealthy.class,
                    found -> assertThat(found.reason()).matches("\\d+\\.\\dMiB resident"));
        }
    }

    @Test
    void memoryOfADescendantCountsAndIsJudgedAfterSustain() throws Exception {
        try (RealProcess process = new RealProcess(
                "sleep 600 & sh -c \"" + GROWS.replace("$", "\\$") + "\"; echo done; read _")) {
            HealthCheck check = memory(process, Duration.ofSeconds(30));
            assertThat(check.probe()).isEqualTo(Health.healthy());
            process.goOn();
            process.await("grown");

            assertThat(check.probe()).as("for the first time").isEqualTo(Health.healthy());
            context.advance(Duration.ofSeconds(30));
            assertThat(check.probe()).isInstanceOfSatisfying(Health.Unhealthy.class,
                    found -> assertThat(found.reason()).endsWith("MiB resident in 3 processes"));
            process.goOn();
            process.await("done");
            assertThat(check.probe()).as("the one that had it has ended").isEqualTo(Health.healthy());
        }
    }

    @Test
    void ofAProcessThatHasEndedNothingIsKnown() throws Exception {
        HealthCheck memory;
        try (RealProcess process = new RealProcess("echo up; read _")) {
            process.await("up");
            memory = memory(process, Duration.ZERO);
        }

        assertThatThrownBy(memory::probe).isInstanceOf(IOException.class).hasMessageEndingWith("has ended");
    }

    @Test
    void cpuOfABusyProcessAndOfAnIdleOne() throws Exception {
        try (RealProcess busy = new RealProcess("echo up; while :; do :; done");
                RealProcess idle = new RealProcess("echo up; read _")) {
            busy.await("up");
            idle.await("up");
            HealthCheck ofBusy = cpu(busy, 0.0);
            FakeContext other = new FakeContext().withPid(idle.pid());
            HealthCheck ofIdle = new CpuFactory().create(
                    (CpuFactory.Settings) CpuFactory.cpu(0.5).settings().orElseThrow(), other);

            assertThat(ofBusy.probe()).as("the first run only begins").isEqualTo(Health.healthy());
            assertThat(ofIdle.probe()).isEqualTo(Health.healthy());
            Health found = ofBusy.probe();
            // Until the kernel has counted the first tick of it.
            while (found.equals(Health.healthy())) {
                context.advance(Duration.ofMillis(100));
                found = ofBusy.probe();
            }
            assertThat(found).isInstanceOfSatisfying(Health.Unhealthy.class,
                    unhealthy -> assertThat(unhealthy.reason()).matches("\\d+\\.\\d\\d cores"));
            other.advance(Duration.ofMinutes(1));
            assertThat(ofIdle.probe()).isEqualTo(Health.healthy());
            context.advance(Duration.ofMillis(99));
            assertThat(ofBusy.probe()).as("too soon to measure anew").isEqualTo(found);
        }
    }

    @Test
    void cpuOfADescendantThatEndedMeanwhileCounts() throws Exception {
        try (RealProcess process = new RealProcess(
                "echo up; read _; sh -c '" + BURNS + "'; echo done; read _")) {
            process.await("up");
            HealthCheck check = cpu(process, 0.01);
            check.probe();
            process.goOn();
            process.await("done");
            context.advance(Duration.ofSeconds(1));

            assertThat(check.probe()).isInstanceOf(Health.Unhealthy.class);
            context.advance(Duration.ofSeconds(1));
            assertThat(check.probe()).isEqualTo(Health.healthy());
        }
    }

    private HealthCheck cpu(RealProcess process, double unhealthyAbove) {
        return new CpuFactory().create(
                new CpuFactory.Settings(Optional.empty(), Optional.of(unhealthyAbove), Duration.ZERO),
                context.withPid(process.pid()));
    }

    private Health openFiles(RealProcess process, OpenFilesFactory.Settings settings) throws Exception {
        return new OpenFilesFactory().create(settings, context.withPid(process.pid())).probe();
    }

    private static OpenFilesFactory.Settings numbers(int degraded, int unhealthy) {
        return new OpenFilesFactory.Settings(Optional.of(degraded), Optional.of(unhealthy), Optional.empty(),
                Optional.empty());
    }

    private static OpenFilesFactory.Settings shares(double degraded, double unhealthy) {
        return new OpenFilesFactory.Settings(Optional.empty(), Optional.empty(), Optional.of(degraded),
                Optional.of(unhealthy));
    }

    @Test
    void openFilesOfAHog() throws Exception {
        try (RealProcess process = new RealProcess("ulimit -S -n 20; exec 3</dev/null 4</dev/null 5</dev/null"
                + " 6</dev/null 7</dev/null 8</dev/null 9</dev/null; echo open; read _")) {
            process.await("open");

            assertThat(openFiles(process, numbers(10, 10))).isEqualTo(Health.healthy());
            assertThat(openFiles(process, numbers(9, 10))).isEqualTo(Health.degraded("10 open files"));
            assertThat(openFiles(process, numbers(8, 9))).isEqualTo(Health.unhealthy("10 open files"));
            assertThat(openFiles(process, shares(0.5, 0.9))).isEqualTo(Health.healthy());
            assertThat(openFiles(process, shares(0.4, 0.5)))
                    .isEqualTo(Health.degraded("10 open files, limit 20"));
            assertThat(openFiles(process, shares(0.1, 0.4)))
                    .isEqualTo(Health.unhealthy("10 open files, limit 20"));
        }
    }

    @Test
    void openFilesOfDescendantsAreAddedUpAndTheirLimitsAreTheirOwn() throws Exception {
        try (RealProcess process = new RealProcess("ulimit -S -n 100;"
                + " sh -c 'ulimit -S -n 10; exec 3</dev/null 4</dev/null; echo open; read _'; :")) {
            process.await("open");

            assertThat(openFiles(process, numbers(0, 7)))
                    .isEqualTo(Health.unhealthy("8 open files in 2 processes"));
            assertThat(openFiles(process, shares(0.1, 0.4)))
                    .isEqualTo(Health.unhealthy("5 open files, limit 10"));
        }
    }

    @Test
    void settingsThatMeanNothingAreRefused() {
        assertThatThrownBy(
                () -> new MemoryFactory.Settings(Optional.empty(), Optional.empty(), Duration.ZERO))
                .hasMessage("one of degradedAbove and unhealthyAbove must be given");
        assertThatThrownBy(() -> new MemoryFactory.Settings(Optional.of(FORTY_MEBIBYTES),
                Optional.of(ByteSize.parse("1MiB")), Duration.ZERO))
                .hasMessage("degradedAbove must not be above unhealthyAbove, but they are 40MiB and 1MiB");
        assertThatThrownBy(() -> new MemoryFactory.Settings(Optional.of(FORTY_MEBIBYTES), Optional.empty(),
                Duration.ofSeconds(-1)))
                .hasMessageContaining("sustain must not be negative");
        assertThatThrownBy(() -> CpuFactory.cpu(Double.NaN)).hasMessageContaining("must be at least 0 cores");
        assertThatThrownBy(() -> new CpuFactory.Settings(Optional.of(2.0), Optional.of(1.0), Duration.ZERO))
                .hasMessageContaining("2.0 and 1.0");
        assertThatThrownBy(() -> new OpenFilesFactory.Settings(Optional.empty(), Optional.empty(),
                Optional.empty(), Optional.empty())).hasMessageContaining("must be given");
        assertThatThrownBy(() -> numbers(2, 1)).hasMessageContaining("2.0 and 1.0");
        assertThatThrownBy(() -> numbers(-1, 1)).hasMessageContaining("must be at least 0");
        assertThatThrownBy(() -> shares(0.5, 1.5)).hasMessageContaining("which must be at most 1");
        assertThatThrownBy(() -> shares(Double.NaN, 1)).isInstanceOf(IllegalArgumentException.class);
        assertThat(MemoryFactory.memory(FORTY_MEBIBYTES)).extracting(Choice::type).isEqualTo("memory");
        assertThat(OpenFilesFactory.openFiles(5)).extracting(Choice::type).isEqualTo("open-files");
    }
}
