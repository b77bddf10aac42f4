package dev.upkeep.process;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.upkeep.api.ProcessSpec;
import dev.upkeep.api.child.ChildPath;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.slf4j.LoggerFactory;

/**
 * The program of a test, in a JVM of its own because it takes the descriptors away from all of it: starts a process with
 * one more descriptor allowed each time until it succeeds, and prints what refused the others and how many processes run.
 */
final class FewDescriptors {
    private static final int RLIMIT_NOFILE = 7;
    private static final int MOST = 1000;

    private FewDescriptors() {}

    public static void main(String[] args) throws IOException {
        PrintStream out = System.out;
        // What is logged is not what is asked for.
        System.setOut(System.err);
        long prlimit = System.getProperty("os.arch").equals("aarch64") ? 261 : 302;
        try (Processes processes = PosixProcesses.open(); Arena arena = Arena.ofConfined()) {
            MemorySegment before = arena.allocate(JAVA_LONG, 2);
            // Loads the classes that are needed when no file can be opened.
            System.err.println(start(processes, "/no/such/program").awaitTold("refused").refusal());
            start(processes, "true").awaitGone();
            try (Processes others = PosixProcesses.open()) {
                RecordedEvents heard = new RecordedEvents();
                others.start(new Launch(new ChildPath("few/heard"), 1, ProcessSpec.of("true"), heard, true),
                        heard);
                heard.awaitGone();
            }
            LoggerFactory.getLogger(FewDescriptors.class)
                    .warn("as that of the socket will be", new IOException());
            Libc.syscall(prlimit, 0, RLIMIT_NOFILE, 0, before.address(), 0, 0);
            MemorySegment limit = arena.allocate(JAVA_LONG, 2);
            limit.setAtIndex(JAVA_LONG, 1, before.getAtIndex(JAVA_LONG, 1));
            StringBuilder refused = new StringBuilder();
            for (int allowed = 4; allowed < MOST; allowed++) {
                limit.setAtIndex(JAVA_LONG, 0, allowed);
                Libc.syscall(prlimit, 0, RLIMIT_NOFILE, limit.address(), 0, 0, 0);
                RecordedEvents events = new RecordedEvents();
                processes.start(
                        new Launch(new ChildPath("few/heard"), 1, ProcessSpec.of("sleep", "60"), events,
                                true),
                        events);
                events.awaitThat("an answer", each -> !each.order().isEmpty());
                if (events.order().contains("started")) {
                    out.println("heard " + Files
                            .readString(Path.of("/proc/" + events.pid() + "/environ"),
                                    StandardCharsets.ISO_8859_1)
                            .contains("NOTIFY_SOCKET="));
                    break;
                }
                StartRefusal why = events.refusal();
                refused.append(why.call())
                        .append(' ')
                        .append(why.errno())
                        .append(' ')
                        .append(why.hostShortage())
                        .append('\n');
            }
            Libc.syscall(prlimit, 0, RLIMIT_NOFILE, before.address(), 0, 0, 0);
            refused.toString().lines().distinct().forEach(out::println);
            out.println("running " + ProcessHandle.current().children().count());
            ProcessHandle.current().children().forEach(ProcessHandle::destroyForcibly);
        }
    }

    private static RecordedEvents start(Processes processes, String... command) {
        RecordedEvents events = new RecordedEvents();
        processes.start(new Launch(new ChildPath("few/child"), 1, ProcessSpec.of(command), events), events);
        return events;
    }
}
