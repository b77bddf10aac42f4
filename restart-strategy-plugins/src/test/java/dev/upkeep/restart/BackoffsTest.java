package dev.upkeep.restart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.upkeep.api.restart.Backoff;
import dev.upkeep.api.restart.Backoff.Attempt;
import dev.upkeep.api.settings.AllowForever;
import dev.upkeep.api.settings.Defaults;
import java.time.Duration;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

final class BackoffsTest {
    private static final Duration MILLI = Duration.ofMillis(1);

    @Test
    @DisplayName("K2 without jitter the sequence is 1, 2, 4, 8, 16, 32, 60, 60 s exactly")
    void theSequenceWithoutJitterIsExact() {
        Backoff backoff = exponential(Duration.ofSeconds(1), 2, Duration.ofSeconds(60), 0);

        assertThat(IntStream.rangeClosed(1, 8).mapToObj(n -> backoff.delay(attempt(n, 0.99))))
                .containsExactly(seconds(1), seconds(2), seconds(4), seconds(8), seconds(16), seconds(32),
                        seconds(60), seconds(60));
    }

    @Test
    @DisplayName("K1 exponential begins at 1 s, doubles, ends at 60 s and has a jitter of 0.3")
    void theDefaultsAreThoseOfTheRule() {
        assertThat(Defaults.of(ExponentialFactory.Settings.class))
                .isEqualTo(new ExponentialFactory.Settings(seconds(1), 2, seconds(60), 0.3));
        assertThat(Defaults.of(FixedFactory.Settings.class)).isEqualTo(new FixedFactory.Settings(seconds(1)));
    }

    @Test
    @DisplayName("K2 jitter comes after the cap and only shortens")
    void jitterShortensTheCappedDelay() {
        Backoff backoff = exponential(seconds(1), 2, seconds(60), 0.3);

        assertThat(backoff.delay(attempt(50, 0))).isEqualTo(seconds(60));
        assertThat(backoff.delay(attempt(50, 0.5))).isEqualTo(seconds(51));
        assertThat(backoff.delay(attempt(1, 0.5))).isEqualTo(Duration.ofMillis(850));
    }

    @Test
    @DisplayName("K2, K3 for any settings and attempt the delay is between 1 ms and max, and never below (1 - jitter) of the plain one")
    void delaysStayWithinTheirBoundsForAnyAttempt() {
        Random random = new Random(11);
        for (int round = 0; round < 20_000; round++) {
            Duration initial = MILLI.plusNanos(random.nextLong(1L << random.nextInt(1, 62)));
            Duration max = initial.plusNanos(random.nextLong(1L << random.nextInt(1, 62)));
            double multiplier = 1 + random.nextDouble() * Math.pow(10, random.nextInt(5));
            double jitter = random.nextInt(5) == 0 ? 1 : random.nextDouble();
            int number = random.nextBoolean()
                    ? 1 + random.nextInt(40)
                    : 1 + random.nextInt(Integer.MAX_VALUE);
            double chance = random.nextDouble();

            Duration plain = exponential(initial, multiplier, max, 0).delay(attempt(number, chance));
            Duration delay = exponential(initial, multiplier, max, jitter).delay(attempt(number, chance));

            assertThat(plain).isBetween(initial, max);
            assertThat(delay).isBetween(MILLI, plain);
            assertThat(delay.toNanos())
                    .isGreaterThanOrEqualTo((long) (plain.toNanos() * (1 - jitter) * 0.999_999));
        }
    }

    @Test
    @DisplayName("K3 the last attempt there can be saturates at max")
    void theGreatestAttemptSaturates() {
        assertThat(exponential(seconds(1), 2, seconds(60), 0).delay(attempt(Integer.MAX_VALUE, 0)))
                .isEqualTo(seconds(60));
        assertThat(exponential(seconds(1), 1, seconds(60), 0).delay(attempt(Integer.MAX_VALUE, 0)))
                .isEqualTo(seconds(1));
        assertThat(
                exponential(seconds(1), 1e300, AllowForever.FOREVER, 0).delay(attempt(Integer.MAX_VALUE, 0)))
                .isEqualTo(Duration.ofNanos(Long.MAX_VALUE));
    }

    @Test
    @DisplayName("K3 only immediate waits less than 1 ms")
    void onlyImmediateDoesNotWait() {
        assertThat(new ImmediateFactory().create(new ImmediateFactory.Settings()).delay(attempt(3, 0.5)))
                .isZero();
        assertThat(exponential(MILLI, 2, MILLI, 1).delay(attempt(1, 0.999_999))).isEqualTo(MILLI);
        assertThatThrownBy(() -> new FixedFactory.Settings(Duration.ofNanos(999_999)))
                .hasMessageContaining("delay must be at least 1ms");
        assertThatThrownBy(() -> exponential(Duration.ZERO, 2, MILLI, 0)).hasMessageContaining("initial");
    }

    @Test
    void fixedWaitsTheSameBeforeEveryAttempt() {
        Backoff backoff = new FixedFactory().create(new FixedFactory.Settings(seconds(3)));

        assertThat(backoff.delay(attempt(1, 0.9))).isEqualTo(seconds(3));
        assertThat(backoff.delay(attempt(Integer.MAX_VALUE, 0.9))).isEqualTo(seconds(3));
    }

    @Test
    void settingsThatContradictEachOtherAreRefusedNamingTheValue() {
        assertThatThrownBy(() -> exponential(seconds(9), 2, seconds(5), 0))
                .hasMessage("max must not be shorter than initial, 9s, but is 5s");
        assertThatThrownBy(() -> exponential(seconds(1), 0.5, seconds(5), 0)).hasMessageContaining("0.5");
        assertThatThrownBy(() -> exponential(seconds(1), Double.NaN, seconds(5), 0))
                .hasMessageContaining("NaN");
        assertThatThrownBy(() -> exponential(seconds(1), 2, seconds(5), 1.1)).hasMessageContaining("1.1");
    }

    private static Backoff exponential(Duration initial, double multiplier, Duration max, double jitter) {
        return new ExponentialFactory()
                .create(new ExponentialFactory.Settings(initial, multiplier, max, jitter));
    }

    private static Attempt attempt(int number, double random) {
        return new Attempt(number, Duration.ZERO, Duration.ofSeconds(5), random);
    }

    private static Duration seconds(long number) {
        return Duration.ofSeconds(number);
    }
}
