package dev.upkeep.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.upkeep.api.health.DeadlineCheck;
import dev.upkeep.api.health.Health;
import dev.upkeep.api.settings.AllowForever;
import dev.upkeep.api.settings.Defaults;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class HeartbeatTest {
    private static final Duration STEP = Duration.ofMillis(2_500);

    private final FakeContext context = new FakeContext();

    @TempDir
    Path directory;

    private DeadlineCheck check(Duration silence) {
        return (DeadlineCheck) new HeartbeatFactory()
                .create(new HeartbeatFactory.Settings(silence, Optional.empty()), context);
    }

    @Test
    @DisplayName("P9 a process is told the silence that it may keep")
    void longestSilence() {
        assertThat(new HeartbeatFactory()
                .longestSilence(new HeartbeatFactory.Settings(Duration.ofSeconds(7), Optional.empty())))
                .hasValue(Duration.ofSeconds(7));
    }

    @Test
    void tenSecondsOfSilenceAreDeathByDefault() throws Exception {
        DeadlineCheck check = (DeadlineCheck) new HeartbeatFactory()
                .create(Defaults.of(HeartbeatFactory.Settings.class), context);

        context.advance(Duration.ofSeconds(10).minusNanos(1));
        assertThat(check.probe()).isEqualTo(Health.healthy());
        context.advance(Duration.ofNanos(1));
        assertThat(check.probe()).isEqualTo(Health.unhealthy("silent for 10s"));
    }

    @Test
    void theDeadlineMovesWithEveryBeatAlsoWhenTheClockWraps() {
        DeadlineCheck check = check(Duration.ofSeconds(2));
        long first = check.deadlineNanos();

        context.advance(Duration.ofMillis(1_500));
        context.beat();

        assertThat(check.deadlineNanos() - first).isEqualTo(Duration.ofMillis(1_500).toNanos());
    }

    @Test
    void silenceShorterThanASecondIsNamedInMilliseconds() throws Exception {
        DeadlineCheck check = check(Duration.ofMillis(200));
        context.advance(Duration.ofNanos(201_900_000));

        assertThat(check.probe()).isEqualTo(Health.unhealthy("silent for 201ms"));
    }

    @Test
    void anEndlessSilenceHasNoDeadline() {
        assertThat(check(AllowForever.FOREVER).deadlineNanos()).isEqualTo(Long.MAX_VALUE);
    }

    private DeadlineCheck checkOf(Path file) {
        return (DeadlineCheck) new HeartbeatFactory()
                .create(new HeartbeatFactory.Settings(Duration.ofSeconds(10), Optional.of(file)), context);
    }

    private Health afterStep(DeadlineCheck check) throws Exception {
        context.advance(STEP);
        return check.probe();
    }

    /** Sets the file's own time, an hour off and less each time: only that it changes counts. */
    private static void touch(Path file, int howOften) throws IOException {
        Files.setLastModifiedTime(file,
                FileTime.from(Instant.parse("2031-01-01T00:00:00Z").minusSeconds(3600L * howOften)));
    }

    @Test
    void aFileIsLookedAtAtOnceAndFourTimesPerSilence() throws Exception {
        DeadlineCheck check = checkOf(directory.resolve("beat"));
        long made = context.ticker().nanos();

        assertThat(check.deadlineNanos()).isEqualTo(made);
        check.probe();
        assertThat(check.deadlineNanos() - made).isEqualTo(STEP.toNanos());
        context.advance(STEP);
        assertThat(check.probe()).isEqualTo(Health.healthy());
        assertThat(check.deadlineNanos() - made).isEqualTo(2 * STEP.toNanos());
    }

    @Test
    void aShortSilenceHasItsFileLookedAtNoMoreThanTenTimesASecondAndAtItsEnd() throws Exception {
        DeadlineCheck check = (DeadlineCheck) new HeartbeatFactory().create(
                new HeartbeatFactory.Settings(Duration.ofMillis(150),
                        Optional.of(directory.resolve("beat"))),
                context);
        check.probe();
        long made = context.ticker().nanos();

        assertThat(check.deadlineNanos() - made).isEqualTo(100_000_000);
        context.advance(Duration.ofMillis(100));
        check.probe();
        assertThat(check.deadlineNanos() - made).isEqualTo(150_000_000);
    }

    @Test
    void aTouchedFileIsASignOfLifeWhateverTimeItTells() throws Exception {
        Path file = Files.createFile(directory.resolve("beat"));
        DeadlineCheck check = checkOf(file);
        check.probe();

        for (int i = 0; i < 20; i++) {
            touch(file, i);
            assertThat(afterStep(check)).isEqualTo(Health.healthy());
        }
        for (int i = 0; i < 3; i++) {
            assertThat(afterStep(check)).isEqualTo(Health.healthy());
        }
        assertThat(afterStep(check)).isEqualTo(Health.unhealthy("silent for 10s"));
        touch(file, 100);
        assertThat(afterStep(check)).isEqualTo(Health.healthy());
    }

    @Test
    void aFileThatStoodThereBeforeIsNoBeatAndOneThatComesIntoBeingIs() throws Exception {
        Path file = Files.createFile(directory.resolve("beat"));
        DeadlineCheck old = checkOf(file);
        old.probe();
        for (int i = 0; i < 3; i++) {
            assertThat(afterStep(old)).isEqualTo(Health.healthy());
        }
        Files.delete(file);
        assertThat(afterStep(old)).as("gone is no beat").isInstanceOf(Health.Unhealthy.class);

        Files.createFile(file);
        assertThat(afterStep(old)).isEqualTo(Health.healthy());
    }

    @Test
    void aFileIsOneSourceBesideTheOthers() throws Exception {
        DeadlineCheck check = checkOf(directory.resolve("never"));
        check.probe();
        for (int i = 0; i < 3; i++) {
            afterStep(check);
        }
        context.beat();

        assertThat(afterStep(check)).isEqualTo(Health.healthy());
    }

    @Test
    void whereTheFileCannotBeLookedAtSilenceIsNotHeldAgainstTheChild() throws Exception {
        Path loop = directory.resolve("loop");
        DeadlineCheck check = checkOf(Files.createSymbolicLink(loop, loop));
        for (int i = 0; i < 3; i++) {
            assertThat(afterStep(check)).isEqualTo(Health.healthy());
        }

        assertThatThrownBy(() -> afterStep(check)).isInstanceOf(IOException.class);
        context.beat();
        assertThat(afterStep(check)).isEqualTo(Health.healthy());
    }

    @Test
    void h7_afterAPauseOfTheSupervisorItselfTheFileHasTheFullTimeAnew() throws Exception {
        DeadlineCheck check = checkOf(directory.resolve("beat"));
        check.probe();
        context.advance(Duration.ofMinutes(10));
        context.noticePause();

        assertThat(check.probe()).isEqualTo(Health.healthy());
    }

    @Test
    void silenceMustBeLongerThanZero() {
        assertThatThrownBy(() -> HeartbeatFactory.heartbeat(Duration.ZERO))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("silence must be longer than zero");
    }

    @Test
    void h3_saysThatItIsJudgedByItsDeadlineSoThatThresholdsAreRefused() {
        assertThat(new HeartbeatFactory().judgedByDeadline()).isTrue();
    }
}
