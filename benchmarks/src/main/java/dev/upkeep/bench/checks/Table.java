package dev.upkeep.bench.checks;

import dev.upkeep.bench.checks.Row.Figures;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Measures each row in a JVM of its own and prints the table. */
final class Table {
    /** Beyond these something has collapsed; what is promised is far below. */
    private static final double MOST_CPU = 60;
    private static final double MOST_P99 = 1_000;

    private Table() {}

    public static void main(String[] args) throws Exception {
        if (List.of(args).contains("--help") || List.of(args).contains("-h")) {
            System.out.print(Options.HELP);
            return;
        }
        Options options;
        try {
            options = Options.parse(args);
        } catch (IllegalArgumentException e) {
            System.err.println("checks: " + e.getMessage());
            System.err.print(Options.HELP);
            System.exit(2);
            return;
        }
        System.exit(run(options));
    }

    private static int run(Options options) throws Exception {
        System.out.printf(Locale.ROOT,
                "%s, %d processors, load %.1f; %,d checks every 10 s, warm-up %d s, measured %d s%n",
                Runtime.version(), Runtime.getRuntime().availableProcessors(),
                ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage(), options.checks(),
                options.warmSeconds(), options.seconds());
        System.out.println(
                "row      % of one core     runs/s   µs/run   late p50      p99      most   heap MiB  collections  threads");
        Map<RowKind, Figures> all = new EnumMap<>(RowKind.class);
        for (RowKind row : options.rows()) {
            Figures figures = measure(options, row);
            all.put(row, figures);
            System.out.printf(Locale.ROOT,
                    "%-8s %13.1f %10.0f %8.2f %7.1f ms %5.1f ms %6.1f ms %10.1f %12d %8d%n",
                    row.word(), figures.cpu(), figures.perSecond(), figures.microsPerRun(), figures.p50(),
                    figures.p99(), figures.most(), figures.heap() / 1048576.0, figures.collections(),
                    figures.threads());
        }
        Figures none = all.get(RowKind.NONE);
        Figures checks = all.get(RowKind.CHECKS);
        if (none != null && checks != null) {
            System.out.printf(Locale.ROOT,
                    "a check takes %d B of heap; the checks alone %.1f %% of one core%n",
                    (checks.heap() - none.heap()) / options.checks(), checks.cpu() - none.cpu());
        }
        System.out.println(
                "promised: under 5 % of one core, p99 under 50 ms, with hung checks beside them too");
        return all.values().stream().anyMatch(f -> f.cpu() > MOST_CPU || f.p99() > MOST_P99) ? 1 : 0;
    }

    private static Figures measure(Options options, RowKind row) throws Exception {
        List<String> command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xms2g", "-Xmx2g", "-cp", System.getProperty("java.class.path"),
                        "-Dupkeep.bench.log=" + System.getProperty("upkeep.bench.log", "/dev/null")));
        command.addAll(options.jvm());
        command.add(Row.class.getName());
        command.addAll(options.forRow(row));
        Process process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
        String last = "";
        try (var reader = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                last = line;
            }
        }
        if (process.waitFor() != 0 || last.isEmpty()) {
            throw new IllegalStateException("the row " + row.word() + " failed");
        }
        return Figures.of(last);
    }
}
