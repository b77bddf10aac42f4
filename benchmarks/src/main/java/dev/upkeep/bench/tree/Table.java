package dev.upkeep.bench.tree;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/** Prints the table: each row in a fresh JVM, which prints its own lines. */
final class Table {
    /** The heap is fixed so that its growth is not measured. */
    private static final List<String> JVM = List.of("-Xms2g", "-Xmx2g");
    /** A row that has not ended after so many times what one of its steps may take is ended. */
    private static final int PATIENCE = 15;

    private Table() {}

    public static void main(String[] args) throws IOException, InterruptedException {
        Options options;
        try {
            options = Options.parse(args);
        } catch (IllegalArgumentException e) {
            boolean help = List.of(args).contains("--help");
            String text = String.format(Locale.ROOT, Options.HELP, String.join(", ", RowKind.words()));
            if (help) {
                System.out.print(text);
            } else {
                System.err.print("restarts: " + e.getMessage() + "\n" + text);
            }
            System.exit(help ? 0 : 2);
            return;
        }
        head(options);
        for (RowKind row : RowKind.values()) {
            if (options.rows().isEmpty() || options.rows().contains(row.word())) {
                int[] sizes = options.children().isPresent()
                        ? new int[]{options.children().getAsInt()}
                        : row.sizes().toArray();
                for (int size : sizes) {
                    run(row, size, options);
                }
            }
        }
        System.out.println("load " + load() + " at the end");
    }

    private static void head(Options options) throws IOException {
        String processor = Files.readAllLines(Path.of("/proc/cpuinfo"))
                .stream()
                .filter(line -> line.startsWith("model name"))
                .map(line -> line.substring(line.indexOf(':') + 1).strip())
                .findFirst()
                .orElse("unknown processor");
        System.out.printf(Locale.ROOT, "%d × %s, Linux %s, load %s%n",
                Runtime.getRuntime().availableProcessors(), processor, System.getProperty("os.version"),
                load());
        List<String> flags = new ArrayList<>(JVM);
        flags.addAll(options.jvm());
        System.out.printf(Locale.ROOT, "%s %s, %s; a fresh JVM for each row%n",
                System.getProperty("java.vm.name"), System.getProperty("java.vm.version"),
                String.join(" ", flags));
        System.out
                .println("medians of rounds (least to most), the worlds in turn in the same JVM; × is ours to"
                        + " the loop thread's floor and to the dying thread's");
        System.out.println();
        System.out.println(Line.HEAD);
    }

    private static void run(RowKind row, int size, Options options) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(JVM);
        command.addAll(options.jvm());
        command.add("-Dupkeep.bench.log=" + System.getProperty("upkeep.bench.log", "/dev/null"));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Row.class.getName()));
        command.addAll(options.forRow(row, size));
        Process jvm = new ProcessBuilder(command).inheritIO().start();
        Thread end = new Thread(jvm::destroyForcibly);
        Runtime.getRuntime().addShutdownHook(end);
        long most = (long) options.limitSeconds() * PATIENCE;
        if (!jvm.waitFor(most, TimeUnit.SECONDS)) {
            jvm.destroyForcibly().waitFor();
            System.out.printf(Locale.ROOT, "%s with %,d: not within %d s%n", row.word(), size, most);
        } else if (jvm.exitValue() != 0) {
            System.out.printf(Locale.ROOT, "%s with %,d: ended with %d%n", row.word(), size,
                    jvm.exitValue());
        }
        Runtime.getRuntime().removeShutdownHook(end);
    }

    private static String load() throws IOException {
        return Files.readString(Path.of("/proc/loadavg")).split(" ", 2)[0];
    }
}
