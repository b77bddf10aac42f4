package dev.upkeep.probe;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

final class DuesTest {
    private static final class Thing extends Dues.Entry {}

    private final Dues<Thing> dues = new Dues<>();

    @Test
    void givesWhatIsDueInTheOrderOfItsTimesWhateverIsPutInTakenOutAndMoved() {
        Random random = new Random(4);
        // Times wrap within the test.
        long origin = Long.MAX_VALUE - 1_000_000;
        TreeMap<Long, Thing> expected = new TreeMap<>();
        for (int round = 0; round < 20; round++) {
            for (int i = 0; i < 2_000; i++) {
                long at = random.nextInt(2_000_000);
                Thing thing = expected.isEmpty() || random.nextInt(3) > 0
                        ? new Thing()
                        : expected.pollFirstEntry().getValue();
                if (expected.containsKey(at)) {
                    thing.cancel();
                } else {
                    dues.add(thing, origin + at);
                    expected.put(at, thing);
                }
                if (random.nextInt(4) == 0) {
                    Long key = expected.floorKey((long) random.nextInt(2_000_000));
                    if (key != null) {
                        Thing gone = Objects.requireNonNull(expected.remove(key));
                        assertThat(gone.dueNanos()).isEqualTo(origin + key);
                        gone.cancel();
                        assertThat(gone.isDue()).isFalse();
                    }
                }
            }
            assertThat(dues.size()).isEqualTo(expected.size());
            int take = random.nextInt(expected.size());
            for (int i = 0; i < take; i++) {
                var first = expected.pollFirstEntry();
                assertThat(dues.firstNanos()).isEqualTo(origin + first.getKey());
                assertThat(dues.takeDue(origin + first.getKey() - 1)).isNull();
                assertThat(dues.takeDue(origin + first.getKey())).isSameAs(first.getValue());
            }
        }
        while (!expected.isEmpty()) {
            assertThat(dues.takeDue(origin + 2_000_000)).isSameAs(expected.pollFirstEntry().getValue());
        }
        assertThat(dues.isEmpty()).isTrue();
        assertThat(dues.takeDue(origin + 2_000_000)).isNull();
    }
}
