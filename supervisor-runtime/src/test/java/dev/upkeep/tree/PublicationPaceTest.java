package dev.upkeep.tree;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PublicationPaceTest {
    @Test
    void aFewInAWhileAreAllowedAndThenNoneUntilItIsOver() {
        PublicationPace pace = new PublicationPace(-100);

        assertThat(pace.isOver(-100)).isTrue();
        for (int i = 0; i < PublicationPace.MOST; i++) {
            assertThat(pace.allows(i)).isTrue();
        }
        assertThat(pace.allows(PublicationPace.WHILE - 1)).isFalse();
        assertThat(pace.isOver(PublicationPace.WHILE - 1)).isFalse();
        assertThat(pace.end()).isEqualTo(PublicationPace.WHILE);
        assertThat(pace.isOver(PublicationPace.WHILE)).isTrue();
        assertThat(pace.allows(PublicationPace.WHILE)).isTrue();
    }

    @Test
    void theClockMayWrap() {
        PublicationPace pace = new PublicationPace(Long.MAX_VALUE - 10);

        assertThat(pace.allows(Long.MAX_VALUE - 10)).isTrue();
        assertThat(pace.isOver(Long.MIN_VALUE + 10)).isFalse();
        assertThat(pace.isOver(Long.MIN_VALUE + PublicationPace.WHILE)).isTrue();
    }
}
