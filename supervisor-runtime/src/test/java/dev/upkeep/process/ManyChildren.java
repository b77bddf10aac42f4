package dev.upkeep.process;

import dev.upkeep.api.ProcessSpec;
import dev.upkeep.api.child.ChildPath;
import dev.upkeep.api.child.ExitStatus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;

/** Prints what many idle children cost and how soon all are back after all were killed at once. Not a test. */
final class ManyChildren {
    private static final AtomicBoolean OVER = new AtomicBoolean();

    private ManyChildren() {}

    public static void main(String[] args) throws InterruptedException, IOException {
        int count = args.length > 0 ? Integer.parseInt(args[0]) : 1000;
        try (Processes processes = Processes.forThisHost()) {
            Semaphore started = new Semaphore(0);
            Map<Integer, Long> pids = new ConcurrentHashMap<>();
            long began = System.nanoTime();
            for (int i = 0; i < count; i++) {
                startAgainAndAgain(processes, i, pids, started);
            }
            started.acquire(count);
            report("started", began);
            Thread.sleep(1000);
            for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
                if (line.startsWith("VmRSS") || line.startsWith("Threads")) {
                    System.out.println(line);
                }
            }
            List<Long> all = List.copyOf(pids.values());
            began = System.nanoTime();
            all.forEach(pid -> Kernel.kill(pid, 9));
            started.acquire(count);
            report("all killed and back", began);
            OVER.set(true);
            pids.values().forEach(pid -> Kernel.kill(-pid, 9));
        }
    }

    private static void report(String what, long began) {
        System.out.printf(Locale.ROOT, "%s after %.0f ms%n", what, (System.nanoTime() - began) / 1e6);
    }

    private static void startAgainAndAgain(
            Processes processes,
            int number,
            Map<Integer, Long> pids,
            Semaphore started) {
        Launch launch = new Launch(
                new ChildPath("many/child-" + number), 1, ProcessSpec.of("sleep", "1000"),
                (stderr, buffer, offset, length) -> {});
        processes.start(launch, new ProcessEvents() {
            @Override
            public void started(long pid) {
                pids.put(number, pid);
                started.release();
            }

            @Override
            public void refused(StartRefusal why) {
                System.out.println(why);
            }

            @Override
            public void leaderEnded(ExitStatus status, List<String> lastWords, boolean membersLeft) {}

            @Override
            public void gone() {
                if (!OVER.get()) {
                    startAgainAndAgain(processes, number, pids, started);
                }
            }

            @Override
            public void beat() {}

            @Override
            public void message(ChildMessage message) {}
        });
    }
}
