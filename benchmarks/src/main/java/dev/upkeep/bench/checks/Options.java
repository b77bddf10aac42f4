package dev.upkeep.bench.checks;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What was asked for on the command line.
 *
 * @param rows to measure
 * @param checks periodic ones
 * @param hung ones besides, in the row that has them
 * @param warmSeconds before anything is measured
 * @param seconds of measuring
 * @param jvm more flags for the measured JVMs
 */
record Options(List<RowKind> rows, int checks, int hung, int warmSeconds, int seconds, List<String> jvm) {
    static final String HELP = """
            benchmarks/checks [option …]
              --only ROW[,ROW]   of: %s
              --checks N         periodic no-op checks, each of its own child, every 10 s; default 100000
              --hung N           hung checks in the row `hung`; default 1000
              --warm SECONDS     before measuring; default 60
              --seconds SECONDS  of measuring; default 30
              --jvm "FLAGS"      more flags for the measured JVMs, as -XX:StartFlightRecording=filename=checks.jfr
            """.formatted(String.join(", ", RowKind.words()));

    static Options parse(String[] args) {
        List<RowKind> rows = List.of(RowKind.values());
        int checks = 100_000;
        int hung = 1_000;
        int warm = 60;
        int seconds = 30;
        List<String> jvm = new ArrayList<>();
        for (int i = 0; i < args.length; i++) {
            switch (args[i]) {
                case "--only" -> rows = Arrays.stream(value(args, ++i).split(",")).map(RowKind::of).toList();
                case "--checks" -> checks = number(args, ++i);
                case "--hung" -> hung = number(args, ++i);
                case "--warm" -> warm = number(args, ++i);
                case "--seconds" -> seconds = number(args, ++i);
                case "--jvm" -> jvm.addAll(List.of(value(args, ++i).strip().split("\\s+")));
                default -> throw new IllegalArgumentException("unknown option '" + args[i] + "'");
            }
        }
        return new Options(rows, checks, hung, warm, seconds, jvm);
    }

    /** Returns what {@link #parse} makes these options of, but for one row and the flags of its JVM. */
    List<String> forRow(RowKind row) {
        return List.of("--only", row.word(), "--checks", Integer.toString(checks), "--hung",
                Integer.toString(hung), "--warm", Integer.toString(warmSeconds), "--seconds",
                Integer.toString(seconds));
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
                args[at - 1] + " needs a number of at least 1, not '" + value + "'");
    }
}
