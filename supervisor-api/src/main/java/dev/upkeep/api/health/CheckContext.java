package dev.upkeep.api.health;

import dev.upkeep.api.child.ChildPath;
import dev.upkeep.api.time.Ticker;
import java.time.InstantSource;
import java.util.OptionalLong;
import java.util.random.RandomGenerator;
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

    RandomGenerator random();

    Logger log();

    /**
     * Returns when the silence began that a heartbeat check judges: the arrival of the last beat, or the moment
     * the instance was ready, or the end of the last pause of the supervisor itself, whichever came last.
     */
    long quietSinceNanos();

    /** Returns what the instance has reported of its own work since it started. */
    Outcomes outcomes();

    /**
     * Counts of work done, only growing.
     *
     * @param ok calls that went well
     * @param failed calls that failed
     */
    record Outcomes(long ok, long failed) {}
}
