package dev.upkeep.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Prints how soon a killed child is back, and what a supervisor of 1,000 idle children weighs. Arguments: the command
 * {@code upkeep}, the compiled child, an empty directory. Exit status 1 only on collapse, far beyond what is promised.
 */
final class FirstTree {
    private static final int IDLE_CHILDREN = 1000;
    private static final int IDLE_SECONDS = 10;
    /** Idle carriers of virtual threads and idle server threads end after some time: 30 s and 10 s. */
    private static final int SETTLE_SECONDS = 35;
    private static final double COLLAPSED_MEDIAN_MILLIS = 50;
    private static final int COLLAPSED_THREADS = 25;

    private final String upkeep;
    private final Path pulse;
    private final ChildProgram program;
    private final Path directory;
    private boolean collapsed;

    private FirstTree(String upkeep, Path pulse, Path directory) {
        this.upkeep = upkeep;
        this.pulse = pulse;
        this.program = ChildProgram.at(pulse);
        this.directory = directory;
    }

    public static void main(String[] args) throws IOException, InterruptedException {
        FirstTree run = new FirstTree(args[0], Path.of(args[1]), Path.of(args[2]));
        say("machine", "%d processors, Linux %s, load %s", Runtime.getRuntime().availableProcessors(),
                System.getProperty("os.version"),
                Files.readString(Path.of("/proc/loadavg")).split(" ", 2)[0]);
        say("child", "%s", run.program.description());
        run.restarts();
        run.idle();
        System.exit(run.collapsed ? 1 : 0);
    }

    private void restarts() throws IOException, InterruptedException {
        Restarts ours;
        try (Subject supervisor = Subject.upkeep(upkeep, program, 1, fresh("restarts"))) {
            ours = Restarts.of(supervisor, program);
        }
        say("kill -9 to running", "%s  median and range of %d, back-off immediate", ours, Restarts.ROUNDS);
        if (program.pulse().isPresent()) {
            Path place = fresh("floor");
            List<String> bare = List.of(pulse.toString(), "floor", place.resolve("stamps").toString());
            try (Subject floor = Subject.start(bare, place)) {
                Restarts least = Restarts.of(floor, program);
                say("  bare C loop", "%s  ratio %.1f", least, ours.median() / least.median());
            }
        }
        collapse(ours.median() >= COLLAPSED_MEDIAN_MILLIS, "the median is 50 ms or more");
    }

    private void idle() throws IOException, InterruptedException {
        Path place = fresh("idle");
        long began = program.now();
        try (Subject supervisor = Subject.upkeep(upkeep, program, IDLE_CHILDREN, place)) {
            long[] stamps = supervisor.awaitStarts(IDLE_CHILDREN)
                    .stream()
                    .mapToLong(ChildProgram.Stamp::nanos)
                    .sorted()
                    .toArray();
            long pid = supervisor.supervisorOf(supervisor.awaitStarts(1).getFirst().pid());
            say("1,000 started", "%.0f ms from the first to the last; %.0f ms from the command",
                    (stamps[IDLE_CHILDREN - 1] - stamps[0]) / 1e6,
                    (stamps[IDLE_CHILDREN - 1] - began) / 1e6);
            say("  upkeep status", "%d ms, the whole command", askStatus(place));
            Weight weight = Weight.of(pid);
            Map<String, Long> before = weight.processorNanos();
            TimeUnit.SECONDS.sleep(IDLE_SECONDS);
            say("  processor, idle", "%.2f ms/s over %d s",
                    weight.processorNanosSince(before) / 1e6 / IDLE_SECONDS, IDLE_SECONDS);
            int soon = weight.threads();
            say("  memory", "Pss %.0f MiB, Rss %.0f MiB", weight.mebibytes("Pss"), weight.mebibytes("Rss"));
            TimeUnit.SECONDS.sleep(SETTLE_SECONDS);
            int threads = weight.threads();
            say("  threads", "%d; %d soon after the status", threads, soon);
            say("  thread names", "%s", weight.threadNames());
            collapse(threads >= COLLAPSED_THREADS, "there are 25 threads or more");
        }
    }

    private long askStatus(Path place) throws IOException, InterruptedException {
        long began = System.nanoTime();
        Process status = new ProcessBuilder(upkeep, "status", "-o", "json", "--state",
                place.resolve("state").toString()).redirectOutput(place.resolve("status.json").toFile())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        if (!status.waitFor(30, TimeUnit.SECONDS)) {
            status.destroyForcibly();
            throw new IOException("upkeep status did not answer within 30 s");
        }
        if (status.exitValue() != 0) {
            throw new IOException("upkeep status ended with " + status.exitValue());
        }
        return (System.nanoTime() - began) / 1_000_000;
    }

    private Path fresh(String name) throws IOException {
        return Files.createDirectory(directory.resolve(name));
    }

    private void collapse(boolean is, String what) {
        if (is) {
            collapsed = true;
            say("COLLAPSED", "%s", what);
        }
    }

    private static void say(String what, String text, Object... values) {
        System.out.printf(Locale.ROOT, "%-20s %s%n", what, String.format(Locale.ROOT, text, values));
    }
}
