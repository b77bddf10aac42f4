package dev.upkeep.bench.breaker;

import java.io.PrintStream;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * Runs all breakers in turn, round by round, so that a busy stretch of the machine meets all of them, and prints the medians of
 * the rounds in one table.
 */
final class Breakers {
    private static final PrintStream OUT = System.out;
    private static final int[] THREADS = {1, 4};
    private static final String HELP = """
            benchmarks/breakers [--quick] [--only PATTERN]
              --quick          one short round, under three minutes; otherwise three rounds, under twelve
              --only PATTERN   benchmarks whose name holds that, as count, floor or refused
            """;

    /** One line of the table: what it is, and which peer it is compared with. */
    private record Line(String words, String peer) {}

    private static final Map<String, Line> LINES = lines();

    private static Map<String, Line> lines() {
        Map<String, Line> lines = new LinkedHashMap<>();
        lines.put("bare", new Line("the call alone", ""));
        lines.put("floor", new Line("floor: a volatile read, two time stamps, a striped add", ""));
        lines.put("countUpkeep", new Line("**Upkeep**, 100 calls", "countResilience4j"));
        lines.put("countResilience4j", new Line("Resilience4j, 100 calls", ""));
        lines.put("countResilience4jLockFree", new Line("– its lock-free window", "countResilience4j"));
        lines.put("countResilience4jExecuted", new Line("– not decorated beforehand", "countResilience4j"));
        lines.put("countFailsafe", new Line("Failsafe, 100 calls", "countResilience4j"));
        lines.put("timeUpkeep", new Line("**Upkeep**, 60 s", "timeResilience4j"));
        lines.put("timeResilience4j", new Line("Resilience4j, 60 s", ""));
        lines.put("timeFailsafe", new Line("Failsafe, 60 s", "timeResilience4j"));
        lines.put("defaultsUpkeep", new Line("**Upkeep**, Resilience4j's defaults", "defaultsResilience4j"));
        lines.put("defaultsResilience4j", new Line("Resilience4j, its defaults", ""));
        lines.put("consecutiveUpkeep",
                new Line("**Upkeep**, five failures in a row", "defaultsResilience4j"));
        lines.put("refusedUpkeep", new Line("refused: **Upkeep**", "refusedResilience4j"));
        lines.put("refusedUpkeepPermit",
                new Line("refused: **Upkeep**, asked for a permit", "refusedResilience4j"));
        lines.put("refusedResilience4j", new Line("refused: Resilience4j", ""));
        lines.put("refusedFailsafe",
                new Line("refused: Failsafe, with a stack trace", "refusedResilience4j"));
        return lines;
    }

    /** What one benchmark took with so many threads, in all rounds. */
    private record Key(String name, int threads) {}

    private record Cost(double nanos, double bytes) {}

    private Breakers() {}

    public static void main(String[] args) throws RunnerException {
        boolean quick = false;
        String only = "";
        for (int i = 0; i < args.length; i++) {
            switch (args[i]) {
                case "--quick" -> quick = true;
                case "--only" -> only = i + 1 < args.length ? args[++i] : "";
                default -> {
                    OUT.print(HELP);
                    System.exit(args[i].equals("--help") ? 0 : 2);
                }
            }
        }
        int rounds = quick ? 1 : 3;
        Map<Key, Cost[]> all = new LinkedHashMap<>();
        for (int round = 0; round < rounds; round++) {
            for (int threads : THREADS) {
                System.err.printf(Locale.ROOT, "round %d of %d, %d thread%s …%n", round + 1, rounds, threads,
                        threads == 1 ? "" : "s");
                for (RunResult result : run(only, threads, quick)) {
                    String label = result.getParams().getBenchmark();
                    Key key = new Key(label.substring(label.lastIndexOf('.') + 1), threads);
                    all.computeIfAbsent(key, k -> new Cost[rounds])[round] = cost(result);
                }
            }
        }
        print(medians(all));
    }

    private static Iterable<RunResult> run(String only, int threads, boolean quick) throws RunnerException {
        String ours = Breakers.class.getPackageName().replace(".", "\\.");
        ChainedOptionsBuilder options = new OptionsBuilder()
                .include(ours + "\\.(Closed|Open)\\..*" + only + ".*")
                .threads(threads)
                .forks(1)
                .warmupIterations(2)
                .warmupTime(TimeValue.milliseconds(quick ? 700 : 1_000))
                .measurementIterations(quick ? 3 : 4)
                .measurementTime(TimeValue.milliseconds(quick ? 400 : 700))
                .addProfiler(GCProfiler.class)
                .jvmArgsAppend("--sun-misc-unsafe-memory-access=allow", "-Xms512m", "-Xmx512m")
                .shouldFailOnError(true)
                .verbosity(VerboseMode.SILENT);
        return new Runner(options.build()).run();
    }

    private static Cost cost(RunResult result) {
        double bytes = Optional.ofNullable(result.getSecondaryResults().get("gc.alloc.rate.norm"))
                .orElseThrow()
                .getScore();
        return new Cost(result.getPrimaryResult().getScore(), bytes);
    }

    private static Map<Key, Cost> medians(Map<Key, Cost[]> all) {
        return all.entrySet()
                .stream()
                .collect(Collectors.toMap(Map.Entry::getKey, entry -> median(List.of(entry.getValue()))));
    }

    private static Cost median(List<Cost> rounds) {
        double[] nanos = rounds.stream().mapToDouble(Cost::nanos).sorted().toArray();
        double[] bytes = rounds.stream().mapToDouble(Cost::bytes).sorted().toArray();
        return new Cost(nanos[nanos.length / 2], bytes[bytes.length / 2]);
    }

    private static void print(Map<Key, Cost> costs) {
        OUT.println(
                "| a call, ns | 1 thread | B | × floor | × Resilience4j | 4 threads | B | × floor | × Resilience4j |");
        OUT.println("|---|" + "---:|".repeat(8));
        LINES.forEach((name, line) -> {
            if (costs.containsKey(new Key(name, THREADS[0]))) {
                OUT.println("| " + line.words() + " | " + Arrays.stream(THREADS)
                        .mapToObj(threads -> cells(costs, name, line, threads))
                        .collect(Collectors.joining(" | ")) + " |");
            }
        });
        OUT.println();
        promises(costs).forEach((promise, kept) -> OUT.println((kept ? "kept    " : "MISSED  ") + promise));
    }

    private static String cells(Map<Key, Cost> costs, String name, Line line, int threads) {
        Cost cost = cost(costs, name, threads).orElseThrow();
        boolean refused = name.startsWith("refused");
        return String.format(Locale.ROOT, "%.1f | %.0f | %s | %s", cost.nanos(), cost.bytes(),
                refused ? "" : ratio(cost, cost(costs, "floor", threads)),
                ratio(cost, cost(costs, line.peer(), threads)));
    }

    private static Optional<Cost> cost(Map<Key, Cost> costs, String name, int threads) {
        return Optional.ofNullable(costs.get(new Key(name, threads)));
    }

    private static String ratio(Cost cost, Optional<Cost> other) {
        return other.map(o -> String.format(Locale.ROOT, "%.2f", cost.nanos() / o.nanos())).orElse("");
    }

    private static Map<String, Boolean> promises(Map<Key, Cost> costs) {
        Map<String, Boolean> promises = new TreeMap<>();
        for (String window : List.of("count", "time", "defaults")) {
            for (int threads : THREADS) {
                Optional<Cost> ours = cost(costs, window + "Upkeep", threads);
                Optional<Cost> theirs = cost(costs, window + "Resilience4j", threads);
                Optional<Cost> floor = cost(costs, "floor", threads);
                String where = window + ", threads " + threads + ": ";
                double limit = threads == 1 ? 0.6 : 0.4;
                if (ours.isPresent() && theirs.isPresent()) {
                    promises.put(where + "at most " + limit + " × Resilience4j",
                            ours.get().nanos() <= limit * theirs.get().nanos());
                }
                if (ours.isPresent() && floor.isPresent()) {
                    promises.put(where + "at most 2 × floor", ours.get().nanos() <= 2 * floor.get().nanos());
                }
                ours.ifPresent(cost -> promises.put(where + "0 bytes", cost.bytes() < 0.5));
            }
        }
        for (int threads : THREADS) {
            cost(costs, "refusedUpkeep", threads).ifPresent(cost -> promises
                    .put("refused, threads " + threads + ": at most 100 ns", cost.nanos() <= 100));
        }
        return promises;
    }
}
