package dev.upkeep.breaker;

import dev.upkeep.api.settings.AllowForever;
import dev.upkeep.api.settings.Durations;
import java.time.Duration;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * How a breaker comes back: how long it stays open, and by which trials it closes. The open time doubles with each
 * opening, up to a limit: the ladder of C3, whose steps count from 0.
 *
 * @param trials how many trials have to succeed; the context's default if empty
 */
record Recovery(Duration openFor, Duration maxOpenFor, double jitter, Optional<Integer> trials,
        Duration trialTimeout) {
    Recovery {
        requirePositive("openFor", openFor);
        requirePositive("trialTimeout", trialTimeout);
        if (!openFor.equals(AllowForever.FOREVER) && maxOpenFor.compareTo(openFor) < 0) {
            throw new IllegalArgumentException("maxOpenFor must not be shorter than openFor, "
                    + Durations.format(openFor) + ", but is " + Durations.format(maxOpenFor));
        }
        if (!(jitter >= 0 && jitter <= 1)) {
            throw new IllegalArgumentException("jitter must be from 0 to 1, but is " + jitter);
        }
        if (trials.orElse(1) < 1) {
            throw new IllegalArgumentException("trials must be at least 1, but is " + trials.orElse(1));
        }
    }

    /** Returns the step that was read from somewhere, brought into the range of the ladder. */
    static int step(int claimed) {
        return Math.clamp(claimed, 0, Long.SIZE);
    }

    private static void requirePositive(String setting, Duration value) {
        if (value.compareTo(Duration.ofMillis(1)) < 0) {
            throw new IllegalArgumentException(
                    setting + " must be at least 1ms, but is " + Durations.format(value));
        }
    }

    /** Returns whether only a person ends the open state. */
    boolean waitsForPerson() {
        return openFor.equals(AllowForever.FOREVER);
    }

    /** Returns how long an opening on that step lasts, before jitter. */
    long openNanos(int step) {
        long first = Durations.saturatedNanos(openFor);
        long most = Durations.saturatedNanos(maxOpenFor);
        return step >= Long.numberOfLeadingZeros(first) - 1 ? most : Math.min(first << step, most);
    }

    /** Returns how long an opening on that step lasts; chance only shortens it (K2). Empty if only a person ends it. */
    Optional<Duration> openTime(int step, RandomGenerator chance) {
        if (waitsForPerson()) {
            return Optional.empty();
        }
        long plain = openNanos(step);
        return Optional.of(Duration.ofNanos(plain - (long) (plain * jitter * chance.nextDouble())));
    }

    /** Returns the step after that one. */
    int up(int step) {
        return openNanos(step) < Durations.saturatedNanos(maxOpenFor) ? step + 1 : step;
    }

    /** Returns the step after health for so long: each open time of health leads one step down. */
    int down(int step, long healthyNanos) {
        long left = healthyNanos;
        int now = step;
        while (now > 0 && left >= openNanos(now - 1)) {
            now--;
            left -= openNanos(now);
        }
        return now;
    }
}
