package dev.upkeep.tree;

import dev.upkeep.api.breaker.CircuitBreaker.View;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries the changes of one breaker to one listener, in order (C9). Each has its own: one that never comes back holds up no
 * other, and no timer. One that is slow loses the oldest, and sees that by the epochs.
 */
final class ViewFeed {
    static final int MOST = 1_000;

    private static final Logger log = LoggerFactory.getLogger(ViewFeed.class);

    private final Consumer<View> listener;
    private final Executor executor;
    // Guarded by this.
    private final Deque<View> waiting = new ArrayDeque<>(0);
    private boolean handing;
    private boolean over;
    private boolean complained;

    ViewFeed(Consumer<View> listener, Executor executor) {
        this.listener = listener;
        this.executor = executor;
    }

    /** Takes a change. Called in order; never blocks. */
    void offer(View view) {
        synchronized (this) {
            if (over) {
                return;
            }
            if (waiting.size() == MOST) {
                waiting.remove();
            }
            waiting.add(view);
            if (handing) {
                return;
            }
            handing = true;
        }
        executor.execute(this::handOver);
    }

    private void handOver() {
        for (View view = next(); view != null; view = next()) {
            try {
                listener.accept(view);
            } catch (Exception | LinkageError | StackOverflowError | AssertionError e) {
                complain(view, e);
            }
        }
    }

    private synchronized @Nullable View next() {
        View view = waiting.poll();
        handing = view != null;
        return view;
    }

    private synchronized void complain(View view, Throwable thrown) {
        if (!complained) {
            complained = true;
            log.atWarn()
                    .addKeyValue("breaker", view.name())
                    .setCause(thrown)
                    .log("a listener of the breaker failed; it is kept, and not reported again");
        }
    }

    /** Hands over nothing more; what is under way is not waited for. */
    synchronized void close() {
        over = true;
        waiting.clear();
    }
}
