package dev.upkeep.bench.checks;

import com.sun.management.OperatingSystemMXBean;
import dev.upkeep.api.CheckSpec;
import dev.upkeep.api.ChildBuilder;
import dev.upkeep.api.Supervisor;
import dev.upkeep.api.SupervisorBuilder;
import dev.upkeep.api.health.Role;
import dev.upkeep.api.settings.Choice;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import javax.management.ObjectName;

/** One row, measured in this JVM; prints its {@link Figures} on one line. */
final class Row {
    static final Duration INTERVAL = Duration.ofSeconds(10);
    private static final Duration TIMEOUT = Duration.ofSeconds(5);
    private static final Duration FOR_EVER = Duration.ofSeconds(Long.MAX_VALUE);
    private static final long BATCH_NANOS = Duration.ofMillis(10).toNanos();

    private Row() {}

    public static void main(String[] args) throws Exception {
        Options options = Options.parse(args);
        RowKind kind = options.rows().getFirst();
        if (kind == RowKind.FLOOR) {
            Thread.ofPlatform().daemon().name("floor").start(() -> startThreads(options.checks()));
            measure(options);
            return;
        }
        SupervisorBuilder builder = Supervisor.named("bench")
                .children("child", options.checks(), i -> child(kind != RowKind.NONE, false));
        if (kind == RowKind.HUNG) {
            builder.children("hung", options.hung(), i -> child(true, true));
        }
        try (Supervisor supervisor = builder.start()) {
            if (supervisor.status().walk().count() < options.checks()) {
                throw new IllegalStateException("not all children are there");
            }
            measure(options);
        }
    }

    private static Consumer<ChildBuilder> child(boolean checked, boolean hangs) {
        return child -> {
            child.component(() -> context -> {
                while (!context.awaitStop(FOR_EVER)) {
                    Thread.onSpinWait();
                }
            });
            if (checked) {
                Choice check = Choice.of(NoopFactory.TYPE, new NoopFactory.Settings(INTERVAL, hangs));
                child.check(new CheckSpec(check, NoopFactory.TYPE, Role.LIVENESS, INTERVAL, TIMEOUT,
                        Duration.ZERO, 3, 1, OptionalInt.empty(), 0));
            }
        };
    }

    private static void measure(Options options) throws Exception {
        Thread.sleep(Duration.ofSeconds(options.warmSeconds()));
        var system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
        Lateness.ALL.begin();
        long collections = collections();
        long began = System.nanoTime();
        long cpu = system.getProcessCpuTime();
        Thread.sleep(Duration.ofSeconds(options.seconds()));
        double used = (double) (system.getProcessCpuTime() - cpu) / (System.nanoTime() - began);
        Lateness.ALL.end();
        long collected = collections() - collections;
        for (int i = 0; i < 3; i++) {
            System.gc();
            Thread.sleep(500);
        }
        long heap = heap();
        System.out.println(new Figures(used * 100, Lateness.ALL.runs() / (double) options.seconds(),
                Lateness.ALL.percentile(50), Lateness.ALL.percentile(99), Lateness.ALL.longestMillis(), heap,
                collected, ManagementFactory.getThreadMXBean().getThreadCount()).line());
        System.out.flush();
        Runtime.getRuntime().halt(0);
    }

    /** Returns the bytes of all live objects but parked stacks, which are as large as the JIT compiler happens to make them. */
    private static long heap() throws Exception {
        String histogram = (String) ManagementFactory.getPlatformMBeanServer()
                .invoke(new ObjectName("com.sun.management:type=DiagnosticCommand"), "gcClassHistogram",
                        new Object[]{new String[0]}, new String[]{String[].class.getName()});
        return histogram.lines()
                .map(line -> line.strip().split("\\s+"))
                .filter(part -> part.length >= 4 && part[0].endsWith(":")
                        && !part[3].equals("jdk.internal.vm.StackChunk"))
                .mapToLong(part -> Long.parseLong(part[2]))
                .sum();
    }

    private static long collections() {
        return ManagementFactory.getGarbageCollectorMXBeans()
                .stream()
                .mapToLong(collector -> collector.getCollectionCount())
                .sum();
    }

    /** Starts as many virtual threads in each interval as there would be checks, evenly spread. */
    private static void startThreads(int count) {
        long began = System.nanoTime();
        long started = 0;
        while (true) {
            long elapsed = System.nanoTime() - began;
            long wanted = (long) ((double) elapsed / INTERVAL.toNanos() * count);
            for (; started < wanted; started++) {
                long due = began + (long) ((double) started / count * INTERVAL.toNanos());
                Thread.ofVirtual().start(() -> Lateness.ALL.add(System.nanoTime() - due));
            }
            LockSupport.parkNanos(BATCH_NANOS);
        }
    }

    /**
     * What a row has come to.
     *
     * @param cpu percent of one core, of the whole process
     * @param perSecond runs
     */
    record Figures(double cpu, double perSecond, double p50, double p99, double most, long heap,
            long collections, int threads) {
        String line() {
            return String.join(" ",
                    List.of("" + cpu, "" + perSecond, "" + p50, "" + p99, "" + most, "" + heap,
                            "" + collections, "" + threads));
        }

        static Figures of(String line) {
            String[] part = line.split(" ");
            return new Figures(Double.parseDouble(part[0]), Double.parseDouble(part[1]),
                    Double.parseDouble(part[2]), Double.parseDouble(part[3]), Double.parseDouble(part[4]),
                    Long.parseLong(part[5]), Long.parseLong(part[6]), Integer.parseInt(part[7]));
        }

        double microsPerRun() {
            return perSecond == 0 ? 0 : cpu / 100 * TimeUnit.SECONDS.toMicros(1) / perSecond;
        }
    }
}
