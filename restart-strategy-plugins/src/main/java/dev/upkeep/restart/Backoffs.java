package dev.upkeep.restart;

import dev.upkeep.api.settings.Choice;
import dev.upkeep.api.settings.Defaults;
import java.time.Duration;

/** The back-offs, for programs that build their tree in Java. */
public final class Backoffs {
    private Backoffs() {}

    /** Does not wait. */
    public static Choice immediate() {
        return Choice.of("immediate");
    }

    /**
     * Waits equally long before each attempt.
     *
     * @param delay at least 1 ms
     */
    public static Choice fixed(Duration delay) {
        return Choice.of("fixed", new FixedFactory.Settings(delay));
    }

    /** Waits 1 s, 2 s, 4 s and so on up to 60 s, each shortened by up to 30 %. */
    public static Choice exponential() {
        return Choice.of("exponential");
    }

    /**
     * Waits twice as long with each failure in a row, each wait shortened by up to 30 %.
     *
     * @param initial the wait before the first attempt, at least 1 ms
     * @param max the longest wait, not shorter than {@code initial}
     */
    public static Choice exponential(Duration initial, Duration max) {
        ExponentialFactory.Settings defaults = Defaults.of(ExponentialFactory.Settings.class);
        return Choice.of("exponential",
                new ExponentialFactory.Settings(initial, defaults.multiplier(), max, defaults.jitter()));
    }

    /** Waits 1 s, 2 s, 3 s and so on up to 60 s, each shortened by up to 30 %. */
    public static Choice linear() {
        return Choice.of("linear");
    }

    /**
     * Waits longer by the same step with each failure in a row, each wait shortened by up to 30 %.
     *
     * @param step the wait before the first attempt, at least 1 ms
     * @param max the longest wait, not shorter than {@code step}
     */
    public static Choice linear(Duration step, Duration max) {
        LinearFactory.Settings defaults = Defaults.of(LinearFactory.Settings.class);
        return Choice.of("linear", new LinearFactory.Settings(step, max, defaults.jitter()));
    }

    /** Waits 1 s, 1 s, 2 s, 3 s, 5 s and so on up to 60 s, each shortened by up to 30 %. */
    public static Choice fibonacci() {
        return Choice.of("fibonacci");
    }

    /**
     * Waits as long as before the last two attempts together, each wait shortened by up to 30 %.
     *
     * @param initial the wait before the first attempt, at least 1 ms
     * @param max the longest wait, not shorter than {@code initial}
     */
    public static Choice fibonacci(Duration initial, Duration max) {
        FibonacciFactory.Settings defaults = Defaults.of(FibonacciFactory.Settings.class);
        return Choice.of("fibonacci", new FibonacciFactory.Settings(initial, max, defaults.jitter()));
    }

    /** Draws each wait between 1 s and three times the wait before, at most 60 s. */
    public static Choice decorrelated() {
        return Choice.of("decorrelated");
    }

    /**
     * Draws each wait between the shortest and three times the wait before.
     *
     * @param initial the shortest wait, at least 1 ms
     * @param max the longest wait, not shorter than {@code initial}
     */
    public static Choice decorrelated(Duration initial, Duration max) {
        return Choice.of("decorrelated", new DecorrelatedFactory.Settings(initial, max));
    }

    /** Waits as Kubernetes does: 10 s, doubling up to 300 s, from the start again after 10 minutes of being ready. */
    public static Choice crashLoop() {
        return Choice.of("crash-loop");
    }
}
