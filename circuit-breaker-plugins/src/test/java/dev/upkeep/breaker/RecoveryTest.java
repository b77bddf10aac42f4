package dev.upkeep.breaker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.upkeep.api.settings.AllowForever;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

final class RecoveryTest {
    @Test
    @DisplayName("C3 the ladder saturates at the longest time there is")
    void theLadderSaturates() {
        Recovery recovery = recovery(Duration.ofSeconds(30), AllowForever.FOREVER);
        int step = 0;
        for (int i = 0; i < 100; i++) {
            assertThat(recovery.openNanos(recovery.up(step)))
                    .isGreaterThanOrEqualTo(recovery.openNanos(step));
            step = recovery.up(step);
        }

        assertThat(recovery.openNanos(step)).isEqualTo(Long.MAX_VALUE);
        assertThat(recovery.openNanos(Integer.MAX_VALUE)).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    @DisplayName("C3 each open time of health leads one step down, and none below the first")
    void healthLeadsDown() {
        Recovery recovery = recovery(Duration.ofSeconds(30), Duration.ofMinutes(10));

        assertThat(recovery.down(2, Duration.ofSeconds(60).toNanos() - 1)).isEqualTo(2);
        assertThat(recovery.down(2, Duration.ofSeconds(60).toNanos())).isEqualTo(1);
        assertThat(recovery.down(2, Duration.ofSeconds(90).toNanos())).isZero();
        assertThat(recovery.down(2, Long.MAX_VALUE)).isZero();
    }

    private static Recovery recovery(Duration openFor, Duration maxOpenFor) {
        return new Recovery(openFor, maxOpenFor, 0, Optional.empty(), Duration.ofSeconds(60));
    }
}
