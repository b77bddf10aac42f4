package dev.upkeep.api.health;

import dev.upkeep.api.child.ChildPath;
import dev.upkeep.api.settings.Choice;
import dev.upkeep.api.time.Ticker;
import dev.upkeep.api.time.Timers;
import java.time.InstantSource;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;
import org.slf4j.Logger;

/** What a check knows of the instance it was made for. Every method may be called from any thread and never blocks. */
public interface CheckContext {
    ChildPath path();

    long generation();

    /** Returns the process id, for an instance that is a process. */
    OptionalLong pid();

    /** Returns the monotonic clock. A check that takes time from elsewhere cannot be tested under virtual time. */
    Ticker ticker();

    InstantSource clock();

    Timers timers();

    RandomGenerator random();

    Logger log();

    /**
     * Returns when the silence began that a heartbeat check judges: the arrival of the last beat, or the moment
     * the instance was ready, or the end of the last pause of the supervisor itself, whichever came last.
     */
    long quietSinceNanos();

    /**
     * Hears every sign of life of the instance from now on: the time of its arrival on the context's ticker. Called on the
     * thread that brought it: must be quick and must not throw. Ends with the check.
     */
    void onBeat(LongConsumer listener);

    /**
     * Hears every line of the instance's stdout and stderr that the pattern finds. Registered while the check is made, it
     * hears what was written since the start of the instance as well (the first 256 KiB of it). Lines longer than 64 KiB are cut.
     * Called on a virtual thread of that listener's own, one line at a time; what comes faster than it looks at them is passed
     * over beyond 256 KiB. Ends with the check. A component has no lines.
     */
    void onLine(Pattern pattern, Consumer<String> listener);

    /**
     * Makes another check of the same instance, for a check that is made of others. Whoever makes it runs it and closes it.
     *
     * @throws IllegalArgumentException if there is no check of that type, or it does not take these settings
     */
    HealthCheck make(Choice check);

    /**
     * Returns what the instance has reported of its own work since it started: by {@code context.record}, by lines of its
     * output, and by its calls through breakers.
     */
    Outcomes outcomes();

    /**
     * Counts of work done, only growing.
     *
     * @param ok calls that went well
     * @param failed calls that failed
     */
    record Outcomes(long ok, long failed) {}
}
