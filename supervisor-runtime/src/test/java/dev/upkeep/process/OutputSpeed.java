package dev.upkeep.process;

import dev.upkeep.api.OutputRule;
import dev.upkeep.api.OutputRule.WhenFull;
import dev.upkeep.api.ProcessSpec;
import dev.upkeep.api.child.ChildPath;
import dev.upkeep.api.settings.ByteSize;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;

/**
 * Prints how fast one stream of zeros, and one of lines of 100 bytes, goes each way: into rotated files, into files while
 * somebody listens, to a sink. Medians and ranges of five. Not a test.
 *
 * <p>The argument: a directory for the files, by default a temporary one.
 */
final class OutputSpeed {
    private static final int ROUNDS = 5;
    private static final String ZEROS = "exec head -c 536870912 /dev/zero";
    private static final String LINES = "exec yes " + "x".repeat(99) + " | head -c 536870912";
    private static final double MEGABYTES = 536.870912;

    private OutputSpeed() {}

    public static void main(String[] args) throws IOException {
        Path directory = args.length > 0 ? Path.of(args[0]) : Files.createTempDirectory("output-speed");
        System.out.println("load " + Files.readString(Path.of("/proc/loadavg")).strip());
        try (Processes processes = PosixProcesses.open()) {
            OutputRule file = new OutputRule.File(Optional.of(directory.resolve("speed.log")),
                    OutputRule.File.DEFAULT_MAX_SIZE, Optional.empty(), 5, WhenFull.DROP);
            OutputRule large = new OutputRule.File(Optional.of(directory.resolve("large.log")),
                    new ByteSize(1L << 30), Optional.empty(), 0, WhenFull.DROP);
            List<Row> rows = List.of(
                    new Row("zeros to /dev/null, no supervisor", ZEROS + " > /dev/null", file, false),
                    new Row("zeros through cat into a file, no supervisor",
                            "head -c 536870912 /dev/zero | cat > "
                                    + directory.resolve("cat.log"),
                            file, false),
                    new Row("zeros, files of 10 MiB", ZEROS, file, false),
                    new Row("zeros, one file", ZEROS, large, false),
                    new Row("zeros, files of 10 MiB, heard", ZEROS, file, true),
                    new Row("zeros on stderr, files of 10 MiB", ZEROS + " >&2", file, false),
                    new Row("lines, files of 10 MiB", LINES, file, false),
                    new Row("lines, files of 10 MiB, heard", LINES, file, true),
                    new Row("lines to a sink", LINES, OutputRule.PREFIXED, false));
            for (Row row : rows) {
                List<Double> speeds = new ArrayList<>();
                for (int i = 0; i < ROUNDS; i++) {
                    speeds.add(row.speed(processes));
                }
                speeds.sort(null);
                System.out.printf(Locale.ROOT, "%-48s %6.0f MB/s (%.0f-%.0f)%n", row.name,
                        speeds.get(ROUNDS / 2), speeds.get(0), speeds.get(ROUNDS - 1));
            }
        }
    }

    private record Row(String name, String script, OutputRule rule, boolean heard) {
        double speed(Processes processes) {
            RecordedEvents events = new RecordedEvents();
            Function<OutputSink, Launch> launch = sink -> new Launch(new ChildPath("speed/child"), 1,
                    ProcessSpec.of("sh", "-c", script).with(rule), sink, heard);
            long began = System.nanoTime();
            processes.start(launch.apply(OutputSink.NOWHERE), events);
            events.awaitTold("gone");
            return MEGABYTES * 1e9 / (System.nanoTime() - began);
        }
    }
}
