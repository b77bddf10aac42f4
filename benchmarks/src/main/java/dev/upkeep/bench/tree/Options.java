package dev.upkeep.bench.tree;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/**
 * What was asked for on the command line.
 *
 * @param rows to run; all if empty
 * @param children in place of each row's own numbers
 * @param rounds in place of each row's own number
 * @param limitSeconds for any one step of a row, such as a start
 * @param oursAlone whether to leave the floors out, for a profiler
 * @param histogram whether to print what the heap holds per child
 * @param jvm more flags for the measured JVMs
 */
record Options(List<String> rows, OptionalInt children, OptionalInt rounds, int limitSeconds,
        boolean oursAlone, boolean histogram, List<String> jvm) {
    static final String HELP = """
            benchmarks/restarts [option …]
              --only ROW[,ROW]   of: %s
              --children N       instead of each row's own numbers
              --rounds N         instead of each row's own number
              --limit SECONDS    for any one step of a row; default 20
              --ours             no floors: for a profiler
              --histogram        with the row memory: what the heap holds per child
              --jvm "FLAGS"      more flags for the measured JVMs, as -XX:StartFlightRecording=filename=rate.jfr
            """;

    static Options parse(String[] args) {
        List<String> rows = List.of();
        OptionalInt children = OptionalInt.empty();
        OptionalInt rounds = OptionalInt.empty();
        int limit = 20;
        boolean ours = false;
        boolean histogram = false;
        List<String> jvm = new ArrayList<>();
        for (int i = 0; i < args.length; i++) {
            switch (args[i]) {
                case "--only" -> rows = List.of(value(args, ++i).split(","));
                case "--children" -> children = OptionalInt.of(number(args, ++i));
                case "--rounds" -> rounds = OptionalInt.of(number(args, ++i));
                case "--limit" -> limit = number(args, ++i);
                case "--ours" -> ours = true;
                case "--histogram" -> histogram = true;
                case "--jvm" -> jvm.addAll(List.of(value(args, ++i).strip().split("\\s+")));
                default -> throw new IllegalArgumentException("unknown option '" + args[i] + "'");
            }
        }
        for (String row : rows) {
            if (!RowKind.words().contains(row)) {
                throw new IllegalArgumentException(
                        "unknown row '" + row + "'; there are " + String.join(", ", RowKind.words()));
            }
        }
        return new Options(rows, children, rounds, limit, ours, histogram, jvm);
    }

    /** Returns what {@link #parse} makes these options of, but for one row and the flags of its JVM. */
    List<String> forRow(RowKind row, int count) {
        List<String> args = new ArrayList<>(
                List.of("--only", row.word(), "--children", Integer.toString(count), "--limit",
                        Integer.toString(limitSeconds)));
        rounds.ifPresent(n -> args.addAll(List.of("--rounds", Integer.toString(n))));
        if (oursAlone) {
            args.add("--ours");
        }
        if (histogram) {
            args.add("--histogram");
        }
        return args;
    }

    private static String value(String[] args, int at) {
        if (at >= args.length) {
            throw new IllegalArgumentException(args[at - 1] + " needs a value");
        }
        return args[at];
    }

    private static int number(String[] args, int at) {
        String value = value(args, at);
        try {
            int number = Integer.parseInt(value);
            if (number >= 1) {
                return number;
            }
        } catch (NumberFormatException e) {
            // Said below.
        }
        throw new IllegalArgumentException(
                args[at - 1] + " must be a whole number of at least 1, but is '" + value + "'");
    }
}
