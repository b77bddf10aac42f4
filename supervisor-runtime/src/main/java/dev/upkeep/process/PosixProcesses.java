package dev.upkeep.process;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Processes on Linux: one spawn thread, in a storm a second and more only while those hang; one for exits, one for output,
 * one for groups that outlive their leader.
 */
final class PosixProcesses implements Processes {
    private static final Logger log = LoggerFactory.getLogger(PosixProcesses.class);

    private final GroupAccess group;
    private final int devNull;
    private final OutputReader output;
    private final Endings endings;
    private final ExitWatcher exits;
    private final SpawnQueue queue = new SpawnQueue();
    private final ControlGroups groups = new ControlGroups();
    private final SpawnThreads threads;

    // Guarded by this.
    private @Nullable NotifySocket notify;
    /** Said once. */
    private boolean deaf;
    private boolean closed;

    /** @throws UnsupportedOperationException saying what this host lacks */
    static PosixProcesses open() {
        Kernel.requirePidfds();
        return new PosixProcesses(GroupAccess.ofThisKernel());
    }

    /** @param group the way to reach groups; tests try the one this kernel would not take */
    PosixProcesses(GroupAccess group) {
        this.group = group;
        try {
            // For good: a few hundred bytes, and a spawn thread may still look at them while this is closed.
            MemorySegment attributes = Libc.spawnAttributes(Arena.ofAuto());
            this.devNull = Kernel.devNull();
            this.output = new OutputReader();
            this.endings = new Endings(output);
            this.exits = new ExitWatcher(endings);
            Map<String, byte[]> inherited = Environment.ofThisProcess();
            Spawner spawner = new Spawner(queue, attributes, devNull, inherited, output, exits,
                    this::notifySocket, groups);
            this.threads = new SpawnThreads(queue, spawner, spawner::helpOut, endings::later);
        } catch (CallFailed e) {
            throw new UnsupportedOperationException(e.getMessage(), e);
        }
        output.start();
        exits.start();
        threads.start();
    }

    @Override
    public ChildProcess start(Launch launch, ProcessEvents events) {
        PosixChild child = new PosixChild(launch, events, group, exits.kin(), endings::lookSoon);
        boolean refused;
        synchronized (this) {
            refused = closed;
            if (!closed && queue.add(child)) {
                threads.call();
            }
        }
        if (refused) {
            Thread.ofVirtual().start(() -> refuse(child));
        }
        return child;
    }

    @Override
    public boolean lend(Runnable decision) {
        return queue.lend(decision);
    }

    /** Opened for the first child that is heard: others need no such thread. */
    private synchronized NotifySocket notifySocket() throws IOException {
        if (notify == null) {
            if (closed) {
                throw new IOException("the supervisor of processes was closed");
            }
            try {
                notify = NotifySocket.open(exits);
            } catch (IOException e) {
                if (!deaf) {
                    deaf = true;
                    log.atWarn()
                            .setCause(e)
                            .log("what this child says by sd_notify will not be heard; tried again for the next");
                }
                throw e;
            }
        }
        return notify;
    }

    private static void refuse(PosixChild child) {
        Spawner.refuse(child,
                new StartRefusal("start", "ECANCELED", "the supervisor of processes was closed", false));
    }

    @Override
    public String description() {
        return "posix_spawn, pidfd, epoll";
    }

    @Override
    public void close() {
        NotifySocket socket;
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
            socket = notify;
        }
        List<PosixChild> waiting = queue.close();
        threads.all().forEach(Threads::awaitEnd);
        waiting.forEach(PosixProcesses::refuse);
        exits.close();
        endings.close();
        if (socket != null) {
            socket.close();
        }
        output.close();
        groups.close();
        Kernel.close(devNull);
    }
}
