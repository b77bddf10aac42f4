package dev.upkeep.supervise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The list of a supervisor's views, beside a sorted map that does the same. */
class BlocksTest {
    @ParameterizedTest
    @ValueSource(ints = {1, 31, 32, 33, 1_023, 1_024, 1_025, 40_000})
    void holdsWhatASortedMapHoldsInTheSameOrder(int slots) {
        for (long seed = 0; seed < 5; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            TreeMap<Integer, String> model = new TreeMap<>();
            Blocks<String> blocks = Blocks.empty();
            for (int i = 0; i < 2_000; i++) {
                int slot = random.nextInt(slots);
                if (random.nextInt(3) == 0) {
                    model.remove(slot);
                    blocks = blocks.with(slot, null);
                } else {
                    model.put(slot, "v" + i);
                    blocks = blocks.with(slot, "v" + i);
                }
                assertThat(blocks.size()).isEqualTo(model.size());
            }
            List<String> expected = new ArrayList<>(model.values());
            assertThat(blocks).as("seed %d", seed).containsExactlyElementsOf(expected);
            List<String> byIndex = new ArrayList<>();
            for (int i = 0; i < blocks.size(); i++) {
                byIndex.add(blocks.get(i));
            }
            assertThat(byIndex).as("seed %d", seed).isEqualTo(expected);
        }
    }

    @Test
    void aChangeLeavesWhatOthersHaveSeenAsItWas() {
        Blocks<String> before = Blocks.empty();
        for (int i = 0; i < 5_000; i++) {
            before = before.with(i, "old" + i);
        }
        List<String> seen = List.copyOf(before);
        Blocks<String> after = before;
        for (int i = 0; i < 6_000; i += 7) {
            after = after.with(i, i % 2 == 0 ? null : "new" + i);
        }
        assertThat(before).containsExactlyElementsOf(seen);
        assertThat(after).isNotEqualTo(before);
    }

    @Test
    void aSlotFarBeyondTheOthersIsTheLastElement() {
        Blocks<String> blocks = Blocks.<String>empty()
                .with(3, "a")
                .with(Integer.MAX_VALUE, "z")
                .with(40, "b");
        assertThat(blocks).containsExactly("a", "b", "z");
        assertThat(blocks.get(2)).isEqualTo("z");
    }

    @Test
    void beyondTheEndThereIsNothing() {
        Blocks<String> blocks = Blocks.<String>empty().with(5, "a").with(5, null);
        assertThat(blocks).isEmpty();
        assertThatThrownBy(() -> blocks.get(0)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> blocks.iterator().next()).isInstanceOf(NoSuchElementException.class);
    }
}
