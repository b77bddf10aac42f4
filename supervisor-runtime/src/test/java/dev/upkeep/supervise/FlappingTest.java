package dev.upkeep.supervise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** H9: how falls add up and fade, as a value. */
class FlappingTest {
    private static final long MINUTE = Duration.ofMinutes(1).toNanos();

    private static Flapping falls(long... at) {
        Flapping flapping = Flapping.fall(null, at[0]);
        for (int i = 1; i < at.length; i++) {
            flapping = Flapping.fall(flapping, at[i]);
        }
        return flapping;
    }

    @Test
    void h9_eachFallAddsOneAndHalfOfItIsGoneAfterTenMinutes() {
        Flapping one = falls(0);
        assertThat(one.penaltyAt(0)).isEqualTo(1);
        assertThat(one.penaltyAt(10 * MINUTE)).isEqualTo(0.5, within(1e-12));
        assertThat(one.penaltyAt(20 * MINUTE)).isEqualTo(0.25, within(1e-12));
        assertThat(Flapping.fall(one, 10 * MINUTE).penaltyAt(10 * MINUTE)).isEqualTo(1.5, within(1e-12));
    }

    @Test
    void h9_itBeginsAtTwoAndAHalf() {
        assertThat(falls(0, 1).isFlapping()).isFalse();
        assertThat(falls(0, 1, 2).isFlapping()).isTrue();
        // 1/2 + 1 just now is 1.5; and a third fall makes it 2.5, no sooner.
        assertThat(falls(0, 10 * MINUTE, 10 * MINUTE).isFlapping()).isTrue();
        assertThat(falls(0, 10 * MINUTE + MINUTE / 60, 10 * MINUTE + MINUTE / 60).isFlapping()).isFalse();
    }

    @Test
    void h9_itEndsBelowOneAndNoSooner() {
        Flapping flapping = falls(0, 0, 0, 0);
        assertThat(flapping.penaltyAt(flapping.endsAt())).isLessThan(1).isEqualTo(1, within(1e-6));
        assertThat(flapping.endsAt()).isBetween(20 * MINUTE, 20 * MINUTE + 10_000);
        assertThat(flapping.ended().isFlapping()).isFalse();
    }

    @Test
    void h9_aFallWhileItFlapsKeepsItFlapping() {
        Flapping later = Flapping.fall(falls(0, 0, 0), 14 * MINUTE);
        assertThat(later.penaltyAt(14 * MINUTE)).isLessThan(2.5);
        assertThat(later.isFlapping()).isTrue();
        // Nobody has said yet that it was over, but it was.
        assertThat(Flapping.fall(falls(0, 0, 0), 17 * MINUTE).isFlapping()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(longs = {Long.MIN_VALUE, -1, 0, 1, Long.MAX_VALUE})
    void h9_everyTimeHasAnAnswer(long now) {
        for (long at : new long[]{Long.MIN_VALUE, -5, 0, 5, Long.MAX_VALUE}) {
            Flapping flapping = falls(at, at, at);
            assertThat(flapping.penaltyAt(now)).isBetween(0.0, 3.0);
            assertThat(flapping.endsAt()).isGreaterThanOrEqualTo(at);
            assertThat(Flapping.fall(flapping, now).penaltyAt(now)).isBetween(1.0, 4.0);
        }
    }
}
