package dev.upkeep.control;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.thread.Scheduler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Bounds what all clients together can hold (O4). A connection carries one request; it has so long to be over, unless it
 * waits for a verb. When there are too many, the oldest that is not waiting for a verb is closed: a flood drowns itself,
 * while an honest client is the newest and is served.
 */
final class Doorkeeper implements Connection.Listener {
    private static final Logger LOG = LoggerFactory.getLogger(Doorkeeper.class);

    private final PeerCheck peers;
    private final Scheduler scheduler;
    private final int most;
    private final int mostWaiting;
    private final Duration life;
    private final AtomicLong strangers = new AtomicLong();

    /** Oldest first. */
    @GuardedBy("this")
    private final Map<Connection, Visit> open = new LinkedHashMap<>();

    /** What an open connection is at: it waits for a verb, or has until the task runs. */
    private record Visit(boolean waiting, Scheduler.Task end) {}

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

    @Override
    public void onOpened(Connection connection) {
        if (!admits(connection)) {
            connection.getEndPoint().close();
            return;
        }
        register(connection).ifPresent(crowdedOut -> crowdedOut.getEndPoint().close());
    }

    private boolean admits(Connection connection) {
        try {
            if (peers.admits((SocketChannel) connection.getEndPoint().getTransport())) {
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

    /** Returns the connection that has to go for it, if there is no room. */
    private synchronized Optional<Connection> register(Connection connection) {
        open.put(connection, limited(connection));
        if (open.size() <= most) {
            return Optional.empty();
        }
        return open.entrySet()
                .stream()
                .filter(entry -> !entry.getValue().waiting())
                .map(Map.Entry::getKey)
                .findFirst();
    }

    private Visit limited(Connection connection) {
        return new Visit(false, scheduler.schedule(connection.getEndPoint()::close, life));
    }

    /** Notes that the connection waits for a verb; false if too many do, or it is closed. */
    synchronized boolean beginWaiting(Connection connection) {
        Visit visit = open.get(connection);
        if (visit == null || waiting().size() >= mostWaiting && !forgetTheDead()) {
            return false;
        }
        visit.end().cancel();
        open.put(connection, new Visit(true, visit.end()));
        return true;
    }

    @GuardedBy("this")
    private List<Connection> waiting() {
        return open.entrySet()
                .stream()
                .filter(entry -> entry.getValue().waiting())
                .map(Map.Entry::getKey)
                .toList();
    }

    /** Closes what nobody is at the other end of: while a request waits, Jetty does not read, so it does not notice. */
    @GuardedBy("this")
    private boolean forgetTheDead() {
        List<Connection> dead = waiting().stream().filter(Doorkeeper::isDead).toList();
        dead.forEach(open::remove);
        dead.forEach(connection -> connection.getEndPoint().close());
        return !dead.isEmpty();
    }

    private static boolean isDead(Connection connection) {
        try {
            // What is read here is lost, and may be: one connection has one request, and that has been read.
            return connection.getEndPoint().fill(BufferUtil.allocate(256)) < 0;
        } catch (IOException e) {
            return true;
        }
    }

    /** Notes that the verb is done; from now on the client has so long to take the answer. */
    synchronized void endWaiting(Connection connection) {
        if (open.containsKey(connection)) {
            open.put(connection, limited(connection));
        }
    }

    @Override
    public synchronized void onClosed(Connection connection) {
        Visit visit = open.remove(connection);
        if (visit != null) {
            visit.end().cancel();
        }
    }
}
