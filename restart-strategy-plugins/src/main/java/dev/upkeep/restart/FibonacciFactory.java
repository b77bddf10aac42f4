package dev.upkeep.restart;

import dev.upkeep.api.restart.Backoff;
import dev.upkeep.api.restart.BackoffFactory;
import dev.upkeep.api.settings.Default;
import dev.upkeep.api.settings.Doc;
import dev.upkeep.api.settings.Durations;
import dev.upkeep.api.settings.Range;
import java.time.Duration;

/**
 * {@code fibonacci}: each wait is as long as the two before it together, up to a limit. It rises more gently than
 * {@code exponential}.
 *
 * <p>With {@code n} counting failures in a row from 1, and F the numbers of Fibonacci 1, 1, 2, 3, 5, 8 …, the wait is
 * {@code min(max, initial · F(n))}, and then chance takes away up to {@code jitter} of it. With a jitter of 0 the defaults wait
 * 1, 1, 2, 3, 5, 8, 13, 21, 34, 55, 60, 60 s.
 */
public final class FibonacciFactory implements BackoffFactory<FibonacciFactory.Settings> {
    /** All of Fibonacci's numbers that a long holds, the first at 0. */
    private static final long[] NUMBERS = numbers();

    /**
     * What can be set.
     *
     * @param initial at least 1 ms
     * @param max not shorter than {@code initial}
     * @param jitter from 0 to 1; children that wait equally long at {@code max} must not all come back in one moment (K2)
     */
    public record Settings(
            @Doc("the wait before the first attempt, and before the second") @Default("1s") @Range(min = 0.001) Duration initial,
            @Doc("the longest wait") @Default("60s") @Range(min = 0.001) Duration max,
            @Doc("the part of a wait that chance may take away") @Default("0.3") @Range(min = 0, max = 1) double jitter) {
        public Settings {
            Waits.requireRising("initial", initial, max);
            Waits.requireShare("jitter", jitter);
        }
    }

    private static long[] numbers() {
        long[] numbers = new long[92];
        numbers[0] = 1;
        numbers[1] = 1;
        for (int i = 2; i < numbers.length; i++) {
            numbers[i] = Math.addExact(numbers[i - 1], numbers[i - 2]);
        }
        return numbers;
    }

    @Override
    public String type() {
        return "fibonacci";
    }

    @Override
    public Class<Settings> settings() {
        return Settings.class;
    }

    @Override
    public Backoff create(Settings settings) {
        // The last number, times the least unit of 1 ms, is beyond every cap: any later attempt waits as long.
        return new Multiples(Durations.saturatedNanos(settings.initial()),
                number -> NUMBERS[Math.min(number, NUMBERS.length) - 1],
                Durations.saturatedNanos(settings.max()), settings.jitter());
    }
}
