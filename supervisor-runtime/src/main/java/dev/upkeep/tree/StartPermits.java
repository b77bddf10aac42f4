package dev.upkeep.tree;

import dev.upkeep.api.breaker.Permit;
import dev.upkeep.api.child.ChildPath;
import dev.upkeep.supervise.Action.StartResult;
import java.util.HashMap;
import java.util.Map;

/** The permits of starts that nothing was reported on yet, by number. The loop's own. */
final class StartPermits {
    private record Held(Guarded from, ChildPath path, Permit permit) {}

    private final Map<Long, Held> permits = new HashMap<>();
    private final Map<ChildPath, Long> permitOf = new HashMap<>();
    private long last;

    /** Keeps a permit under a number. A child holds one at most: that of an earlier start is given back. */
    long hold(Guarded from, ChildPath path, Permit permit) {
        giveBackOf(path);
        last++;
        permits.put(last, new Held(from, path, permit));
        permitOf.put(path, last);
        return last;
    }

    /** Gives back what a child holds. */
    void giveBackOf(ChildPath path) {
        Long held = permitOf.get(path);
        if (held != null) {
            settle(held, StartResult.IGNORED);
        }
    }

    /** Reports on a permit; unknown ones are passed over. */
    void settle(long number, StartResult result) {
        Held held = permits.remove(number);
        if (held == null) {
            return;
        }
        permitOf.remove(held.path(), number);
        held.from().guard(breaker -> {
            switch (result) {
                case SUCCESS -> held.permit().success();
                // Without a throwable: the names in the breaker's settings speak of calls, and must not make it a success.
                case FAILURE -> held.permit().failure(null);
                case IGNORED -> held.permit().ignore();
            }
        });
    }
}
