package dev.upkeep.process;

import dev.upkeep.api.child.ExitStatus;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The way of one process through its exec chain. posix_spawn tells of the first exec only, so the last one is awaited in
 * /proc: an instance is called running when its program runs, and a chain that broke is a start that failed (P3).
 */
final class Transit {
    enum Seen {
        /** The program began, or nobody can tell. */
        ARRIVED,
        /** The process ended as one of the tools; it waits to be reaped. */
        BROKEN
    }

    /** Behind a file system that does not answer it is taken for arrived: it holds a spawn thread meanwhile. */
    private static final long LONGEST_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long LOOK_NANOS = TimeUnit.MICROSECONDS.toNanos(200);
    /** The kernel keeps so much of a name. */
    private static final int COMM_LENGTH = 15;
    private static final int MOST_WORDS = 4096;

    /** How the tools say it where the child speaks English, and what it is then. */
    private static final Map<String, Integer> WORDS = Map.ofEntries(
            Map.entry("Operation not permitted", Errno.EPERM),
            Map.entry("No such file or directory", Errno.ENOENT),
            Map.entry(": not found", Errno.ENOENT),
            Map.entry("Exec format error", Errno.ENOEXEC),
            Map.entry("Resource temporarily unavailable", Errno.EAGAIN),
            Map.entry("Cannot allocate memory", Errno.ENOMEM),
            Map.entry("Permission denied", Errno.EACCES),
            Map.entry("Invalid argument", Errno.EINVAL),
            Map.entry("Too many open files in system", Errno.ENFILE),
            Map.entry("Too many open files", Errno.EMFILE),
            Map.entry("Argument list too long", Errno.E2BIG));
    private static final Set<Integer> OF_THE_FILE = Set.of(Errno.ENOENT, Errno.EACCES, Errno.ENOEXEC);

    private final Set<String> toolNames = new HashSet<>();
    private final List<byte[]> commandLines;
    private final String programName;

    private Transit(List<List<String>> lines, String program) {
        lines.forEach(line -> toolNames.add(comm(line.get(0))));
        this.commandLines = lines.stream().map(Transit::joined).toList();
        this.programName = comm(program);
    }

    static Transit of(StartPlan plan) {
        return new Transit(plan.chain().commandLines(plan.file(), plan.spec().command()), plan.file());
    }

    /** Waits until it has arrived or ended, at most 1 s. Nobody but the caller may reap it meanwhile. */
    Seen await(long pid) {
        Path process = Path.of("/proc/" + pid);
        byte[] line = new byte[1 + commandLines.stream().mapToInt(each -> each.length).max().orElse(0)];
        long began = System.nanoTime();
        do {
            try {
                String stat = Files.readString(process.resolve("stat"), StandardCharsets.ISO_8859_1);
                int end = stat.lastIndexOf(')');
                if (stat.startsWith("Z", end + 2)) {
                    String name = stat.substring(stat.indexOf('(') + 1, end);
                    // A program that is called as one of the tools cannot be told from it.
                    return toolNames.contains(name) && !name.equals(programName) ? Seen.BROKEN : Seen.ARRIVED;
                }
                int n = readOnce(process.resolve("cmdline"), line);
                // Empty for a moment while it becomes another.
                if (n > 0 && commandLines.stream()
                        .noneMatch(each -> Arrays.equals(each, 0, each.length, line, 0, n))) {
                    return Seen.ARRIVED;
                }
            } catch (IOException e) {
                return Seen.ARRIVED;
            }
            LockSupport.parkNanos(LOOK_NANOS);
        } while (System.nanoTime() - began < LONGEST_NANOS);
        return Seen.ARRIVED;
    }

    /** Reads in one piece: a second read may see what it has become meanwhile. */
    private static int readOnce(Path file, byte[] buffer) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return in.read(buffer);
        }
    }

    /**
     * Says what a broken chain said itself.
     *
     * @param status null if that is not known
     * @param stderr the end that does not block; none if below 0
     */
    static StartRefusal broken(StartPlan plan, @Nullable ExitStatus status, int stderr) {
        String words = lastLine(stderr);
        int errno = WORDS.entrySet()
                .stream()
                .filter(each -> words.contains(each.getKey()))
                // The longer, because one begins with the other.
                .max(Comparator.comparingInt(each -> each.getKey().length()))
                .map(Map.Entry::getValue)
                .orElse(Errno.ECHILD);
        if (OF_THE_FILE.contains(errno) && words.contains(plan.file())) {
            return plan.program().explain("execve", errno, plan.file());
        }
        String reason = words.isEmpty()
                ? "its exec chain ended before it, with " + (status == null ? "no status" : status)
                : words;
        return StartRefusal.of("execve", errno, "'" + plan.file() + "' could not be started: " + reason);
    }

    private static String lastLine(int stderr) {
        byte[] bytes = new byte[MOST_WORDS];
        int n = 0;
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment buffer = arena.allocate(MOST_WORDS);
            if (stderr >= 0) {
                n = Kernel.read(stderr, buffer);
            }
            MemorySegment.copy(buffer, ValueLayout.JAVA_BYTE, 0, bytes, 0, Math.max(0, n));
        }
        List<String> lines = new String(bytes, 0, Math.max(0, n), StandardCharsets.UTF_8)
                .lines()
                .filter(line -> !line.isBlank())
                .toList();
        return lines.isEmpty() ? "" : lines.getLast().strip();
    }

    private static String comm(String file) {
        byte[] name = file.substring(file.lastIndexOf('/') + 1).getBytes(StandardCharsets.UTF_8);
        return new String(name, 0, Math.min(name.length, COMM_LENGTH), StandardCharsets.ISO_8859_1);
    }

    private static byte[] joined(List<String> arguments) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (String argument : arguments) {
            all.writeBytes(argument.getBytes(StandardCharsets.UTF_8));
            all.write(0);
        }
        return all.toByteArray();
    }
}
