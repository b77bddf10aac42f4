package dev.upkeep.process;

import dev.upkeep.api.ReadyBy;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.Objects;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where processes speak sd_notify(3): one socket of datagrams for all children that have checks or say themselves when they are
 * ready, and one thread that reads it. Who spoke is known by the pid that the kernel vouches for: the child itself, or whoever
 * is in its session; what others say is passed over. What a datagram costs is bounded, so that whoever floods the socket delays
 * others by no more than what the kernel queues.
 */
final class NotifySocket implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(NotifySocket.class);
    /** The longest message that is read whole; systemd's own limit. */
    private static final int LONGEST = 4096;
    private static final Duration PAUSE_AFTER_FAILURE = Duration.ofSeconds(1);
    private static final String PREFIX = "upkeep-notify-";
    private static final String SOCKET = "socket";
    /** A directory without a listener is left over once it is that old: a younger one may be in the making. */
    private static final Duration SURELY_MADE = Duration.ofMinutes(1);

    private static final int MOST_EARLY = 256;
    private static final long EARLY_NANOS = Duration.ofSeconds(5).toNanos();

    private record Early(long session, NotifyWords words, long until) {}

    private final Path path;
    private final int socket;
    private final int wake;
    private final ExitWatcher exits;
    private final Queue<Runnable> afterwards = new ConcurrentLinkedQueue<>();
    private final Thread thread;
    /** By session, which has the number of the child that leads it. */
    private final ConcurrentMap<Long, Voice> children = new ConcurrentHashMap<>();
    /** Those with something left to be told. */
    private final Set<Voice> waiting = new LinkedHashSet<>();
    /** What those said last who are not known, or not yet. */
    private final Deque<Early> early = new ArrayDeque<>();
    private long nextTurn = System.nanoTime();
    private long malformed;
    private boolean openToOthers;
    private volatile boolean closing;

    private NotifySocket(Path path, int socket, int wake, ExitWatcher exits) {
        this.wake = wake;
        this.exits = exits;
        this.path = path;
        this.socket = socket;
        this.thread = Thread.ofPlatform().daemon(true).name("upkeep-notify").unstarted(this::read);
    }

    /** @throws IOException if the host has no room for the socket or its directory */
    static NotifySocket open(ExitWatcher exits) throws IOException {
        // Others of this host can neither see nor reach what is in it.
        Path directory = Files.createTempDirectory(PREFIX);
        removeLeftovers(directory);
        Path path = directory.resolve(SOCKET);
        int socket = -1;
        int wake = -1;
        try {
            socket = Kernel.datagramSocket(path.toString());
            wake = Kernel.eventfd();
            NotifySocket notify = new NotifySocket(path, socket, wake, exits);
            notify.thread.start();
            return notify;
        } catch (CallFailed | OutOfMemoryError e) {
            if (socket >= 0) {
                Kernel.close(socket);
            }
            if (wake >= 0) {
                Kernel.close(wake);
            }
            Files.deleteIfExists(path);
            Files.deleteIfExists(directory);
            throw new IOException("no socket for sd_notify: " + e.getMessage(), e);
        }
    }

    /** Removes what supervisors of this user left behind that were killed. */
    private static void removeLeftovers(Path own) {
        Path parent = Objects.requireNonNull(own.getParent(), "a directory in another one");
        Instant old = Instant.now().minus(SURELY_MADE);
        try (DirectoryStream<Path> all = Files.newDirectoryStream(parent, PREFIX + "*")) {
            UserPrincipal us = Files.getOwner(own);
            for (Path each : all) {
                if (Files.getOwner(each, LinkOption.NOFOLLOW_LINKS).equals(us)
                        && Files.getLastModifiedTime(each, LinkOption.NOFOLLOW_LINKS)
                                .toInstant()
                                .isBefore(old)
                        && !Datagram.isHeard(each.resolve(SOCKET))) {
                    Files.deleteIfExists(each.resolve(SOCKET));
                    Files.deleteIfExists(each);
                }
            }
        } catch (IOException | DirectoryIteratorException e) {
            log.atDebug()
                    .setCause(e)
                    .log("what others left in the directory of sockets could not be removed");
        }
    }

    private Path directory() {
        return Objects.requireNonNull(path.getParent(), "the directory was made with the socket");
    }

    /** Returns what a child is to be told of this. */
    NotifyDoor doorFor(Launch launch) {
        if (launch.spec().runAs().user().isPresent()) {
            letOthersIn();
        }
        return new NotifyDoor(path, launch.silence());
    }

    /** For children that run as another user. Who is nobody's child is passed over whoever may send. */
    private synchronized void letOthersIn() {
        if (openToOthers) {
            return;
        }
        try {
            Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw--w--w-"));
            Files.setPosixFilePermissions(directory(), PosixFilePermissions.fromString("rwx--x--x"));
            openToOthers = true;
        } catch (IOException e) {
            log.atWarn().setCause(e).log("children of other users cannot speak sd_notify");
        }
    }

    /** Has that done on the thread that reads this, once what was sent before has been heard; not if this is closed. */
    void whenHeard(Runnable task) {
        afterwards.add(task);
        Kernel.wake(wake);
    }

    /** Takes what the child with that pid, and those in its session, say from now on until it is gone. */
    void expect(long pid, PosixChild child) {
        boolean itsOwn = child.launch().spec().ready() instanceof ReadyBy.Notify;
        Voice voice = new Voice(child.events(), itsOwn,
                main -> !itsOwn || exits.follow(child, main));
        children.put(pid, voice);
        // It may have been heard already.
        Kernel.wake(wake);
        child.whenGone(() -> children.remove(pid, voice));
        if (itsOwn) {
            child.heardBy(this);
        }
    }

    private void read() {
        try (Arena arena = Arena.ofConfined()) {
            Datagram datagram = new Datagram(arena, LONGEST);
            while (!closing) {
                try {
                    hearNext(datagram);
                } catch (Throwable e) {
                    // Without this thread the watchdog of every child would be silent.
                    log.atError().setCause(e).log("what was said by sd_notify could not be heard, going on");
                    LockSupport.parkNanos(PAUSE_AFTER_FAILURE.toNanos());
                }
            }
        }
    }

    private void hearNext(Datagram datagram) throws CallFailed {
        int length = datagram.receive(socket);
        if (length == -Errno.EAGAIN) {
            hearEarly();
            doAfterwards();
            datagram.await(socket, wake, waiting.isEmpty() && early.isEmpty() ? -1 : Voice.PACE);
            Kernel.clear(wake);
            tellWaiting();
        } else if (length >= 0) {
            try {
                if (!closing) {
                    hear(datagram, length);
                }
            } finally {
                // Only now: systemd-notify waits for the end of a descriptor it sends along, so as not to be gone before
                // anybody could look who it is.
                datagram.closeDescriptors();
            }
        } else if (length != -Errno.EINTR) {
            throw new CallFailed("recvmsg", -length);
        }
    }

    private void doAfterwards() {
        if (!afterwards.isEmpty()) {
            nextTurn = System.nanoTime();
            tellWaiting();
        }
        for (Runnable task = afterwards.poll(); task != null; task = afterwards.poll()) {
            task.run();
        }
    }

    private void hear(Datagram datagram, int length) {
        long sender = datagram.sender();
        Voice child = children.get(sender);
        // The sender itself if it is gone: that may be the leader.
        long session = child != null
                ? sender
                : ProcessStat.of(sender).map(ProcessStat::session).orElse(sender);
        if (child == null) {
            child = children.get(session);
        }
        NotifyWords words = NotifyWords
                .read(datagram.bytes().asSlice(0, datagram.isCut() ? 0 : length).asByteBuffer());
        if (words.malformed > 0 || datagram.isCut()) {
            malformed++;
            log.atDebug()
                    .addKeyValue("pid", sender)
                    .addKeyValue("malformed", malformed)
                    .log("what was said by sd_notify was not understood, or not all of it");
        }
        if (child == null) {
            log.atDebug()
                    .addKeyValue("pid", sender)
                    .log("somebody spoke sd_notify who is not known, or not yet");
            keep(session, words);
            return;
        }
        // What it said before it was known comes first: the last word counts.
        hearEarly();
        hear(child, words);
        if (!waiting.isEmpty() || !early.isEmpty()) {
            tellWaiting();
        }
    }

    private void hear(Voice child, NotifyWords words) {
        if (child.hear(words, System.nanoTime())) {
            waiting.add(child);
        }
    }

    /** A child may speak before the thread that spawned it has come to say that it is there. */
    private void keep(long session, NotifyWords words) {
        if (early.size() >= MOST_EARLY) {
            early.removeFirst();
        }
        early.addLast(new Early(session, words, System.nanoTime() + EARLY_NANOS));
    }

    private void hearEarly() {
        long now = System.nanoTime();
        for (int left = early.size(); left > 0; left--) {
            Early each = early.removeFirst();
            Voice child = children.get(each.session());
            if (child != null) {
                hear(child, each.words());
            } else if (now - each.until() < 0) {
                early.addLast(each);
            }
        }
    }

    /** Tells what had to wait, once it may be told. */
    private void tellWaiting() {
        long now = System.nanoTime();
        if (now - nextTurn >= 0) {
            nextTurn = now + Voice.PACE / 4;
            hearEarly();
            waiting.removeIf(child -> !child.tell(now));
        }
    }

    @Override
    public void close() {
        closing = true;
        Kernel.shutdownReads(socket);
        Threads.awaitEnd(thread);
        Kernel.close(socket);
        Kernel.close(wake);
        try {
            Files.deleteIfExists(path);
            Files.deleteIfExists(directory());
        } catch (IOException e) {
            log.atDebug().setCause(e).log("the socket of sd_notify could not be deleted");
        }
    }
}
