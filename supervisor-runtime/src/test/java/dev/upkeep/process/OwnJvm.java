package dev.upkeep.process;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A test's program in a JVM of its own. */
final class OwnJvm {
    private OwnJvm() {}

    /** Runs a main class to its end and returns the lines it printed. */
    static List<String> run(Class<?> main, String... arguments) throws IOException {
        return run(List.of(), main, arguments);
    }

    /** As {@link #run}, as PID 1 of a new pid namespace with its own /proc; the test is skipped where that cannot be made. */
    static List<String> runAsFirst(Class<?> main, String... arguments) throws IOException {
        List<String> unshare = List.of("unshare", "--pid", "--fork", "--mount-proc");
        assumeTrue(canRun(unshare), "no pid namespace can be made here: it takes root and unshare(1)");
        return run(unshare, main, arguments);
    }

    private static boolean canRun(List<String> before) {
        List<String> command = new ArrayList<>(before);
        command.add("true");
        try {
            return new ProcessBuilder(command).redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start()
                    .waitFor() == 0;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static List<String> run(List<String> before, Class<?> main, String... arguments)
            throws IOException {
        List<String> command = new ArrayList<>(before);
        command.addAll(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx256m",
                "--enable-native-access=ALL-UNNAMED", "-cp", System.getProperty("java.class.path"),
                main.getName()));
        command.addAll(List.of(arguments));
        Process jvm = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        try {
            return new String(jvm.getInputStream().readAllBytes(), StandardCharsets.UTF_8).lines().toList();
        } finally {
            jvm.destroyForcibly();
            boolean _ = awaited(jvm);
        }
    }

    private static boolean awaited(Process jvm) {
        try {
            return jvm.waitFor(10, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
