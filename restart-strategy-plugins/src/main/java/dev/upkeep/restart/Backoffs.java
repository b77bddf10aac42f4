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
}
