package dev.upkeep.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.upkeep.api.health.Health;
import dev.upkeep.api.health.HealthCheck;
import dev.upkeep.api.settings.Defaults;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class ErrorRateTest {
    private final FakeContext context = new FakeContext();

    private HealthCheck byDefault() {
        return new ErrorRateFactory().create(Defaults.of(ErrorRateFactory.Settings.class), context);
    }

    private Health after(HealthCheck check, long ok, long failed) throws Exception {
        context.advance(Duration.ofSeconds(10));
        context.calls(ok, failed);
        return check.probe();
    }

    @Test
    void fewerThanTheMinimumOfCallsAreNotJudged() throws Exception {
        HealthCheck check = byDefault();

        assertThat(after(check, 0, 19)).isEqualTo(Health.healthy());
        assertThat(after(check, 0, 1)).isEqualTo(Health.unhealthy("20 of 20 calls failed within 1m"));
    }

    @Test
    void aShareThatIsReachedIsNotYetAboveIt() throws Exception {
        assertThat(after(byDefault(), 27, 3)).isEqualTo(Health.healthy());
        assertThat(after(byDefault(), 26, 4)).isEqualTo(Health.degraded("4 of 30 calls failed within 1m"));
        assertThat(after(byDefault(), 15, 15)).isEqualTo(Health.degraded("15 of 30 calls failed within 1m"));
        assertThat(after(byDefault(), 14, 16)).isEqualTo(Health.unhealthy("16 of 30 calls failed within 1m"));
    }

    @Test
    void whatWasCountedBeforeTheCheckWasMadeDoesNotCount() throws Exception {
        context.calls(0, 1000);

        assertThat(after(byDefault(), 20, 0)).isEqualTo(Health.healthy());
    }

    @Test
    void failuresLeaveTheWindowWithTheirTime() throws Exception {
        HealthCheck check = byDefault();
        assertThat(after(check, 0, 30)).isInstanceOf(Health.Unhealthy.class);

        for (int i = 0; i < 5; i++) {
            assertThat(after(check, 1, 0)).as("still within the window").isInstanceOf(Health.Unhealthy.class);
        }
        after(check, 5, 0);
        assertThat(after(check, 30, 0)).isEqualTo(Health.healthy());
    }

    @Test
    void aCheckThatRunsMoreRarelyThanItsWindowJudgesWhatCameSinceTheLastRun() throws Exception {
        HealthCheck check = byDefault();
        after(check, 0, 30);
        context.advance(Duration.ofMinutes(10));
        check.probe();
        context.advance(Duration.ofMinutes(10));
        context.calls(20, 0);

        assertThat(check.probe()).isEqualTo(Health.healthy());
    }

    @Test
    void aWindowOfManyRunsIsKeptInFewMarks() throws Exception {
        HealthCheck check = byDefault();
        for (int i = 0; i < 6000; i++) {
            context.advance(Duration.ofMillis(100));
            context.calls(0, 1);
            check.probe();
        }

        assertThat(check.probe()).isInstanceOfSatisfying(Health.Unhealthy.class,
                found -> assertThat(found.reason()).matches("6[0-6]\\d of 6[0-6]\\d calls failed within 1m"));
    }

    @Test
    void doingNothingIsDegradedOnlyIfAskedFor() throws Exception {
        HealthCheck idle = new ErrorRateFactory()
                .create(new ErrorRateFactory.Settings(Duration.ofSeconds(60), 20,
                        0.1, 0.5, Optional.of(Duration.ofSeconds(30))), context);
        HealthCheck quiet = byDefault();

        assertThat(after(idle, 1, 0)).isEqualTo(Health.healthy());
        after(idle, 0, 0);
        after(idle, 0, 0);
        assertThat(after(idle, 0, 0)).isEqualTo(Health.degraded("nothing recorded for 30s"));
        assertThat(quiet.probe()).isEqualTo(Health.healthy());
        assertThat(after(idle, 1, 0)).isEqualTo(Health.healthy());
    }

    @Test
    void sharesMustBeInOrder() {
        assertThatThrownBy(
                () -> new ErrorRateFactory.Settings(Duration.ofSeconds(1), 1, 0.6, 0.5, Optional.empty()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("0.6 and 0.5");
    }
}
