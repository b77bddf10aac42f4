package dev.upkeep.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.upkeep.api.health.DeadlineCheck;
import dev.upkeep.api.health.Health;
import dev.upkeep.api.settings.AllowForever;
import dev.upkeep.api.settings.Defaults;
import java.time.Duration;
import org.junit.jupiter.api.Test;

final class HeartbeatTest {
    private final FakeContext context = new FakeContext();

    private DeadlineCheck check(Duration silence) {
        return (DeadlineCheck) new HeartbeatFactory().create(new HeartbeatFactory.Settings(silence), context);
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

    @Test
    void silenceMustBeLongerThanZero() {
        assertThatThrownBy(() -> HeartbeatFactory.heartbeat(Duration.ZERO))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("silence must be longer than zero");
    }
}
