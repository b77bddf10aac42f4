package dev.upkeep.tree;

import static org.assertj.core.api.Assertions.assertThat;

import dev.upkeep.api.health.CheckContext.Outcomes;
import org.junit.jupiter.api.Test;

final class VitalsTest {
    private final Vitals vitals = new Vitals();

    @Test
    void withoutABeatTheGivenTimeHolds() {
        assertThat(vitals.lastBeatNanos(-5)).isEqualTo(-5);
        assertThat(vitals.outcomes()).isEqualTo(new Outcomes(0, 0));
    }

    @Test
    void theLaterOfTheBeatAndTheGivenTimeHoldsOnAClockThatMayBeNegativeAndWraps() {
        vitals.beat(-10);
        assertThat(vitals.lastBeatNanos(-20)).isEqualTo(-10);
        assertThat(vitals.lastBeatNanos(-5)).isEqualTo(-5);

        vitals.beat(Long.MIN_VALUE);
        assertThat(vitals.lastBeatNanos(Long.MAX_VALUE)).isEqualTo(Long.MIN_VALUE + 1);
    }

    @Test
    void s5_afterItIsRevokedNothingCounts() {
        vitals.record(2, 1);
        vitals.revoke();
        vitals.record(1, 1);
        vitals.beat(7);

        assertThat(vitals.outcomes()).isEqualTo(new Outcomes(2, 1));
        assertThat(vitals.lastBeatNanos(0)).isZero();
    }

    @Test
    void negativeCountsArePassedOver() {
        vitals.record(-1, 3);

        assertThat(vitals.outcomes()).isEqualTo(new Outcomes(0, 0));
    }
}
