package dev.upkeep.process;

import dev.upkeep.api.ReadyBy;
import dev.upkeep.supervise.Outcome;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the spawn threads do. A spawn stops its thread until the child has called exec, so in a storm there are two of them:
 * more were not faster.
 */
final class Spawner implements Runnable {
    private static final Logger log = LoggerFactory.getLogger(Spawner.class);

    private static final long HELPERS_PATIENCE = TimeUnit.SECONDS.toNanos(5);
    private static final long NO_END = Long.MAX_VALUE / 2;

    /** Gives the socket for sd_notify. */
    interface NotifySource {
        NotifySocket get() throws IOException;
    }

    private final SpawnQueue queue;
    private final MemorySegment attributes;
    private final int devNull;
    private final Map<String, byte[]> inherited;
    private final OutputReader output;
    private final ExitWatcher exits;
    private final NotifySource notify;
    private final Tools tools = new Tools();
    private final ControlGroups groups;

    /** @param notify asked for each child that shall have the socket for sd_notify */
    Spawner(
            SpawnQueue queue,
            MemorySegment attributes,
            int devNull,
            Map<String, byte[]> inherited,
            OutputReader output,
            ExitWatcher exits,
            NotifySource notify,
            ControlGroups groups) {
        this.queue = queue;
        this.attributes = attributes;
        this.devNull = devNull;
        this.inherited = inherited;
        this.output = output;
        this.exits = exits;
        this.notify = notify;
        this.groups = groups;
    }

    /** Runs until the queue is closed. */
    @Override
    public void run() {
        queue.work(this::spawnOrRefuse, NO_END);
    }

    /** Runs until there has been nothing to do for a while, or the queue is closed. */
    void helpOut() {
        queue.work(this::spawnOrRefuse, HELPERS_PATIENCE);
    }

    private void spawnOrRefuse(PosixChild child) {
        try {
            spawn(child);
        } catch (Throwable e) {
            log.atError()
                    .addKeyValue("child", child.launch().path())
                    .setCause(e)
                    .log("a process could not be started");
            boolean memory = e instanceof OutOfMemoryError;
            refuse(child,
                    new StartRefusal("spawn", memory ? "ENOMEM" : "EINVAL", "internal fault: " + e, memory));
        }
    }

    static void refuse(PosixChild child, StartRefusal why) {
        child.release();
        child.events().refused(why);
    }

    private void spawn(PosixChild child) {
        Launch launch = child.launch();
        Optional<NotifySocket> heard;
        StartPlan plan;
        try {
            heard = whereHeard(launch);
            plan = StartPlan.of(launch.spec(), inherited,
                    heard.map(socket -> socket.doorFor(launch)).orElse(null), tools);
        } catch (Refused e) {
            refuse(child, e.why());
            return;
        }
        try (Arena arena = Arena.ofConfined(); Wiring wiring = Wiring.open(arena, launch, devNull)) {
            if (plan.account() != null) {
                wiring.give(plan.account().uid());
            }
            if (launch.spec().cgroup()) {
                ControlGroup group = groups
                        .make(launch.path() + "-" + launch.generation() + "-" + child.number());
                child.bornIn(group);
                plan = plan.behind(group.entrance());
            }
            SpawnImage image = SpawnImage.of(arena, launch.spec(), plan.executed(), plan.arguments(),
                    plan.environment().with(Kin.VARIABLE, child.mark()));
            int pid = Libc.spawn(arena, attributes, image, wiring.children());
            watch(child, pid, plan, wiring, heard.orElse(null));
        } catch (CallFailed e) {
            refuse(child, plan.explain(e));
        } catch (Refused e) {
            refuse(child, e.why());
        } catch (ControlGroups.Unavailable e) {
            // Without it a second copy could run beside what is left of this one: that is what the group is for.
            refuse(child, new StartRefusal("mkdir", "ENOTSUP",
                    e.getMessage() + "; without one, the child runs if it is not told to have a cgroup",
                    false));
        }
    }

    private Optional<NotifySocket> whereHeard(Launch launch) throws Refused {
        if (!launch.heard()) {
            return Optional.empty();
        }
        try {
            return Optional.of(notify.get());
        } catch (IOException e) {
            if (launch.spec().ready() instanceof ReadyBy.Notify) {
                // Nobody would hear that it is ready, and the end of its startTimeout would be held against it.
                String errno = e.getCause() instanceof CallFailed failed ? Errno.name(failed.errno()) : "EIO";
                throw new Refused(new StartRefusal("socket", errno,
                        "the host has no socket for it to say that it is ready: " + e.getMessage(), true));
            }
            return Optional.empty();
        }
    }

    /** Makes the running process known; if that fails it must not run on unknown (P4). */
    private void watch(PosixChild child, int pid, StartPlan plan, Wiring wiring, @Nullable NotifySocket heard)
            throws CallFailed, Refused {
        boolean settled = false;
        try {
            if (heard != null) {
                // Before anything else: it may speak at once.
                heard.expect(pid, child);
            }
            int pidfd = Kernel.pidfd(pid);
            wiring.closeLater(pidfd);
            if (!plan.chain().isEmpty()
                    && Transit.of(plan).await(pid) == Transit.Seen.BROKEN) {
                Outcome.Exited ended = Wait.reap(pidfd);
                settled = true;
                throw new Refused(
                        Transit.broken(plan, ended == null ? null : ended.status(), wiring.stderr()));
            }
            List<PipeEnd> ends = OutputReader.ends(wiring, child);
            child.adopt(ends);
            // Held, so that nothing the watchers see is told before the start.
            synchronized (child.events()) {
                // What the output thread has got it keeps and closes at the end of the stream, which a kill brings.
                for (PipeEnd end : ends) {
                    output.add(end);
                    wiring.keep(end.fd);
                }
                if (wiring.ready() != Wiring.NONE) {
                    ReadyDescriptor ready = new ReadyDescriptor(wiring.ready(), child);
                    exits.add(ready);
                    wiring.keep(wiring.ready());
                    child.whenGone(() -> exits.close(ready));
                }
                // Last, because from then on the exit watcher owns the process.
                exits.add(new ExitWatcher.Leader(pidfd, child));
                wiring.keep(pidfd);
                settled = true;
                child.spawned(pid, pidfd);
                child.events().started(pid);
            }
        } finally {
            if (!settled) {
                // Its number is safe: nobody but this thread can reap it.
                Kernel.kill(-pid, 9);
                Kernel.kill(pid, 9);
                child.killControlGroup();
                Wait.reapKilled(pid);
            }
        }
    }
}
