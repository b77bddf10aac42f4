package dev.upkeep.api.breaker;

import dev.upkeep.api.time.Ticker;
import dev.upkeep.api.time.Timers;
import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;

/** What a breaker gets from the runtime. Time from elsewhere cannot be tested under virtual time. */
public interface BreakerContext {
    /** Returns the configured name; the child's path for a breaker of its own. */
    String name();

    /** Returns how many trials a half-open breaker lets through when its settings do not say: 1 for a child's own, 3 for a shared one. */
    int defaultTrials();

    Ticker ticker();

    Timers timers();

    RandomGenerator random();

    /** Returns where listeners are called: in order, off the callers' threads. */
    Executor listeners();

    Logger log();
}
