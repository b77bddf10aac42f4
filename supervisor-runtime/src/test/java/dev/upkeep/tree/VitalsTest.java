package dev.upkeep.tree;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.upkeep.api.health.CheckContext.Outcomes;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
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

    @Test
    void aBeatIsToldBeforeItEndsTheSilence() {
        List<Long> began = new ArrayList<>();
        vitals.beat(5);
        vitals.onBeat("check", arrival -> began.add(vitals.lastBeatNanos(0)));
        vitals.beat(9);

        assertThat(began).containsExactly(5L);
        assertThat(vitals.lastBeatNanos(0)).isEqualTo(9);
    }

    @Test
    void aCheckThatListensAgainAndAgainIsRefusedAndHarmsNoBeat() {
        List<Long> heard = new ArrayList<>();
        vitals.keepLines();
        for (int i = 0; i < 256; i++) {
            vitals.onBeat("check", heard::add);
            vitals.onLine("check", Pattern.compile("never"), line -> {});
        }

        assertThatThrownBy(() -> vitals.onBeat("check", heard::add))
                .hasMessage("the checks of this instance have 256 listeners; no more are taken");
        assertThatThrownBy(() -> vitals.onLine("check", Pattern.compile("never"), line -> {}))
                .isInstanceOf(IllegalStateException.class);
        vitals.beat(5);
        assertThat(heard).hasSize(256);
        vitals.endLines();
    }

    @Test
    void aListenerThatThrowsHoldsUpNeitherTheBeatNorTheOthers() {
        List<Long> heard = new ArrayList<>();
        vitals.onBeat("bad", arrival -> {
            throw new AssertionError("on purpose");
        });
        vitals.onBeat("good", heard::add);
        vitals.beat(5);
        vitals.beat(6);

        assertThat(heard).containsExactly(5L, 6L);
        assertThat(vitals.lastBeatNanos(0)).isEqualTo(6);
    }
}
