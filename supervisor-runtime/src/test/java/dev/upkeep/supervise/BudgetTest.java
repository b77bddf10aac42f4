package dev.upkeep.supervise;

import static org.assertj.core.api.Assertions.assertThat;

import dev.upkeep.api.Intensity;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** The sliding window (B2), beside one that remembers every stamp. */
class BudgetTest {
    private static final long START = Long.MAX_VALUE - 500;

    /** A window as one would write it down first. */
    private static final class Plain {
        final Deque<Long> stamps = new ArrayDeque<>();
        int max;
        long within;
        int places;

        boolean take(long now) {
            stamps.removeIf(s -> now - s > within);
            if (stamps.size() + places >= max) {
                return false;
            }
            places++;
            return true;
        }

        void stamp(long now) {
            places--;
            stamps.add(now);
        }
    }

    private static Intensity intensity(int max, long within) {
        return new Intensity(max, Duration.ofNanos(within));
    }

    @Test
    void b2_allowsWhatAWindowThatRemembersEveryStampAllows() {
        int refused = 0;
        for (long seed = 0; seed < 300; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            Plain plain = new Plain();
            plain.max = random.nextInt(6);
            plain.within = 1 + random.nextInt(40);
            Budget budget = new Budget(intensity(plain.max, plain.within));
            // A clock that runs over its end on the way.
            long now = START;
            for (int i = 0; i < 400; i++) {
                now += random.nextInt(8);
                switch (random.nextInt(plain.places > 0 ? 5 : 2)) {
                    case 0, 1 -> {
                        boolean allowed = plain.take(now);
                        assertThat(budget.take(now)).as("seed %d step %d", seed, i).isEqualTo(allowed);
                        refused += allowed ? 0 : 1;
                    }
                    case 2, 3 -> {
                        plain.stamp(now);
                        budget.stamp(now);
                    }
                    default -> {
                        plain.places--;
                        budget.giveBack();
                    }
                }
                assertThat(budget.places()).isEqualTo(plain.places);
                if (random.nextInt(100) == 0) {
                    plain.max = random.nextInt(6);
                    budget.change(intensity(plain.max, plain.within));
                }
                if (random.nextInt(200) == 0) {
                    plain.stamps.clear();
                    plain.places = 0;
                    budget.clear();
                }
            }
        }
        assertThat(refused).isGreaterThan(1_000);
    }

    @Test
    void b2_isInclusiveAtTheEdge() {
        Budget budget = new Budget(intensity(1, 100));
        assertThat(budget.take(0)).isTrue();
        budget.stamp(0);
        assertThat(budget.take(100)).isFalse();
        assertThat(budget.take(101)).isTrue();
    }

    @Test
    void b2_maxZeroMeansNeverRestart() {
        Budget budget = new Budget(intensity(0, 100));
        assertThat(budget.take(0)).isFalse();
        assertThat(budget.take(Long.MAX_VALUE / 2)).isFalse();
    }

    @Test
    void b2_isNeverTooLenientWhereVeryManyLieInTheWindow() {
        int max = 300_000;
        long within = 3_000_000;
        Budget budget = new Budget(intensity(max, within));
        Deque<Long> stamps = new ArrayDeque<>();
        SplittableRandom random = new SplittableRandom(7);
        long now = 0;
        int taken = 0;
        for (int i = 0; i < 900_000; i++) {
            now += random.nextInt(10);
            while (!stamps.isEmpty() && now - stamps.peekFirst() > within) {
                stamps.removeFirst();
            }
            if (budget.take(now)) {
                assertThat(stamps.size()).isLessThan(max);
                budget.stamp(now);
                stamps.add(now);
                taken++;
            } else {
                // What is put together lies within a small part of the window.
                assertThat(stamps.size()).isGreaterThan(max - max / 100);
            }
        }
        assertThat(taken).isGreaterThan(max);
    }
}
