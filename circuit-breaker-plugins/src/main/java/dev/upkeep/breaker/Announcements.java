package dev.upkeep.breaker;

import dev.upkeep.api.breaker.BreakerContext;
import dev.upkeep.api.breaker.CircuitBreaker.View;
import dev.upkeep.api.time.Timers.Cancellable;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * Tells listeners of changes in the order of their epochs, off the threads that made them (C9). Two threads that change
 * the breaker one after the other may come here the other way round; the later change then waits for the earlier.
 */
final class Announcements {
    private final BreakerContext context;
    private final List<Consumer<View>> listeners = new CopyOnWriteArrayList<>();
    private final Map<Long, View> waiting = new ConcurrentHashMap<>();
    private final AtomicInteger wanted = new AtomicInteger();
    /** Guarded by {@link #wanted}: only the thread that raised it from 0 reads and writes this. */
    private long nextEpoch;

    Announcements(BreakerContext context, long firstEpoch) {
        this.context = context;
        nextEpoch = firstEpoch;
    }

    Cancellable add(Consumer<View> listener) {
        // Its own object, so that of two equal listeners each can go by itself.
        Consumer<View> registered = listener::accept;
        listeners.add(registered);
        return () -> listeners.remove(registered);
    }

    void announce(View view) {
        waiting.put(view.epoch(), view);
        try {
            context.listeners().execute(this::deliver);
        } catch (RejectedExecutionException e) {
            context.log()
                    .atDebug()
                    .addKeyValue("breaker", context.name())
                    .setCause(e)
                    .log("listeners were not told of a change, their thread has ended");
        }
    }

    private void deliver() {
        if (wanted.getAndIncrement() != 0) {
            return;
        }
        int handled = 1;
        do {
            View view = waiting.remove(nextEpoch);
            while (view != null) {
                nextEpoch++;
                tell(view);
                view = waiting.remove(nextEpoch);
            }
            handled = wanted.addAndGet(-handled);
        } while (handled != 0);
    }

    private void tell(View view) {
        for (Consumer<View> listener : listeners) {
            try {
                listener.accept(view);
            } catch (VirtualMachineError e) {
                wanted.set(0);
                throw e;
            } catch (Throwable e) {
                context.log()
                        .atWarn()
                        .addKeyValue("breaker", context.name())
                        .setCause(e)
                        .log("a listener of the breaker threw");
            }
        }
    }
}
