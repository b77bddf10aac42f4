package dev.upkeep.process;

import dev.upkeep.api.OutputRule;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The output thread: empties the pipes of all children, of each a fair share before the next has its turn.
 */
final class OutputReader implements Poller.Handler<Poller.Watch> {
    private static final Logger log = LoggerFactory.getLogger(OutputReader.class);

    /** The largest pipe an unprivileged child can make for itself is 1 MiB. */
    private static final int READS_OF_A_FULL_PIPE = 16;
    private static final long WAITING_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
    private static final long OPEN_NANOS = TimeUnit.SECONDS.toNanos(2);
    private static final long BUSY_NANOS = TimeUnit.SECONDS.toNanos(15);

    private record Drain(PosixChild child, Runnable then) {}

    private final OutputTools tools;
    private final Ticks ticks;
    private final Queue<Drain> drains = new ConcurrentLinkedQueue<>();
    private final Poller<Poller.Watch> poller;
    /** Not watched, because what is in them cannot be taken now. */
    private final Set<PipeEnd> waiting = new LinkedHashSet<>();

    OutputReader() throws CallFailed {
        poller = new Poller<>("upkeep-output", this);
        tools = new OutputTools();
        ticks = new Ticks();
        poller.add(ticks);
    }

    void start() {
        poller.start();
    }

    void close() {
        poller.close();
    }

    /** Returns what shall be read of a child: nothing, or its stdout and its stderr. */
    static List<PipeEnd> ends(Wiring wiring, PosixChild child) {
        if (!wiring.captures()) {
            return List.of();
        }
        String path = wiring.file();
        if (path != null && child.launch().spec().output() instanceof OutputRule.File rule) {
            return List.of(new FileEnd(wiring.stdout(), child, false, path, rule),
                    new FileEnd(wiring.stderr(), child, true, path, rule));
        }
        return List.of(new LinesEnd(wiring.stdout(), child, false),
                new LinesEnd(wiring.stderr(), child, true));
    }

    /** Reads this from now on and closes it at its end. If it fails, the caller closes it. */
    void add(PipeEnd end) throws CallFailed {
        poller.add(end);
    }

    /** Takes what is in the child's pipes, then runs the rest on the output thread. Any thread. */
    void drain(PosixChild child, Runnable then) {
        drains.add(new Drain(child, then));
        poller.wake();
    }

    @Override
    public void ready(Poller<Poller.Watch> unused, Poller.Watch what) {
        if (what instanceof PipeEnd end) {
            take(end);
        } else {
            ticks.ticked();
            long now = System.nanoTime();
            List<PipeEnd> again = new ArrayList<>(waiting);
            again.forEach(this::watchAgain);
            tools.files().settle(now);
            wind(now);
        }
    }

    private void watchAgain(PipeEnd end) {
        try {
            poller.add(end);
            waiting.remove(end);
        } catch (CallFailed e) {
            log.atDebug()
                    .addKeyValue("child", end.child().launch().path())
                    .setCause(e)
                    .log("its output waits longer");
        }
    }

    private void wind(long now) {
        if (!waiting.isEmpty()) {
            ticks.within(WAITING_NANOS, now);
        } else if (tools.files().someOpen()) {
            ticks.within(OPEN_NANOS, now);
        } else if (tools.files().someBusy()) {
            ticks.within(BUSY_NANOS, now);
        }
    }

    @Override
    public void woken(Poller<Poller.Watch> unused) {
        for (Drain drain = drains.poll(); drain != null; drain = drains.poll()) {
            try {
                for (PipeEnd end : drain.child.pipes()) {
                    empty(end);
                }
            } finally {
                drain.then.run();
            }
        }
    }

    private void empty(PipeEnd end) {
        for (int i = 0; i < READS_OF_A_FULL_PIPE; i++) {
            if (!poller.watches(end) || take(end) != PipeEnd.Taken.SOME) {
                return;
            }
        }
    }

    private PipeEnd.Taken take(PipeEnd end) {
        PipeEnd.Taken taken = end.take(tools);
        switch (taken) {
            case SOME, ALL -> {
            }
            case NONE -> {
                if (poller.remove(end)) {
                    waiting.add(end);
                }
            }
            case END -> {
                if (poller.remove(end)) {
                    Kernel.close(end.fd);
                    end.ended(tools);
                    end.child().streamClosed();
                }
            }
        }
        wind(System.nanoTime());
        return taken;
    }

    @Override
    public void closed(Poller<Poller.Watch> unused) {
        poller.watched().forEach(each -> {
            if (each instanceof PipeEnd end) {
                takeLast(end);
            }
            Kernel.close(each.fd);
        });
        waiting.forEach(end -> {
            takeLast(end);
            Kernel.close(end.fd);
        });
        tools.close();
    }

    /** Takes what is there, for nobody will after this; who lives on may hold the other end. */
    private void takeLast(PipeEnd end) {
        try {
            PipeEnd.Taken taken = PipeEnd.Taken.SOME;
            for (int i = 0; i < READS_OF_A_FULL_PIPE && taken == PipeEnd.Taken.SOME; i++) {
                taken = end.take(tools);
            }
            if (taken == PipeEnd.Taken.NONE) {
                log.atWarn()
                        .addKeyValue("child", end.child().launch().path())
                        .addKeyValue("bytes", Splice.content(end.fd))
                        .log("output was never written");
            }
            end.ended(tools);
        } catch (RuntimeException e) {
            log.atError()
                    .addKeyValue("child", end.child().launch().path())
                    .setCause(e)
                    .log("the last output of a child could not be taken");
        }
    }
}
