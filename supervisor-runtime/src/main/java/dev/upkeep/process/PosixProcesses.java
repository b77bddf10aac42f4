package dev.upkeep.process;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Processes on Linux: one spawn thread and in a storm a second, one for exits, one for output, one for groups that outlive
 * their leader.
 */
final class PosixProcesses implements Processes {
    private static final Logger log = LoggerFactory.getLogger(PosixProcesses.class);

    private final GroupAccess group;
    private final int devNull;
    private final OutputReader output;
    private final Endings endings;
    private final ExitWatcher exits;
    private final SpawnQueue queue = new SpawnQueue();
    private final Spawner spawner;
    private final ControlGroups groups = new ControlGroups();
    private final Thread first;

    // Guarded by this.
    private @Nullable Thread second;
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
            this.spawner = new Spawner(queue, attributes, devNull, inherited, output, exits,
                    this::notifySocket, groups);
            this.first = Thread.ofPlatform().name("upkeep-spawn-1").daemon(true).unstarted(spawner);
        } catch (CallFailed e) {
            throw new UnsupportedOperationException(e.getMessage(), e);
        }
        output.start();
        exits.start();
        first.start();
    }

    @Override
    public ChildProcess start(Launch launch, ProcessEvents events) {
        PosixChild child = new PosixChild(launch, events, group, exits.kin(), endings::lookSoon);
        boolean refused;
        synchronized (this) {
            refused = closed;
            if (!closed && queue.add(child)) {
                callSecond();
            }
        }
        if (refused) {
            Thread.ofVirtual().start(() -> refuse(child));
        }
        return child;
    }

    /** A storm gets a second thread, which ends when it has had nothing to do for a while. */
    private void callSecond() {
        if (second == null || !second.isAlive()) {
            try {
                second = Thread.ofPlatform().name("upkeep-spawn-2").daemon(true).start(spawner::helpOut);
            } catch (OutOfMemoryError e) {
                // The host has no room for a thread, as it may have none for a process: the next start tries again.
                log.atDebug().setCause(e).log("no second spawn thread");
            }
        }
    }

    @Override
    public boolean lend(Runnable decision) {
        return queue.lend(decision);
    }

    /** Opened for the first child that has checks: others need no such thread. */
    private synchronized Optional<NotifySocket> notifySocket() {
        if (notify == null && !closed) {
            try {
                notify = NotifySocket.open(exits);
            } catch (IOException e) {
                if (!deaf) {
                    deaf = true;
                    log.atWarn()
                            .setCause(e)
                            .log("what this child says by sd_notify will not be heard; tried again for the next");
                }
            }
        }
        return Optional.ofNullable(notify);
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
        List<Thread> spawners = new ArrayList<>(List.of(first));
        NotifySocket socket;
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
            socket = notify;
            if (second != null) {
                spawners.add(second);
            }
        }
        List<PosixChild> waiting = queue.close();
        spawners.forEach(Threads::awaitEnd);
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
