package dev.upkeep.process;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the spawn threads do. A spawn stops its thread until the child has called exec, so in a storm there are two of them:
 * more were not faster.
 */
final class Spawner implements Runnable {
    private static final Logger log = LoggerFactory.getLogger(Spawner.class);

    private static final long HELPERS_PATIENCE_SECONDS = 5;

    private final BlockingQueue<PosixChild> queue;
    private final MemorySegment attributes;
    private final int devNull;
    private final Map<String, byte[]> inherited;
    private final OutputReader output;
    private final ExitWatcher exits;
    private final Supplier<Optional<NotifySocket>> notify;

    /** @param notify asked for each child that shall have the socket for sd_notify */
    Spawner(
            BlockingQueue<PosixChild> queue,
            MemorySegment attributes,
            int devNull,
            Map<String, byte[]> inherited,
            OutputReader output,
            ExitWatcher exits,
            Supplier<Optional<NotifySocket>> notify) {
        this.queue = queue;
        this.attributes = attributes;
        this.devNull = devNull;
        this.inherited = inherited;
        this.output = output;
        this.exits = exits;
        this.notify = notify;
    }

    /** Runs until it is interrupted. */
    @Override
    public void run() {
        try {
            while (true) {
                spawnOrRefuse(queue.take());
            }
        } catch (InterruptedException e) {
            return;
        }
    }

    /** Runs until there has been nothing to do for a while, or it is interrupted. */
    void helpOut() {
        try {
            for (PosixChild child = next(); child != null; child = next()) {
                spawnOrRefuse(child);
            }
        } catch (InterruptedException e) {
            return;
        }
    }

    private @Nullable PosixChild next() throws InterruptedException {
        return queue.poll(HELPERS_PATIENCE_SECONDS, TimeUnit.SECONDS);
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
        Optional<NotifySocket> notify = child.launch().heard() ? this.notify.get() : Optional.empty();
        Environment environment = Environment.of(child.launch().spec(), inherited,
                notify.map(socket -> socket.doorFor(child.launch())).orElse(null))
                .with(Kin.VARIABLE, child.mark());
        Program program = new Program(child.launch().spec(), environment.path());
        Optional<StartRefusal> unusable = program.unusable();
        if (unusable.isPresent()) {
            refuse(child, unusable.get());
            return;
        }
        String file = program.find();
        if (file == null) {
            refuse(child, program.notFound());
            return;
        }
        try (Arena arena = Arena.ofConfined(); Wiring wiring = Wiring.open(arena, child.launch(), devNull)) {
            SpawnImage image = SpawnImage.of(arena, child.launch().spec(), file, environment);
            int pid = Libc.spawn(arena, attributes, image, wiring.children());
            // Before anything else: it may speak at once.
            notify.ifPresent(socket -> socket.expect(pid, child));
            watch(child, pid, wiring);
        } catch (CallFailed e) {
            refuse(child, refusal(program, file, e));
        }
    }

    private static StartRefusal refusal(Program program, String file, CallFailed failure) {
        if (failure.call().equals("epoll_ctl") && failure.errno() == Errno.ENOSPC) {
            // fs.epoll.max_user_watches
            return new StartRefusal("epoll_ctl", "ENOSPC", "the host allows no more watched descriptors",
                    true);
        }
        return program.explain(failure.call(), failure.errno(), file);
    }

    /** Makes the running process known; if that fails it must not run on unknown (P4). */
    private void watch(PosixChild child, int pid, Wiring wiring) throws CallFailed {
        boolean watched = false;
        try {
            int pidfd = Kernel.pidfd(pid);
            wiring.closeLater(pidfd);
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
                watched = true;
                child.spawned(pid, pidfd);
                child.events().started(pid);
            }
        } finally {
            if (!watched) {
                // Its number is safe: nobody but this thread can reap it.
                Kernel.kill(-pid, 9);
                Kernel.kill(pid, 9);
                Wait.reapKilled(pid);
            }
        }
    }
}
