package dev.upkeep.component;

import dev.upkeep.api.time.Ticker;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How many stacks are told per second. To write one down costs more than the whole restart: in a storm the first ones say it
 * all, and the others have the words of what was thrown (E3).
 */
final class StackAllowance {
    static final int PER_SECOND = 100;

    private static final long SECOND = 1_000_000_000L;
    private static final int COUNT_BITS = 20;

    private final Ticker ticker;
    /** The second that is counted in, and the stacks told in it. */
    private final AtomicLong told = new AtomicLong();

    StackAllowance(Ticker ticker) {
        this.ticker = ticker;
    }

    /** Takes one of this second's, if there is one left. Safe for any thread. */
    boolean take() {
        long second = Math.floorDiv(ticker.nanos(), SECOND) << COUNT_BITS;
        while (true) {
            long before = told.get();
            boolean sameSecond = before >> COUNT_BITS == second >> COUNT_BITS;
            long count = sameSecond ? before & ((1 << COUNT_BITS) - 1) : 0;
            if (count >= PER_SECOND) {
                return false;
            }
            if (told.compareAndSet(before, second | (count + 1))) {
                return true;
            }
        }
    }
}
