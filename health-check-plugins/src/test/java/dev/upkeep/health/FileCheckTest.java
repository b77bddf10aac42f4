package dev.upkeep.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.upkeep.api.health.Health;
import dev.upkeep.api.health.HealthCheck;
import dev.upkeep.api.settings.Choice;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class FileCheckTest {
    private static final Instant NOON = Instant.parse("2026-06-01T12:00:00Z");
    private static final Duration TEN_MINUTES = Duration.ofMinutes(10);

    private final FakeContext context = new FakeContext();

    @TempDir
    Path directory;
    private Path file;

    @BeforeEach
    void names() {
        file = directory.resolve("synced");
        context.setWall(NOON);
    }

    private HealthCheck check(Choice choice) {
        return new FileCheckFactory().create((FileCheckFactory.Settings) choice.settings().orElseThrow(),
                context);
    }

    private Health modified(Duration ago) throws Exception {
        Files.writeString(file, "x");
        Files.setLastModifiedTime(file, FileTime.from(NOON.minus(ago)));
        return check(FileCheckFactory.fileFresherThan(file, TEN_MINUTES)).probe();
    }

    @Test
    void whatMustBeThereIsAskedForAnewEachTime() throws Exception {
        HealthCheck check = check(FileCheckFactory.fileExists(file));

        assertThat(check.probe()).isEqualTo(Health.unhealthy(file + " is not there"));
        Files.createDirectory(file);
        assertThat(check.probe()).as("a directory will do").isEqualTo(Health.healthy());
        Files.delete(file);
        assertThat(check.probe()).isInstanceOf(Health.Unhealthy.class);
    }

    @Test
    void whatMustNotBeThereIsUnhealthyWhileItIs() throws Exception {
        HealthCheck check = new FileCheckFactory()
                .create(new FileCheckFactory.Settings(file, false, Optional.empty()), context);

        assertThat(check.probe()).isEqualTo(Health.healthy());
        Files.createFile(file);
        assertThat(check.probe()).isEqualTo(Health.unhealthy(file + " is there"));
    }

    @Test
    void isStaleFromTheGivenAgeOn() throws Exception {
        assertThat(modified(TEN_MINUTES.minusMillis(1))).isEqualTo(Health.healthy());
        assertThat(modified(TEN_MINUTES)).isEqualTo(Health.unhealthy(file + " was modified 10m ago"));
        assertThat(modified(Duration.ofHours(30)))
                .isEqualTo(Health.unhealthy(file + " was modified 30h ago"));
    }

    @Test
    void theFutureIsFreshAndFarAheadAlsoDegraded() throws Exception {
        assertThat(modified(Duration.ofMinutes(-10))).isEqualTo(Health.healthy());
        assertThat(modified(Duration.ofHours(-1))).isEqualTo(
                Health.degraded(file + " was modified 1h in the future and is taken as fresh"));
    }

    @Test
    void aLinkIsFollowedAndOneThatLeadsNowhereIsNotThere() throws Exception {
        HealthCheck check = check(FileCheckFactory.fileExists(file));
        Path target = directory.resolve("target");
        Files.createSymbolicLink(file, target);

        assertThat(check.probe()).isInstanceOf(Health.Unhealthy.class);
        Files.createFile(target);
        assertThat(check.probe()).isEqualTo(Health.healthy());
    }

    @Test
    void h1_whatCannotBeLookedAtIsTheChecksFault() throws Exception {
        Path loop = Files.createSymbolicLink(file, file);
        HealthCheck check = check(FileCheckFactory.fileExists(loop));

        assertThatThrownBy(check::probe).isInstanceOf(IOException.class);
    }

    @Test
    void settingsThatMeanNothingAreRefused() {
        assertThatThrownBy(() -> new FileCheckFactory.Settings(file, false, Optional.of(TEN_MINUTES)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("fresherThan is for a file that must be there");
        assertThatThrownBy(() -> FileCheckFactory.fileFresherThan(file, Duration.ZERO))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("fresherThan must be longer than zero");
        assertThatThrownBy(() -> FileCheckFactory.fileExists(Path.of("")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("path must not be empty");
    }
}
