package dev.upkeep.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.upkeep.api.health.DeadlineCheck;
import dev.upkeep.api.health.Health;
import dev.upkeep.api.settings.AllowForever;
import dev.upkeep.api.settings.Choice;
import dev.upkeep.api.settings.Defaults;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class PhiAccrualTest {
    private static final Duration SECOND = Duration.ofSeconds(1);

    private final FakeContext context = new FakeContext();

    private DeadlineCheck check(PhiAccrualFactory.Settings settings) {
        return (DeadlineCheck) new PhiAccrualFactory().create(settings, context);
    }

    private DeadlineCheck byDefault() {
        return check(Defaults.of(PhiAccrualFactory.Settings.class));
    }

    /** Beats so often, the first one now. */
    private void beats(int count, Duration every) {
        for (int i = 0; i < count; i++) {
            context.beat();
            context.advance(every);
        }
    }

    /** How long after the last beat, or what else ended the silence, it will be judged. */
    private Duration patience(DeadlineCheck check) {
        return Duration.ofNanos(check.deadlineNanos() - context.quietSinceNanos());
    }

    @Test
    @DisplayName("P9 a process is told twice the expected interval: at half of that it speaks as expected")
    void longestSilence() {
        PhiAccrualFactory factory = new PhiAccrualFactory();
        Duration longest = Duration.ofSeconds(Long.MAX_VALUE);

        assertThat(factory.longestSilence(new PhiAccrualFactory.Settings(Duration.ofSeconds(3), 8,
                Duration.ofMillis(100), Duration.ZERO))).hasValue(Duration.ofSeconds(6));
        assertThat(factory.longestSilence(new PhiAccrualFactory.Settings(longest, 8, Duration.ofMillis(100),
                Duration.ZERO))).hasValue(Duration.ofDays(365));
    }

    @Test
    void theFirstBeatHasTheTimeThatTheExpectedIntervalGives() throws Exception {
        DeadlineCheck check = byDefault();

        assertThat(patience(check)).isBetween(Duration.ofMillis(5_200), Duration.ofMillis(5_400));
        context.advance(patience(check).minusNanos(1));
        assertThat(check.probe()).isEqualTo(Health.healthy());
        context.advance(Duration.ofNanos(1));
        assertThat(check.probe()).isInstanceOfSatisfying(Health.Unhealthy.class, found -> assertThat(
                found.reason()).matches("silent for 5s\\d+ms, phi 8\\.0, with beats every 1s"));
    }

    @Test
    void aBeatEverySecondIsMissedAfterFourSecondsAndAHalf() {
        DeadlineCheck check = byDefault();
        beats(300, SECOND);

        assertThat(patience(check)).isBetween(Duration.ofMillis(4_500), Duration.ofMillis(4_540));
    }

    @Test
    void learnsThePaceOfTheChild() {
        DeadlineCheck slow = byDefault();
        beats(300, Duration.ofSeconds(20));
        assertThat(patience(slow)).isBetween(Duration.ofMillis(23_500), Duration.ofMillis(23_540));

        FakeContext hasty = new FakeContext();
        DeadlineCheck fast = (DeadlineCheck) new PhiAccrualFactory()
                .create(Defaults.of(PhiAccrualFactory.Settings.class), hasty);
        for (int i = 0; i < 300; i++) {
            hasty.beat();
            hasty.advance(Duration.ofMillis(10));
        }
        assertThat(Duration.ofNanos(fast.deadlineNanos() - hasty.quietSinceNanos()))
                .isBetween(Duration.ofMillis(3_510), Duration.ofMillis(3_540));
    }

    @Test
    void anIrregularChildIsGivenMoreTimeThanARegularOneOfTheSamePace() {
        DeadlineCheck regular = byDefault();
        beats(300, SECOND);
        Duration ofRegular = patience(regular);

        DeadlineCheck irregular = byDefault();
        for (int i = 0; i < 150; i++) {
            beats(1, Duration.ofMillis(100));
            beats(1, Duration.ofMillis(1_900));
        }
        assertThat(patience(irregular)).isGreaterThan(ofRegular.plusSeconds(3));
    }

    @Test
    void aBurstAfterABacklogDoesNotMakeAHealthyChildSuspicious() throws Exception {
        DeadlineCheck check = byDefault();
        beats(100, SECOND);
        beats(100, Duration.ofNanos(1));

        context.advance(SECOND);
        assertThat(check.probe()).isEqualTo(Health.healthy());
        assertThat(patience(check)).isGreaterThan(Duration.ofSeconds(3));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void whateverTheBeatsSuspicionComesAtTheDeadlineAndNotBefore(long seed) throws Exception {
        Random random = new Random(seed);
        DeadlineCheck check = check(new PhiAccrualFactory.Settings(
                Duration.ofMillis(1 + random.nextInt(5_000)), 0.1 + 20 * random.nextDouble(),
                Duration.ofMillis(1 + random.nextInt(500)), Duration.ofMillis(random.nextInt(3_000))));
        for (int i = 0; i < 500; i++) {
            beats(1, Duration.ofNanos((long) Math.pow(10, 10 * random.nextDouble())));
            long left = check.deadlineNanos() - context.ticker().nanos();
            assertThat(check.probe() instanceof Health.Healthy).isEqualTo(left > 0);
            if (random.nextInt(50) == 0 && left > 0) {
                context.advance(Duration.ofNanos(left - 1));
                assertThat(check.probe()).isEqualTo(Health.healthy());
                context.advance(Duration.ofNanos(1));
                assertThat(check.probe()).isInstanceOf(Health.Unhealthy.class);
                context.beat();
                assertThat(check.probe()).as("a beat, and all is well").isEqualTo(Health.healthy());
            }
        }
    }

    @Test
    void h7_theIntervalOverAPauseOfTheSupervisorItselfIsNotLearnt() {
        DeadlineCheck check = byDefault();
        beats(50, SECOND);
        Duration before = patience(check);

        context.advance(Duration.ofHours(1));
        context.noticePause();
        assertThat(patience(check)).as("it begins anew").isEqualTo(before);
        context.advance(SECOND);
        beats(3, SECOND);

        assertThat(patience(check)).isEqualTo(before);
    }

    @Test
    void h7_beatsThatComeBeforeThePauseIsNoticedDoNotHideIt() {
        DeadlineCheck check = byDefault();
        beats(50, SECOND);

        context.advance(Duration.ofHours(1));
        beats(5, Duration.ofMillis(1));
        context.noticePause();
        context.advance(SECOND);
        beats(20, SECOND);

        assertThat(patience(check)).isLessThan(Duration.ofSeconds(6));
    }

    @Test
    void aPauseOfTheChildsOwnIsLearntAndTheTimeGrows() {
        DeadlineCheck check = byDefault();
        beats(50, SECOND);
        Duration before = patience(check);

        context.advance(Duration.ofSeconds(60));
        beats(4, SECOND);

        assertThat(patience(check)).isGreaterThan(before.plusSeconds(20));
    }

    @Test
    void withoutAnEndToThePauseThereIsNoDeadline() throws Exception {
        DeadlineCheck check = check(new PhiAccrualFactory.Settings(SECOND, 8, Duration.ofMillis(100),
                AllowForever.FOREVER));
        beats(3, SECOND);

        assertThat(check.deadlineNanos()).isEqualTo(Long.MAX_VALUE);
        context.advance(Duration.ofDays(365));
        assertThat(check.probe()).isEqualTo(Health.healthy());
    }

    @Test
    void beatsOfManyThreadsWhileItIsAskedLoseNothing() throws Exception {
        BeatIntervals intervals = new BeatIntervals(SECOND.toNanos());
        CountDownLatch go = new CountDownLatch(1);
        Thread[] threads = new Thread[4];
        for (int t = 0; t < threads.length; t++) {
            long offset = t;
            threads[t] = Thread.ofVirtual().start(() -> {
                try {
                    go.await();
                } catch (InterruptedException e) {
                    return;
                }
                for (long i = 0; i < 10_000; i++) {
                    intervals.beat(i * 4 + offset, Long.MIN_VALUE / 2);
                    intervals.suspicion(0, 1, 0);
                }
            });
        }
        go.countDown();
        for (Thread thread : threads) {
            thread.join();
        }

        Suspicion suspicion = intervals.suspicion(0, 1, 0);
        assertThat(suspicion.mean()).isBetween(0.0, 40_000.0);
        assertThat(suspicion.stdDev()).isFinite();
    }

    @Test
    void settingsOutOfRangeAreRefused() {
        assertThatThrownBy(() -> PhiAccrualFactory.phiAccrual(Duration.ZERO))
                .hasMessageContaining("expectedInterval must be at least 1ms");
        assertThatThrownBy(() -> new PhiAccrualFactory.Settings(SECOND, 0, SECOND, SECOND))
                .hasMessageContaining("threshold must be above 0");
        assertThatThrownBy(() -> new PhiAccrualFactory.Settings(SECOND, Double.NaN, SECOND, SECOND))
                .hasMessageContaining("threshold must be above 0");
        assertThatThrownBy(() -> new PhiAccrualFactory.Settings(SECOND, 8, Duration.ZERO, SECOND))
                .hasMessageContaining("minStdDev must be at least 1ms");
        assertThatThrownBy(() -> new PhiAccrualFactory.Settings(SECOND, 8, SECOND, SECOND.negated()))
                .hasMessageContaining("acceptablePause must not be negative");
        assertThat(PhiAccrualFactory.phiAccrual()).isEqualTo(PhiAccrualFactory.phiAccrual(SECOND));
        assertThat(PhiAccrualFactory.phiAccrual()).extracting(Choice::type).isEqualTo("phi-accrual");
    }

    @Test
    void h3_saysThatItIsJudgedByItsDeadlineSoThatThresholdsAreRefused() {
        assertThat(new PhiAccrualFactory().judgedByDeadline()).isTrue();
    }
}
