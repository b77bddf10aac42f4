package dev.upkeep.control;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where clients come in, and what bounds all of them together (O4). A connection carries one request; it has so long to be
 * over, unless it waits for a verb. When there are too many, the next is not accepted before the oldest that waits for no
 * verb has had its moment, and is closed: a flood drowns itself, while an honest client, whose request comes at once, is
 * served.
 *
 * <p>One thread does all reading and writing. Requests are answered on four more at most, which end when there is nothing
 * to do: platform threads all, for a component that burns the carriers of virtual threads must not keep an operator out.
 */
final class Door implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Door.class);
    private static final long MOMENT_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final long GRACE_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final int WORKERS = 4;
    private static final int TRANSFER_BYTES = 16 << 10;
    /** Of one that may lie with every client at once. */
    private static final int SHORT_ANSWER = 64 << 10;
    /** Of the longer ones of all clients together, unless it is a single one. */
    private static final int MOST_UNREAD = 16 << 20;

    /**
     * @param most connections at a time
     * @param mostWaiting connections that may wait for a verb, less than {@code most}
     * @param life of a connection that does not
     */
    record Bounds(int most, int mostWaiting, Duration life) {}

    private final ServerSocketChannel listening;
    private final Selector selector;
    private final SelectionKey accepting;
    private final PeerCheck peers;
    private final Routes routes;
    private final Bounds bounds;
    /** Never shut down: what is on its way when the door closes must not end on the tree's threads. */
    private final ThreadPoolExecutor workers;
    /** What there was no thread for: the door's own does it. */
    private final Queue<Runnable> leftOver = new ConcurrentLinkedQueue<>();
    private final Thread thread;
    private final ByteBuffer transfer = ByteBuffer.allocateDirect(TRANSFER_BYTES);
    /** Oldest first. */
    @GuardedBy("this")
    private final Set<Visit> inside = new LinkedHashSet<>();
    private volatile boolean closing;
    // Of the door's thread.
    private long acceptAgainAt = Long.MAX_VALUE;
    private long closeAt = Long.MAX_VALUE;
    private long strangers;

    private Door(ServerSocketChannel listening, Selector selector, PeerCheck peers, Routes routes,
            Bounds bounds, ThreadFactory threads)
            throws IOException {
        this.listening = listening;
        this.selector = selector;
        this.accepting = listening.configureBlocking(false).register(selector, SelectionKey.OP_ACCEPT);
        this.peers = peers;
        this.routes = routes;
        this.bounds = bounds;
        this.workers = new ThreadPoolExecutor(WORKERS, WORKERS, 1, TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(), threads);
        workers.allowCoreThreadTimeOut(true);
        this.thread = Thread.ofPlatform().daemon().name("control").unstarted(this::run);
    }

    /** Lets clients in from now on. Closes the channel in the end. */
    static Door open(ServerSocketChannel listening, PeerCheck peers, Routes routes, Bounds bounds)
            throws IOException {
        return open(listening, peers, routes, bounds,
                Thread.ofPlatform().daemon().name("control-", 0).factory());
    }

    static Door open(
            ServerSocketChannel listening,
            PeerCheck peers,
            Routes routes,
            Bounds bounds,
            ThreadFactory threads) throws IOException {
        Selector selector = Selector.open();
        try {
            Door door = new Door(listening, selector, peers, routes, bounds, threads);
            door.thread.start();
            return door;
        } catch (IOException | RuntimeException | Error e) {
            selector.close();
            throw e;
        }
    }

    Executor workers() {
        return this::execute;
    }

    /** An operator asks just when the host has no room for one thread more, as at the process limit (P3). */
    private void execute(Runnable task) {
        try {
            workers.execute(task);
        } catch (OutOfMemoryError e) {
            leftOver.add(task);
            look();
        }
    }

    /** Makes the door's thread look again at what has changed. */
    void look() {
        selector.wakeup();
    }

    private void run() {
        try (selector; listening) {
            while (!isOver()) {
                try {
                    Thread.interrupted(); // Nobody's business: it would close the channels.
                    selector.select(millisToWait());
                    for (SelectionKey key : selector.selectedKeys()) {
                        attend(key);
                    }
                    selector.selectedKeys().clear();
                    for (Runnable task = leftOver.poll(); task != null; task = leftOver.poll()) {
                        task.run();
                    }
                } catch (IOException | RuntimeException | Error e) {
                    complain(e);
                    LockSupport.parkNanos(MOMENT_NANOS); // Should it fail again and again.
                }
            }
        } catch (IOException e) {
            LOG.atDebug().setCause(e).log("control door closed badly");
        } finally {
            inside().forEach(Visit::close);
        }
    }

    /** Where there is no memory left, that cannot be said either; the door is to be there when there is some again. */
    private static void complain(Throwable e) {
        try {
            LOG.atError().setCause(e).log("control door failed, going on");
        } catch (OutOfMemoryError again) {
            return;
        }
    }

    private synchronized List<Visit> inside() {
        return List.copyOf(inside);
    }

    /** Once it is to be closed, only answers that are on their way are waited for, and not for long. */
    private boolean isOver() throws IOException {
        if (!closing) {
            return false;
        }
        if (closeAt == Long.MAX_VALUE) {
            closeAt = System.nanoTime() + GRACE_NANOS;
            listening.close();
        }
        List<Visit> left = inside();
        left.stream().filter(Visit::isReading).forEach(Visit::close);
        return closeAt - System.nanoTime() <= 0 || left.stream().allMatch(Visit::isGone);
    }

    /** Ends what is over, and returns how long the door's thread may sleep; 0 is for ever. */
    private long millisToWait() {
        long least = Long.MAX_VALUE;
        boolean someoneLeft = false;
        for (Visit visit : inside()) {
            long left = visit.isGone() ? 0 : visit.expire();
            if (visit.isGone()) {
                someoneLeft = true;
                forget(visit);
            } else {
                least = Math.min(least, left);
            }
        }
        if (closing) {
            return Math.clamp((closeAt - System.nanoTime()) / 1_000_000, 1, 100);
        }
        long now = System.nanoTime();
        if (acceptAgainAt != Long.MAX_VALUE && (someoneLeft || acceptAgainAt - now <= 0)) {
            acceptAgainAt = Long.MAX_VALUE;
            accepting.interestOps(SelectionKey.OP_ACCEPT);
        }
        if (acceptAgainAt != Long.MAX_VALUE) {
            least = Math.min(least, acceptAgainAt - now);
        }
        return least == Long.MAX_VALUE ? 0 : least / 1_000_000 + 1;
    }

    private void attend(SelectionKey key) {
        if (key == accepting) {
            accept();
            return;
        }
        Visit visit = (Visit) key.attachment();
        try {
            if (key.isReadable()) {
                visit.read(transfer).ifPresent(request -> execute(() -> answer(request, visit)));
            } else if (key.isWritable() && visit.write(transfer)) {
                visit.close();
            }
        } catch (RefusedException e) {
            visit.answer(e.answer());
        } catch (IOException | CancelledKeyException e) {
            visit.close();
        } catch (RuntimeException | Error e) {
            visit.close();
            throw e;
        }
    }

    private void answer(Request request, Visit visit) {
        try {
            routes.handle(request, visit);
        } catch (RuntimeException | Error e) {
            LOG.atError().setCause(e).addKeyValue("path", request.path()).log("control request failed");
            visit.answer(Answer.error(500, "internal", "the supervisor failed to do it: " + e));
            if (e instanceof VirtualMachineError) {
                throw e;
            }
        }
    }

    private void accept() {
        try {
            while (accepting.isValid()) {
                long wait = nanosUntilRoom();
                if (wait > 0) {
                    rest(wait);
                    return;
                }
                SocketChannel channel = listening.accept();
                if (channel == null) {
                    return;
                }
                enter(channel);
            }
        } catch (IOException e) {
            // As when there are no descriptors left. To try at once again would be to do nothing else.
            LOG.atDebug().setCause(e).log("control connection could not be accepted");
            rest(MOMENT_NANOS);
        }
    }

    private void rest(long nanos) {
        acceptAgainAt = System.nanoTime() + nanos;
        accepting.interestOps(0);
    }

    /** Closes the oldest if it has had its moment, should it be needed. */
    private long nanosUntilRoom() {
        List<Visit> visits = inside();
        if (visits.size() < bounds.most()) {
            return 0;
        }
        for (Visit visit : visits) {
            if (!visit.isWaiting()) {
                long left = MOMENT_NANOS - visit.ageNanos();
                if (left <= 0) {
                    visit.close();
                    forget(visit);
                }
                return left;
            }
        }
        return MOMENT_NANOS;
    }

    synchronized int connections() {
        return inside.size();
    }

    private synchronized void forget(Visit visit) {
        inside.remove(visit);
    }

    private void enter(SocketChannel channel) throws IOException {
        try {
            if (admits(channel)) {
                SelectionKey key = channel.configureBlocking(false).register(selector, SelectionKey.OP_READ);
                Visit visit = new Visit(this, key, bounds.life());
                key.attach(visit);
                synchronized (this) {
                    inside.add(visit);
                }
                return;
            }
        } catch (IOException e) {
            LOG.atDebug().setCause(e).log("control connection without credentials refused");
        }
        channel.close();
    }

    private boolean admits(SocketChannel channel) throws IOException {
        if (peers.admits(channel)) {
            return true;
        }
        strangers++;
        if (Long.bitCount(strangers) == 1) { // 1, 2, 4, 8, …: a stranger cannot fill the log
            LOG.atWarn().addKeyValue("refused", strangers).log("control connection of another user refused");
        }
        return false;
    }

    /**
     * Returns whether an answer may be kept until it is read; those that have had their moment make room. The status of very
     * many children is megabytes, and clients that ask and do not read would fill the memory of the supervisor.
     */
    synchronized boolean hasRoomFor(int bytes) {
        if (bytes <= SHORT_ANSWER) {
            return true;
        }
        long unread = 0;
        for (Visit visit : List.copyOf(inside)) {
            int left = visit.unread();
            unread += left > SHORT_ANSWER ? left : 0;
        }
        for (Visit visit : List.copyOf(inside)) {
            int left = visit.unread();
            if (unread > 0 && unread + bytes > MOST_UNREAD && left > SHORT_ANSWER
                    && visit.ageNanos() > MOMENT_NANOS) {
                visit.close();
                inside.remove(visit);
                unread -= left;
            }
        }
        look(); // What is closed holds its answer until the selector knows.
        return unread <= 0 || unread + bytes <= MOST_UNREAD;
    }

    /** Lets the visit wait for a verb; false if too many do. Those whose clients have died make room. */
    synchronized boolean beginWaiting(Visit visit, Duration atMost, Runnable late) {
        List<Visit> waiting = inside.stream().filter(Visit::isWaiting).toList();
        if (waiting.size() >= bounds.mostWaiting()) {
            List<Visit> dead = waiting.stream().filter(Visit::isDead).toList();
            if (dead.isEmpty()) {
                return false;
            }
            dead.forEach(Visit::close);
            dead.forEach(inside::remove);
        }
        visit.waitFor(atMost, late);
        look();
        return true;
    }

    /** Lets nobody in any more. Answers that are on their way, as that to a shutdown, still have a second. */
    @Override
    public void close() {
        closing = true;
        look();
        try {
            thread.join(Duration.ofNanos(3 * GRACE_NANOS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
