package dev.upkeep.restart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.upkeep.api.restart.Backoff;
import dev.upkeep.api.restart.Backoff.Attempt;
import dev.upkeep.api.settings.AllowForever;
import dev.upkeep.api.settings.Defaults;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.function.DoubleFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the back-offs with a limit have in common, for any settings and any attempt; then each of them by itself. */
final class RisingBackoffsTest {
    private static final Duration MILLI = Duration.ofMillis(1);
    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final Duration MINUTE = Duration.ofMinutes(1);

    /** A type with settings drawn by chance, and the same settings without jitter. */
    enum Type {
        EXPONENTIAL, LINEAR, FIBONACCI, CRASH_LOOP;

        private Backoff make(Duration first, Duration max, double factor, double jitter) {
            return switch (this) {
                case EXPONENTIAL -> new ExponentialFactory()
                        .create(new ExponentialFactory.Settings(first, factor, max, jitter));
                case LINEAR -> new LinearFactory().create(new LinearFactory.Settings(first, max, jitter));
                case FIBONACCI -> new FibonacciFactory()
                        .create(new FibonacciFactory.Settings(first, max, jitter));
                case CRASH_LOOP -> new CrashLoopFactory().create(new CrashLoopFactory.Settings(jitter));
            };
        }

        private Duration first(Duration drawn) {
            return this == CRASH_LOOP ? Duration.ofSeconds(10) : drawn;
        }

        private Duration max(Duration drawn) {
            return this == CRASH_LOOP ? Duration.ofSeconds(300) : drawn;
        }
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("K1, K2, K3 for any settings and attempt: from 1 ms to max, never falling but for jitter, which only shortens")
    void k2DelaysStayWithinTheirBoundsForAnySettings(Type type) {
        Random random = new Random(23);
        for (int round = 0; round < 10_000; round++) {
            Duration drawn = MILLI.plusNanos(random.nextLong(1L << random.nextInt(1, 62)));
            Duration drawnMax = drawn.plusNanos(random.nextLong(1L << random.nextInt(1, 62)));
            double factor = 1 + random.nextDouble() * Math.pow(10, random.nextInt(5));
            double jitter = random.nextInt(5) == 0 ? 1 : random.nextDouble();
            DoubleFunction<Backoff> with = j -> type.make(drawn, drawnMax, factor, j);
            int number = random.nextBoolean()
                    ? 1 + random.nextInt(120)
                    : 1 + random.nextInt(Integer.MAX_VALUE - 1);
            Attempt attempt = attempt(number, random.nextDouble());

            Duration whole = with.apply(0).delay(attempt);
            Duration delay = with.apply(jitter).delay(attempt);

            assertThat(whole).isBetween(type.first(drawn), type.max(drawnMax));
            assertThat(with.apply(0).delay(attempt(number + 1, 0))).isGreaterThanOrEqualTo(whole);
            assertThat(delay).isBetween(MILLI, whole);
            assertThat(delay.toNanos())
                    .isGreaterThanOrEqualTo((long) (whole.toNanos() * (1 - jitter) * 0.999_999));
            assertThat(with.apply(jitter).delay(attempt)).as("the same again: it remembers nothing")
                    .isEqualTo(delay);
        }
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("K2 at the cap the delays of many are spread, not all alike")
    void k2ManyDoNotMeetAtTheCap(Type type) {
        Backoff backoff = type.make(SECOND, MINUTE, 2, 0.3);
        Random random = new Random(5);

        assertThat(IntStream.range(0, 1_000)
                .mapToObj(i -> backoff.delay(attempt(200, random.nextDouble())).toMillis() / 100)
                .distinct()
                .count()).isGreaterThan(150);
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("K3 the last attempt there can be waits for max, the longest there can be included")
    void k3TheGreatestAttemptSaturates(Type type) {
        Duration forever = AllowForever.FOREVER;

        assertThat(type.make(SECOND, MINUTE, 2, 0).delay(attempt(Integer.MAX_VALUE, 0)))
                .isEqualTo(type.max(MINUTE));
        assertThat(type.make(forever, forever, 2, 0).delay(attempt(Integer.MAX_VALUE, 0)))
                .isEqualTo(type.max(Duration.ofNanos(Long.MAX_VALUE)));
        assertThat(type.make(MILLI, MILLI, 2, 1).delay(attempt(1, 0.999_999)))
                .isGreaterThanOrEqualTo(MILLI);
    }

    @Test
    @DisplayName("K1 linear rises by 1 s up to 60 s, fibonacci as 1, 1, 2, 3, 5, crash-loop from 10 s to 300 s")
    void k1EachRisesByItsRule() {
        assertThat(delays(new LinearFactory().create(new LinearFactory.Settings(SECOND, MINUTE, 0)), 1, 2, 3,
                59, 60, 61)).containsExactly(1L, 2L, 3L, 59L, 60L, 60L);
        assertThat(delays(new FibonacciFactory().create(new FibonacciFactory.Settings(SECOND, MINUTE, 0)),
                IntStream.rangeClosed(1, 12).toArray()))
                .containsExactly(1L, 1L, 2L, 3L, 5L, 8L, 13L, 21L, 34L, 55L, 60L, 60L);
        assertThat(delays(new CrashLoopFactory().create(new CrashLoopFactory.Settings(0)),
                IntStream.rangeClosed(1, 7).toArray()))
                .containsExactly(10L, 20L, 40L, 80L, 160L, 300L, 300L);
    }

    @Test
    @DisplayName("K1 the defaults are those of the rule, with the jitter that K2 asks of what has a max")
    void k1TheDefaultsAreThoseOfTheRule() {
        assertThat(Defaults.of(LinearFactory.Settings.class))
                .isEqualTo(new LinearFactory.Settings(SECOND, MINUTE, 0.3));
        assertThat(Defaults.of(FibonacciFactory.Settings.class))
                .isEqualTo(new FibonacciFactory.Settings(SECOND, MINUTE, 0.3));
        assertThat(Defaults.of(DecorrelatedFactory.Settings.class))
                .isEqualTo(new DecorrelatedFactory.Settings(SECOND, MINUTE));
        assertThat(Defaults.of(CrashLoopFactory.Settings.class))
                .isEqualTo(new CrashLoopFactory.Settings(0.3));
    }

    @Test
    @DisplayName("K1 crash-loop begins again after 10 minutes; the others leave that to the runtime")
    void k1CrashLoopStatesItsOwnReset() {
        assertThat(new CrashLoopFactory().create(new CrashLoopFactory.Settings(0)).resetAfter())
                .contains(Duration.ofMinutes(10));
        for (Type type : List.of(Type.EXPONENTIAL, Type.LINEAR, Type.FIBONACCI)) {
            assertThat(type.make(SECOND, MINUTE, 2, 0).resetAfter()).as(type.name()).isEmpty();
        }
        assertThat(decorrelated(SECOND, MINUTE).resetAfter()).isEmpty();
    }

    @Test
    @DisplayName("K1 decorrelated draws between initial and three times the delay before, the cap first")
    void k1DecorrelatedFollowsThePreviousDelay() {
        Backoff backoff = decorrelated(SECOND, MINUTE);

        assertThat(backoff.delay(after(Duration.ZERO, 0))).isEqualTo(Duration.ofSeconds(3));
        assertThat(backoff.delay(after(Duration.ofSeconds(5), 0))).isEqualTo(Duration.ofSeconds(15));
        assertThat(backoff.delay(after(Duration.ofSeconds(5), 0.5))).isEqualTo(Duration.ofSeconds(8));
        assertThat(backoff.delay(after(MINUTE, 0))).isEqualTo(MINUTE);
        assertThat(backoff.delay(after(MINUTE, 0.5))).isEqualTo(Duration.ofMillis(30_500));
        assertThat(backoff.delay(after(AllowForever.FOREVER, 0))).isEqualTo(MINUTE);
    }

    @Test
    @DisplayName("K2, K3 decorrelated stays between initial and max for any settings and any delay before")
    void k2DecorrelatedStaysWithinItsBounds() {
        Random random = new Random(31);
        for (int round = 0; round < 20_000; round++) {
            Duration initial = MILLI.plusNanos(random.nextLong(1L << random.nextInt(1, 62)));
            Duration max = initial.plusNanos(random.nextLong(1L << random.nextInt(1, 62)));
            Attempt attempt = new Attempt(1 + random.nextInt(Integer.MAX_VALUE),
                    Duration.ofNanos(random.nextLong(1L << random.nextInt(1, 63))), Duration.ZERO,
                    random.nextInt(4) == 0 ? Math.nextDown(1.0) : random.nextDouble());

            assertThat(decorrelated(initial, max).delay(attempt)).isBetween(initial, max);
        }
    }

    @Test
    @DisplayName("K2 a thousand that failed together have drifted apart, and no two in a hundred meet at the cap")
    void k2DecorrelatedDriftsApart() {
        Backoff backoff = decorrelated(SECOND, MINUTE);
        Random random = new Random(7);
        int atTheCap = 0;
        for (int child = 0; child < 1_000; child++) {
            Duration delay = Duration.ZERO;
            for (int number = 1; number <= 30; number++) {
                delay = backoff.delay(new Attempt(number, delay, Duration.ZERO, random.nextDouble()));
            }
            atTheCap += delay.compareTo(Duration.ofMillis(59_900)) > 0 ? 1 : 0;
        }

        assertThat(atTheCap).isLessThan(20);
    }

    @Test
    void settingsThatContradictEachOtherAreRefusedNamingTheValue() {
        assertThatThrownBy(() -> new LinearFactory.Settings(Duration.ofSeconds(9), SECOND, 0))
                .hasMessage("max must not be shorter than step, 9s, but is 1s");
        assertThatThrownBy(() -> new FibonacciFactory.Settings(Duration.ZERO, SECOND, 0))
                .hasMessageStartingWith("initial must be at least 1ms, but is 0s");
        assertThatThrownBy(() -> new DecorrelatedFactory.Settings(MINUTE, SECOND))
                .hasMessage("max must not be shorter than initial, 1m, but is 1s");
        assertThatThrownBy(() -> new CrashLoopFactory.Settings(Double.NaN)).hasMessageContaining("NaN");
    }

    private static Backoff decorrelated(Duration initial, Duration max) {
        return new DecorrelatedFactory().create(new DecorrelatedFactory.Settings(initial, max));
    }

    private static List<Long> delays(Backoff backoff, int... numbers) {
        return IntStream.of(numbers)
                .mapToObj(n -> backoff.delay(attempt(n, 0.9)))
                .peek(d -> assertThat(d.getNano()).isZero())
                .map(Duration::getSeconds)
                .toList();
    }

    private static Attempt attempt(int number, double random) {
        return new Attempt(number, Duration.ZERO, Duration.ofSeconds(5), random);
    }

    private static Attempt after(Duration previous, double random) {
        return new Attempt(2, previous, Duration.ofSeconds(5), random);
    }
}
