package dev.upkeep.process;

import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One platform thread in epoll_wait, for any number of descriptors. It never ends by a fault: what a handler throws is
 * logged and the next event handled.
 *
 * <p>Each registration has a token that is never used again, so that an event left over from a closed descriptor finds
 * nothing instead of whoever got the number next.
 */
final class Poller<T extends Poller.Watch> {
    private static final Logger log = LoggerFactory.getLogger(Poller.class);
    private static final int EVENTS_AT_ONCE = 256;
    private static final long WAKE_TOKEN = 0;
    private static final long PAUSE_AFTER_FAILURE_MILLIS = 100;

    /** A descriptor in the care of a poller. */
    abstract static class Watch {
        final int fd;
        long token;

        Watch(int fd) {
            this.fd = fd;
        }
    }

    /** What is done on the thread. */
    interface Handler<T extends Watch> {
        void ready(Poller<T> poller, T watched);

        /** Somebody called {@link #wake}; also looked at between two events, so it must be cheap. */
        void woken(Poller<T> poller);

        /** The last call: close what {@link #watched} still holds. */
        void closed(Poller<T> poller);
    }

    private final int epoll;
    private final int eventfd;
    private final Handler<T> handler;
    private final Thread thread;
    private final ConcurrentMap<Long, T> watched = new ConcurrentHashMap<>();
    private final AtomicLong tokens = new AtomicLong(WAKE_TOKEN);
    private final AtomicBoolean wakePending = new AtomicBoolean();
    private volatile boolean closing;
    // Guarded by wakePending: nobody may write to a descriptor that has gone to somebody else.
    private boolean closed;

    Poller(String name, Handler<T> handler) throws CallFailed {
        this.handler = handler;
        this.epoll = Kernel.epoll();
        this.eventfd = Kernel.eventfd();
        Kernel.epollAdd(epoll, eventfd, WAKE_TOKEN);
        this.thread = Thread.ofPlatform().name(name).daemon(true).unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    /** Watches a descriptor from now on. Any thread, but not after {@link #close}. */
    void add(T what) throws CallFailed {
        what.token = tokens.incrementAndGet();
        watched.put(what.token, what);
        try {
            Kernel.epollAdd(epoll, what.fd, what.token);
        } catch (CallFailed e) {
            watched.remove(what.token);
            throw e;
        }
    }

    /**
     * Stops watching; the descriptor may be closed after. Returns false if it was not watched any more, and may be
     * somebody else's already.
     */
    boolean remove(T what) {
        if (!watched.remove(what.token, what)) {
            return false;
        }
        Kernel.epollDelete(epoll, what.fd);
        return true;
    }

    boolean watches(T what) {
        return watched.containsKey(what.token);
    }

    Iterable<T> watched() {
        return watched.values();
    }

    void wake() {
        if (wakePending.compareAndSet(false, true)) {
            synchronized (wakePending) {
                if (!closed) {
                    Kernel.wake(eventfd);
                }
            }
        }
    }

    /** Ends the thread and waits until it has; not for ever, because a handler may hang in somebody's sink. */
    void close() {
        closing = true;
        wakePending.set(false);
        wake();
        Threads.awaitEnd(thread);
    }

    private void run() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment events = arena.allocate((long) EVENTS_AT_ONCE * Kernel.SIZEOF_EPOLL_EVENT, 8);
            while (!closing) {
                try {
                    round(events);
                } catch (Throwable e) {
                    log.atError()
                            .addKeyValue("thread", thread.getName())
                            .setCause(e)
                            .log("could not wait for events");
                    pause();
                }
            }
        } finally {
            handler.closed(this);
            Kernel.close(epoll);
            synchronized (wakePending) {
                closed = true;
                Kernel.close(eventfd);
            }
        }
    }

    private void round(MemorySegment events) throws CallFailed {
        int count = Kernel.epollWait(epoll, events);
        for (int i = 0; i < count && !closing; i++) {
            long token = events.get(JAVA_LONG_UNALIGNED,
                    (long) i * Kernel.SIZEOF_EPOLL_EVENT + Kernel.EPOLL_DATA);
            if (token == WAKE_TOKEN) {
                Kernel.clear(eventfd);
            } else {
                handle(watched.get(token));
            }
            if (wakePending.get()) {
                woken();
            }
        }
    }

    private void handle(@Nullable T what) {
        if (what == null) {
            return;
        }
        try {
            handler.ready(this, what);
        } catch (Throwable e) {
            log.atError()
                    .addKeyValue("thread", thread.getName())
                    .setCause(e)
                    .log("an event could not be handled");
        }
    }

    private void woken() {
        // Before the work: who comes during it wakes again.
        wakePending.set(false);
        try {
            handler.woken(this);
        } catch (Throwable e) {
            log.atError()
                    .addKeyValue("thread", thread.getName())
                    .setCause(e)
                    .log("a request could not be handled");
        }
    }

    private static void pause() {
        try {
            Thread.sleep(PAUSE_AFTER_FAILURE_MILLIS);
        } catch (InterruptedException e) {
            // Nobody may end this thread but close(): the flag stays cleared.
        }
    }
}
