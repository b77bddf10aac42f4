package dev.upkeep.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The mathematics of phi, for paces of every kind. */
final class SuspicionTest {
    private static final long SECOND = 1_000_000_000L;

    private final Random random = new Random(20040);

    /** From microseconds to centuries, as likely small as large. */
    private double anyTime() {
        return Math.pow(10, 3 + 15.5 * random.nextDouble());
    }

    private Suspicion any() {
        return new Suspicion(anyTime(), anyTime(), random.nextBoolean() ? 0 : anyTime());
    }

    private double anyThreshold() {
        return random.nextInt(10) == 0 ? Double.MIN_VALUE : 100 * Math.pow(random.nextDouble(), 3) + 1e-12;
    }

    @ParameterizedTest
    @CsvSource({"0, 0.30103, 0.001", "1, 0.79955, 0.001", "2, 1.64302, 0.005", "3, 2.86970, 0.05",
            "4, 4.49955, 0.3", "5, 6.5427, 0.8"})
    void isTheLogarithmOfTheTailOfTheNormalDistribution(int deviations, double phi, double good) {
        Suspicion suspicion = new Suspicion(2 * SECOND, SECOND / 10.0, SECOND);

        // The approximation is good to 2 in 10,000 of the probability, and so less so for the logarithm of a small one.
        assertThat(suspicion.phi(3 * SECOND + deviations * SECOND / 10)).isCloseTo(phi, within(good));
    }

    @Test
    void growsWithSilenceAndIsFiniteForAllOfIt() {
        for (int i = 0; i < 20_000; i++) {
            Suspicion suspicion = any();
            long shorter = (long) anyTime();
            long longer = shorter + (long) anyTime();

            assertThat(suspicion.phi(shorter)).isFinite()
                    .isNotNegative()
                    .isLessThanOrEqualTo(suspicion.phi(longer));
            assertThat(suspicion.phi(Long.MAX_VALUE)).isFinite();
            assertThat(suspicion.phi(Long.MIN_VALUE)).isFinite();
        }
    }

    @Test
    void reachesTheThresholdWhenItSays() {
        int within = 0;
        for (int i = 0; i < 20_000; i++) {
            Suspicion suspicion = any();
            double threshold = anyThreshold();
            long after = suspicion.reachedAfter(threshold);
            assertThat(after).isPositive();
            if (after < Long.MAX_VALUE && after > 1) {
                within++;
                long aside = after / 100_000 + (long) (suspicion.stdDev() / 100_000) + 2;
                double slack = 1e-9 * (1 + threshold);
                assertThat(suspicion.phi(after + aside)).as("%s of %s", threshold, suspicion)
                        .isGreaterThanOrEqualTo(threshold - slack);
                assertThat(suspicion.phi(after - aside)).as("%s of %s", threshold, suspicion)
                        .isLessThanOrEqualTo(threshold + slack);
            }
        }
        assertThat(within).isGreaterThan(5_000);
    }

    @Test
    void aHigherThresholdOrASlowerPaceIsReachedNoSooner() {
        for (int i = 0; i < 20_000; i++) {
            Suspicion suspicion = any();
            double threshold = 0.5 + 50 * random.nextDouble();
            long after = suspicion.reachedAfter(threshold);

            assertThat(suspicion.reachedAfter(threshold + random.nextDouble()))
                    .isGreaterThanOrEqualTo(after);
            assertThat(new Suspicion(suspicion.mean() * 1.5, suspicion.stdDev() * 1.5, suspicion.pause())
                    .reachedAfter(threshold)).isGreaterThanOrEqualTo(after);
        }
    }
}
