package dev.upkeep.process;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where processes speak sd_notify(3): one socket of datagrams for all children that have checks, and one thread that reads
 * it. Who spoke is known by the pid that the kernel vouches for: the child itself, or whoever is in its session.
 * {@code WATCHDOG=1} is a beat; the rest is passed over.
 */
final class NotifySocket implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(NotifySocket.class);
    /** The longest message that is read whole; systemd's own limit. */
    private static final int LONGEST = 4096;
    private static final Duration PAUSE_AFTER_FAILURE = Duration.ofSeconds(1);

    private final Path path;
    private final int socket;
    private final Thread thread;
    /** By session, which has the number of the child that leads it. */
    private final ConcurrentMap<Long, ChildEvents> children = new ConcurrentHashMap<>();
    private volatile boolean closing;

    private NotifySocket(Path path, int socket) {
        this.path = path;
        this.socket = socket;
        this.thread = Thread.ofPlatform().daemon(true).name("upkeep-notify").unstarted(this::read);
    }

    /** @throws IOException if the host has no room for the socket or its directory */
    static NotifySocket open() throws IOException {
        // Others of this host can neither see nor reach what is in it.
        Path directory = Files.createTempDirectory("upkeep-notify-");
        Path path = directory.resolve("socket");
        int socket = -1;
        try {
            socket = Kernel.datagramSocket(path.toString());
            NotifySocket notify = new NotifySocket(path, socket);
            notify.thread.start();
            return notify;
        } catch (CallFailed | OutOfMemoryError e) {
            if (socket >= 0) {
                Kernel.close(socket);
            }
            Files.deleteIfExists(path);
            Files.deleteIfExists(directory);
            throw new IOException("no socket for sd_notify: " + e.getMessage(), e);
        }
    }

    /** Returns what children get as {@code NOTIFY_SOCKET}. */
    Path path() {
        return path;
    }

    /** Takes what the child with that pid, and those in its session, say from now on. */
    void expect(long pid, ChildEvents child) {
        children.put(pid, child);
    }

    void forget(long pid, ChildEvents child) {
        children.remove(pid, child);
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
        if (closing || length == -Errno.EINTR) {
            return;
        }
        if (length < 0) {
            throw new CallFailed("recvmsg", -length);
        }
        try {
            hear(datagram.sender(), datagram.bytes().asSlice(0, length));
        } finally {
            // Only now: systemd-notify waits for the end of a descriptor it sends along, so as not to be gone before
            // anybody could look who it is.
            datagram.closeDescriptors();
        }
    }

    private void hear(long sender, MemorySegment message) {
        ChildEvents child = children.get(sender);
        if (child == null) {
            child = children.get(sessionOf(sender));
        }
        if (child == null) {
            log.atDebug().addKeyValue("pid", sender).log("a stranger spoke sd_notify, and was passed over");
            return;
        }
        String text = new String(message.toArray(JAVA_BYTE), StandardCharsets.UTF_8);
        if (text.lines().anyMatch("WATCHDOG=1"::equals)) {
            child.beat();
        }
    }

    /** Returns the session of a process, or the number that none has. */
    private static long sessionOf(long pid) {
        String stat;
        try {
            stat = Files.readString(Path.of("/proc/" + pid + "/stat"), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            return Kernel.NO_PROCESS;
        }
        // The name, in brackets, may hold anything: state, parent, group and session come after the last bracket.
        String[] fields = stat.substring(stat.lastIndexOf(')') + 1).strip().split(" ", 5);
        return fields.length < 5 ? Kernel.NO_PROCESS : Long.parseLong(fields[3]);
    }

    @Override
    public void close() {
        closing = true;
        Kernel.shutdownReads(socket);
        Threads.awaitEnd(thread);
        Kernel.close(socket);
        try {
            Files.deleteIfExists(path);
            @Nullable
            Path directory = path.getParent();
            if (directory != null) {
                Files.deleteIfExists(directory);
            }
        } catch (IOException e) {
            log.atDebug().setCause(e).log("the socket of sd_notify could not be deleted");
        }
    }
}
