package dev.upkeep.health;

import static org.assertj.core.api.Assertions.assertThat;

import dev.upkeep.api.health.Health;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

final class LevelsTest {
    private static final Health WELL = Health.healthy();
    private static final Health DEGRADED = Health.degraded("much");
    private static final Health UNHEALTHY = Health.unhealthy("much");

    private final Levels levels = new Levels(OptionalDouble.of(10), OptionalDouble.of(20), 30);
    /** About to wrap. */
    private long now = Long.MAX_VALUE - 50;

    private Health after(long step, double value) {
        now += step;
        return levels.judge(value, now, "much");
    }

    @Test
    void aLevelCountsOnceEveryRunWasAboveItForLongEnough() {
        assertThat(after(0, 11)).isEqualTo(WELL);
        assertThat(after(29, 11)).isEqualTo(WELL);
        assertThat(after(1, 11)).isEqualTo(DEGRADED);
        assertThat(after(10, 21)).as("not yet for long enough").isEqualTo(DEGRADED);
        assertThat(after(30, 21)).isEqualTo(UNHEALTHY);
        assertThat(after(1, 20)).as("the level itself is not above it").isEqualTo(DEGRADED);
        assertThat(after(1, 10)).isEqualTo(WELL);
    }

    @Test
    void oneRunAtTheLevelBeginsTheTimeAnew() {
        after(0, 21);
        after(20, 20);
        assertThat(after(20, 21)).isEqualTo(DEGRADED);
        assertThat(after(29, 21)).isEqualTo(DEGRADED);
        assertThat(after(1, 21)).isEqualTo(UNHEALTHY);
    }

    @Test
    void withoutSustainEachRunIsJudgedByItself() {
        Levels atOnce = new Levels(OptionalDouble.empty(), OptionalDouble.of(5), 0);

        assertThat(atOnce.judge(6, 1, "much")).isEqualTo(UNHEALTHY);
        assertThat(atOnce.judge(5, 2, "much")).isEqualTo(WELL);
    }
}
