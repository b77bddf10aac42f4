package dev.upkeep.control;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.thread.Scheduler;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Bounds what all clients together can hold (O4). A connection carries one request; it has so long to be over, unless it
 * waits for a verb. When there are too many, the next is not accepted before the oldest that waits for no verb has had its
 * moment, and is closed: a flood drowns itself, while an honest client, whose request comes at once, is served.
 */
final class Doorkeeper implements Connection.Listener {
    private static final Logger LOG = LoggerFactory.getLogger(Doorkeeper.class);
    private static final long MOMENT_MILLIS = 100;

    private final PeerCheck peers;
    private final Scheduler scheduler;
    private final int most;
    private final int mostWaiting;
    private final Duration life;
    private final AtomicLong strangers = new AtomicLong();

    /** Oldest first. */
    @GuardedBy("this")
    private final Map<SocketChannel, Visit> inside = new LinkedHashMap<>();

    /** What is known of an accepted connection. */
    private static final class Visit {
        private final long since = System.nanoTime();
        private @Nullable Connection connection;
        private Scheduler.@Nullable Task end;
        private boolean waiting;

        private long ageMillis() {
            return (System.nanoTime() - since) / 1_000_000;
        }
    }

    /**
     * @param most connections at a time
     * @param mostWaiting connections that may wait for a verb, less than {@code most}
     * @param life of a connection that does not
     */
    Doorkeeper(PeerCheck peers, Scheduler scheduler, int most, int mostWaiting, Duration life) {
        this.peers = peers;
        this.scheduler = scheduler;
        this.most = most;
        this.mostWaiting = mostWaiting;
        this.life = life;
    }

    /** Holds the accepting thread until there is room. Without it a flood is accepted faster than it can be closed. */
    synchronized void enter(SocketChannel channel) throws InterruptedException {
        while (inside.size() >= most) {
            if (!inside.keySet().removeIf(other -> !other.isOpen())) {
                wait(crowdOut());
            }
        }
        inside.put(channel, new Visit());
    }

    /** Closes the oldest, if it has had its moment; returns in how many milliseconds to look again, at least 1. */
    @GuardedBy("this")
    private long crowdOut() {
        for (Visit visit : inside.values()) {
            if (visit.connection != null && !visit.waiting) {
                if (visit.ageMillis() >= MOMENT_MILLIS) {
                    visit.connection.getEndPoint().close();
                    return 1;
                }
                return MOMENT_MILLIS - visit.ageMillis() + 1;
            }
        }
        return MOMENT_MILLIS;
    }

    @Override
    public void onOpened(Connection connection) {
        if (!admits(connection)) {
            connection.getEndPoint().close();
            return;
        }
        synchronized (this) {
            Visit visit = inside.get(channel(connection));
            if (visit != null) {
                visit.connection = connection;
                visit.end = end(connection);
            }
        }
    }

    private static SocketChannel channel(Connection connection) {
        return (SocketChannel) connection.getEndPoint().getTransport();
    }

    private Scheduler.Task end(Connection connection) {
        return scheduler.schedule(connection.getEndPoint()::close, life);
    }

    private boolean admits(Connection connection) {
        try {
            if (peers.admits(channel(connection))) {
                return true;
            }
        } catch (IOException e) {
            LOG.atDebug().setCause(e).log("control connection without credentials refused");
            return false;
        }
        long count = strangers.incrementAndGet();
        if (Long.bitCount(count) == 1) { // 1, 2, 4, 8, …: a stranger cannot fill the log
            LOG.atWarn().addKeyValue("refused", count).log("control connection of another user refused");
        }
        return false;
    }

    /** Notes that the connection waits for a verb; false if too many do, or it is closed. */
    synchronized boolean beginWaiting(Connection connection) {
        Visit visit = inside.get(channel(connection));
        if (visit == null || waiting() >= mostWaiting && !forgetTheDead()) {
            return false;
        }
        cancelEnd(visit);
        visit.waiting = true;
        return true;
    }

    @GuardedBy("this")
    private long waiting() {
        return inside.values().stream().filter(visit -> visit.waiting).count();
    }

    /** Closes what nobody is at the other end of: while a request waits, Jetty does not read, so it does not notice. */
    @GuardedBy("this")
    private boolean forgetTheDead() {
        List<Visit> dead = inside.values()
                .stream()
                .filter(visit -> visit.waiting && isDead(visit.connection))
                .toList();
        inside.values().removeAll(dead);
        dead.forEach(visit -> close(visit.connection));
        return !dead.isEmpty();
    }

    private static void close(@Nullable Connection connection) {
        if (connection != null) {
            connection.getEndPoint().close();
        }
    }

    private static boolean isDead(@Nullable Connection connection) {
        try {
            // What is read here is lost, and may be: one connection has one request, and that has been read.
            return connection != null && connection.getEndPoint().fill(BufferUtil.allocate(256)) < 0;
        } catch (IOException e) {
            return true;
        }
    }

    /** Notes that the verb is done; from now on the client has so long to take the answer. */
    synchronized void endWaiting(Connection connection) {
        Visit visit = inside.get(channel(connection));
        if (visit != null) {
            visit.waiting = false;
            visit.end = end(connection);
        }
    }

    private static void cancelEnd(Visit visit) {
        if (visit.end != null) {
            visit.end.cancel();
        }
    }

    @Override
    public synchronized void onClosed(Connection connection) {
        Visit visit = inside.remove(channel(connection));
        if (visit != null) {
            cancelEnd(visit);
        }
        notifyAll();
    }
}
