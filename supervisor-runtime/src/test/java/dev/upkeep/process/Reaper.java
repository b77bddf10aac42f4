package dev.upkeep.process;

import dev.upkeep.api.ProcessSpec;
import dev.upkeep.api.child.ChildPath;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The program of a test, in a JVM of its own because all orphans of that fall to it: as a subreaper, or as PID 1. What it
 * found it prints.
 */
final class Reaper {
    /** Ten orphans: half of them lead a session, half are in one whose leader is gone. Each leaves its number. */
    private static final String ORPHANS = """
            i=0
            while [ $i -lt 5 ]; do
              (setsid sh -c 'echo $$ >>"$1"; exec sleep 0.2' sh "$1" &)
              setsid sh -c '(sh -c "echo \\$\\$ >>\\"$1\\"; exec sleep 0.1" sh "$1" &)' sh "$1"
              i=$((i+1))
            done
            exit\s""";

    private Reaper() {}

    public static void main(String[] args) throws Exception {
        PrintStream out = System.out;
        // What is logged is not what is asked for.
        System.setOut(System.err);
        Orphans.adoptAndReap();
        try (Processes processes = PosixProcesses.open()) {
            switch (args[0]) {
                case "reap" -> reap(processes, Path.of(args[1]), out);
                case "stray" -> stray(processes, out);
                default -> throw new IllegalArgumentException(args[0]);
            }
        }
    }

    private static void reap(Processes processes, Path numbers, PrintStream out) throws Exception {
        List<Process> own = new ArrayList<>();
        List<RecordedEvents> engines = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            own.add(new ProcessBuilder("sh", "-c", ORPHANS + 3, "sh", numbers.toString()).start());
            engines.add(start(processes, "sh", "-c", ORPHANS + 7, "sh", numbers.toString()));
        }
        List<Integer> codes = new ArrayList<>();
        for (Process process : own) {
            codes.add(process.waitFor());
        }
        out.println("own children " + tally(codes));
        engines.forEach(each -> each.awaitTold("gone"));
        out.println(
                "engine's children " + tally(engines.stream().map(e -> e.end().status().code()).toList()));
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(50);
        while ((orphans(numbers).size() < 1000 || !left(orphans(numbers)).isEmpty())
                && System.nanoTime() - deadline < 0) {
            Thread.sleep(100);
        }
        out.println("orphans " + orphans(numbers).size() + ", left " + left(orphans(numbers)));
    }

    private static String tally(List<Integer> codes) {
        return codes.stream().collect(Collectors.groupingBy(c -> c, Collectors.counting())).toString();
    }

    private static Set<Long> orphans(Path numbers) {
        try {
            return Files.readAllLines(numbers).stream().map(Long::valueOf).collect(Collectors.toSet());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns those that are still children of this process: a number may be somebody else's by now. */
    private static List<Long> left(Set<Long> orphans) {
        long self = ProcessHandle.current().pid();
        return orphans.stream()
                .map(ProcessTable::find)
                .filter(Objects::nonNull)
                .filter(process -> process.parent() == self)
                .map(ProcessTable.Process::pid)
                .toList();
    }

    private static void stray(Processes processes, PrintStream out) {
        RecordedEvents quiet = start(processes, "sh", "-c", "echo $$ quiet; exec sleep 60");
        // Forks twice, and its middle leads a session of its own: a daemon of the old school.
        RecordedEvents events = start(processes, "sh", "-c",
                "setsid sh -c 'sleep 300 & echo $! daemon' & wait; exit 5");
        events.awaitTold("gone").awaitThat("a stray", each -> !each.strayed().isEmpty());
        String pid = events.out()
                .stream()
                .filter(l -> l.endsWith(" daemon"))
                .findFirst()
                .orElseThrow()
                .replace(" daemon", "");
        out.println(String.join("; ", events.strayed())
                .replace(pid, "DAEMON")
                .replace("" + events.pid(), "CHILD"));
        ProcessHandle daemon = ProcessHandle.of(Long.parseLong(pid)).orElseThrow();
        out.println("alive " + daemon.isAlive());
        daemon.destroyForcibly();
        Host.eventually().until(() -> ProcessTable.find(daemon.pid()) == null);
        out.println("strays " + events.strayed().size() + ", of the quiet one " + quiet.strayed().size());
        Stream.of(quiet.pid())
                .flatMap(p -> ProcessHandle.of(p).stream())
                .forEach(ProcessHandle::destroyForcibly);
        quiet.awaitGone();
    }

    private static RecordedEvents start(Processes processes, String... command) {
        RecordedEvents events = new RecordedEvents();
        processes.start(new Launch(new ChildPath("reaper/child"), 1, ProcessSpec.of(command), events),
                events);
        return events;
    }
}
