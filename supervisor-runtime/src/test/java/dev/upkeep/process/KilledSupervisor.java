package dev.upkeep.process;

import dev.upkeep.api.OutputRule;
import dev.upkeep.api.ProcessSpec;
import dev.upkeep.api.child.ChildPath;
import dev.upkeep.api.settings.ByteSize;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;

/**
 * The program of a test, a supervisor that will be killed: starts a process for each further argument, a script, the
 * output of the n-th in {@code <n>.log} of its directory; prints their pids, one a line; and waits.
 *
 * <p>The arguments: the directory, or {@code -} for lines on its own output; the largest size of a file, how many to keep,
 * whether the streams are heard; the scripts.
 */
final class KilledSupervisor {
    private KilledSupervisor() {}

    /** Starts one in a JVM of its own. */
    static Process start(Object... arguments) throws IOException {
        ProcessBuilder jvm = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED", "-Xshare:auto", "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC", "-cp", System.getProperty("java.class.path"),
                KilledSupervisor.class.getName());
        Arrays.stream(arguments).map(Object::toString).forEach(jvm.command()::add);
        return jvm.redirectError(ProcessBuilder.Redirect.INHERIT).start();
    }

    public static void main(String[] args) throws InterruptedException {
        Processes processes = PosixProcesses.open();
        for (int i = 4; i < args.length; i++) {
            ProcessSpec spec = ProcessSpec.of("sh", "-c", args[i]);
            if (!args[0].equals("-")) {
                spec = spec.with(new OutputRule.File(Optional.of(Path.of(args[0], i - 4 + ".log")),
                        new ByteSize(Long.parseLong(args[1])), Optional.empty(), Integer.parseInt(args[2]),
                        OutputRule.WhenFull.DROP));
            }
            RecordedEvents events = new RecordedEvents();
            // What nobody is to hear is not kept either.
            Launch launch = new Launch(new ChildPath("killed/child-" + i), 1, spec, OutputSink.NOWHERE,
                    Boolean.parseBoolean(args[3]));
            processes.start(launch, events);
            System.out.println(events.awaitTold("started").pid());
        }
        Thread.currentThread().join();
    }
}
