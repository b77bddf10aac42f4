package dev.upkeep.breaker;

import dev.upkeep.api.settings.Choice;
import dev.upkeep.api.settings.Defaults;
import java.time.Duration;

/** The circuit breakers, for programs that build their tree in Java. */
public final class CircuitBreakers {
    private CircuitBreakers() {}

    /** Opens on the fifth failure within 60 s, for 30 s at first. */
    public static Choice count() {
        return Choice.of("count");
    }

    /**
     * Opens after so many failures within a time.
     *
     * @param failures it opens on the failure with this number, from 1 to 10,000
     * @param within the time that they have to fall in, at least 1 ms
     */
    public static Choice count(int failures, Duration within) {
        CountFactory.Settings defaults = Defaults.of(CountFactory.Settings.class);
        return Choice.of("count",
                new CountFactory.Settings(failures, within, defaults.openFor(), defaults.maxOpenFor(),
                        defaults.jitter(), defaults.trials(), defaults.trialTimeout(), defaults.ignore(),
                        defaults.failOn(), defaults.initialState()));
    }

    /** Opens on the fifth failure in a row, for 30 s at first. */
    public static Choice consecutive() {
        return Choice.of("consecutive");
    }

    /**
     * Opens after failures in a row.
     *
     * @param failures it opens on the failure with this number, at least 1
     * @param openFor how long it is open the first time, at most 10 min, or
     *         {@link dev.upkeep.api.settings.AllowForever#FOREVER} to wait for a person
     */
    public static Choice consecutive(int failures, Duration openFor) {
        ConsecutiveFactory.Settings defaults = Defaults.of(ConsecutiveFactory.Settings.class);
        return Choice.of("consecutive",
                new ConsecutiveFactory.Settings(failures, openFor, defaults.maxOpenFor(),
                        defaults.jitter(), defaults.trials(), defaults.trialTimeout(), defaults.ignore(),
                        defaults.failOn(), defaults.initialState()));
    }

    /** Opens when half of the last 100 calls failed, or all of them took 5 s or longer; judges from 20 calls on. */
    public static Choice failureRate() {
        return Choice.of("failure-rate");
    }
}
