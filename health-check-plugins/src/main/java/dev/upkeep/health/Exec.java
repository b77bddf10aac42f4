package dev.upkeep.health;

import dev.upkeep.api.health.CheckContext;
import dev.upkeep.api.health.Health;
import dev.upkeep.api.health.HealthCheck;
import java.io.File;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** Runs the command once per probe. */
final class Exec implements HealthCheck {
    static final String MARK = "UPKEEP_CHECK_RUN";
    /** Of the supervisor and nobody else: a command that spoke there would be taken for it. */
    private static final List<String> NOT_HANDED_ON = List.of("NOTIFY_SOCKET", "WATCHDOG_PID",
            "WATCHDOG_USEC",
            "LISTEN_FDS", "LISTEN_PID", "LISTEN_FDNAMES", "UPKEEP_INSTANCE");
    /** What the end of the output may come after the end of the command, both being told by different threads. */
    private static final Duration UNTIL_CLOSED = Duration.ofMillis(100);
    /** What is left of the second that an interrupted run is given. */
    private static final Duration UNTIL_READ = Duration.ofMillis(200);
    /** Runs whose output is still held by somebody who has escaped: each costs a thread until he lets go. */
    private static final int MOST_READ = 4;
    private static final AtomicLong RUNS = new AtomicLong();

    private final ExecFactory.Settings settings;
    private final CheckContext context;
    private final AtomicInteger read = new AtomicInteger();

    Exec(ExecFactory.Settings settings, CheckContext context) {
        this.settings = settings;
        this.context = context;
    }

    @Override
    public Health probe() throws IOException, InterruptedException {
        if (read.get() >= MOST_READ) {
            throw new IllegalStateException("processes that " + MOST_READ
                    + " earlier runs left behind still hold their output, and could not be found to be killed");
        }
        // The random part is for another supervisor with this process id, in a container.
        String mark = ProcessHandle.current().pid() + "-" + RUNS.incrementAndGet() + "-"
                + Long.toHexString(context.random().nextLong());
        Process process = start(mark);
        CommandTree tree = new CommandTree(process.toHandle(), MARK + "=" + mark);
        try {
            FirstLine output = new FirstLine(process.getInputStream());
            Thread reader = Thread.ofPlatform().daemon().name("probe-output-" + context.path()).start(() -> {
                read.incrementAndGet();
                output.run();
                read.decrementAndGet();
            });
            int exit = process.waitFor();
            if (!reader.join(UNTIL_CLOSED)) {
                end(tree);
                reader.join(UNTIL_READ);
            }
            return judged(exit, output.text());
        } catch (Throwable t) {
            end(tree);
            throw t;
        }
    }

    private Process start(String mark) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(settings.command()).redirectErrorStream(true)
                .redirectInput(new File("/dev/null"));
        settings.workingDirectory().ifPresent(directory -> builder.directory(directory.toFile()));
        Map<String, String> environment = builder.environment();
        NOT_HANDED_ON.forEach(environment::remove);
        environment.put("UPKEEP_CHILD", context.path().toString());
        environment.put("UPKEEP_GENERATION", Long.toString(context.generation()));
        environment.remove("UPKEEP_PID");
        context.pid().ifPresent(pid -> environment.put("UPKEEP_PID", Long.toString(pid)));
        environment.put(MARK, mark);
        try {
            return builder.start();
        } catch (OutOfMemoryError e) {
            // Thrown after the fork where there is no thread to be had: a process runs that nobody has a handle of.
            CommandTree.ofMark(MARK + "=" + mark).kill();
            throw e;
        }
    }

    private void end(CommandTree tree) {
        int left = tree.kill();
        if (left > 0) {
            context.log()
                    .atWarn()
                    .addKeyValue("child", context.path())
                    .addKeyValue("processes", left)
                    .log("processes of an exec check would not die");
        }
    }

    private static Health judged(int exit, String output) {
        String reason = "exit " + exit + (output.isEmpty() ? "" : ": " + output);
        return switch (exit) {
            case 0 -> Health.healthy();
            case 1 -> Health.degraded(reason);
            default -> Health.unhealthy(reason);
        };
    }
}
