package dev.upkeep.process;

import dev.upkeep.api.ProcessSpec;
import dev.upkeep.api.child.ChildPath;
import dev.upkeep.api.child.ExitStatus;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.SynchronousQueue;

/**
 * Prints how long it takes from a kill -9 of the group until the next process is reported as started. Not a test.
 * Arguments: the command, if not {@code sleep 1000}.
 */
final class RestartLatency implements ProcessEvents {
    private static final int ROUNDS = 50;

    private final SynchronousQueue<Long> starts = new SynchronousQueue<>();
    private final Processes processes;
    private final Launch launch;
    private volatile boolean over;
    private volatile long goneAt;

    private RestartLatency(Processes processes, ProcessSpec spec) {
        this.processes = processes;
        this.launch = new Launch(
                new ChildPath("latency/child"), 1, spec,
                (stderr, buffer, offset, length) -> {});
    }

    public static void main(String[] args) throws InterruptedException {
        ProcessSpec spec = args.length > 0 ? ProcessSpec.of(args) : ProcessSpec.of("sleep", "1000");
        for (int run = 0; run < 3; run++) {
            measure(Processes.forThisHost(), spec);
        }
        measure(new PortableProcesses(), spec);
    }

    private static void measure(Processes processes, ProcessSpec spec) throws InterruptedException {
        try (processes) {
            RestartLatency latency = new RestartLatency(processes, spec);
            processes.start(latency.launch, latency);
            long[] toGone = new long[ROUNDS];
            long[] toStarted = new long[ROUNDS];
            long pid = latency.starts.take();
            for (int i = 0; i < ROUNDS; i++) {
                Thread.sleep(20);
                long killedAt = System.nanoTime();
                kill(pid);
                pid = latency.starts.take();
                toStarted[i] = System.nanoTime() - killedAt;
                toGone[i] = latency.goneAt - killedAt;
            }
            latency.over = true;
            kill(pid);
            System.out.printf(
                    Locale.ROOT,
                    "%s: kill -9 to gone %.2f ms, to started %.2f ms (medians of %d), worst %.2f ms%n",
                    processes.description(),
                    median(toGone),
                    median(toStarted),
                    ROUNDS,
                    Arrays.stream(toStarted).max().orElseThrow() / 1e6);
        }
    }

    private static void kill(long pid) {
        // The portable one has no groups.
        Kernel.kill(-pid, 9);
        Kernel.kill(pid, 9);
    }

    private static double median(long[] nanos) {
        return Arrays.stream(nanos).sorted().skip(nanos.length / 2).findFirst().orElseThrow() / 1e6;
    }

    @Override
    public void started(long pid) {
        try {
            starts.put(pid);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void refused(StartRefusal why) {
        throw new IllegalStateException(why.toString());
    }

    @Override
    public void leaderEnded(ExitStatus status, List<String> lastWords, boolean membersLeft) {}

    @Override
    public void gone() {
        goneAt = System.nanoTime();
        if (!over) {
            processes.start(launch, this);
        }
    }

    @Override
    public void beat() {}

    @Override
    public void message(ChildMessage message) {}
}
