package dev.upkeep.process;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What /proc tells about processes. */
final class ProcessTable {
    private static final Path PROC = Path.of("/proc");
    private static final String THIS = "self";

    private ProcessTable() {}

    /**
     * A process at one moment.
     *
     * @param ended whether it only waits to be reaped by its parent
     * @param command the name of its program, as the kernel cuts it, without control characters
     * @param startTime with its number, who it is: no two with one number have one start time
     */
    record Process(long pid, String command, boolean ended, long parent, long group, long session,
            long startTime) {
        boolean isSameAs(Process other) {
            return pid == other.pid && startTime == other.startTime;
        }
    }

    /** Returns a process; null if there is none with that number, or it cannot be read. */
    static @Nullable Process find(long pid) {
        return read(Long.toString(pid));
    }

    static @Nullable Process self() {
        return read(THIS);
    }

    private static @Nullable Process read(String name) {
        try {
            String stat = Files.readString(PROC.resolve(name).resolve("stat"), StandardCharsets.ISO_8859_1);
            // The second field is the program's name in parentheses and may contain anything.
            int nameEnds = stat.lastIndexOf(')');
            int nameBegins = stat.indexOf('(');
            String[] fields = stat.substring(nameEnds + 2).split(" ", 22);
            boolean over = fields[0].equals("Z") || fields[0].equals("X");
            // A process whose first thread ended while others run is shown as Z, too: field 20 counts its threads.
            boolean ended = over && Integer.parseInt(fields[17]) <= 1;
            return new Process(Long.parseLong(stat.substring(0, nameBegins - 1)),
                    stat.substring(nameBegins + 1, nameEnds).replaceAll("\\p{Cntrl}", "?"), ended,
                    Long.parseLong(fields[1]), Long.parseLong(fields[2]), Long.parseLong(fields[3]),
                    Long.parseLong(fields[19]));
        } catch (IOException | IndexOutOfBoundsException | NumberFormatException e) {
            // It ended while it was read.
            return null;
        }
    }

    /**
     * What was seen of process groups on one walk through /proc. A process that began after the walk had passed is not in it,
     * not even if it is the child of one that had not been reached yet and ended before.
     *
     * @param live the numbers of those with a live member: one that is not merely waiting to be reaped by its parent
     * @param dead the members that only wait for that, by group
     */
    record Groups(Set<Long> live, Map<Long, Set<Long>> dead) {
        Set<Long> deadOf(long group) {
            return dead.getOrDefault(group, Set.of());
        }
    }

    /** Returns nothing if /proc cannot be read. Takes some 15 µs for each process there is. */
    static Optional<Groups> groups() {
        Groups groups = new Groups(new HashSet<>(), new HashMap<>());
        try (DirectoryStream<Path> all = Files.newDirectoryStream(PROC, "[0-9]*")) {
            for (Path each : all) {
                Process process = read(each.getFileName().toString());
                if (process != null && process.ended) {
                    groups.dead.computeIfAbsent(process.group, _ -> new HashSet<>()).add(process.pid);
                } else if (process != null) {
                    groups.live.add(process.group);
                }
            }
        } catch (IOException | DirectoryIteratorException e) {
            return Optional.empty();
        }
        // This very process is alive. Where not even it is seen, the list says nothing.
        return groups.live.isEmpty() ? Optional.empty() : Optional.of(groups);
    }

    /**
     * Returns the children of this process's first thread, which is the one that orphans are given to. Best effort: one may
     * be missing while others end.
     */
    static Set<Long> childrenOfTheFirstThread() {
        Set<Long> children = new HashSet<>();
        addChildren(PROC.resolve(THIS).resolve("task").resolve(Long.toString(ProcessHandle.current().pid())),
                children);
        return children;
    }

    /** Returns the children of all threads of this process. */
    static Set<Long> childrenOfAllThreads() {
        Set<Long> children = new HashSet<>();
        try (DirectoryStream<Path> threads = Files.newDirectoryStream(PROC.resolve(THIS).resolve("task"))) {
            threads.forEach(thread -> addChildren(thread, children));
        } catch (IOException | DirectoryIteratorException e) {
            // Those that were read.
        }
        return children;
    }

    private static void addChildren(Path thread, Set<Long> children) {
        try {
            String list = Files.readString(thread.resolve("children"), StandardCharsets.ISO_8859_1);
            for (String pid : list.split(" ", -1)) {
                if (!pid.isBlank()) {
                    children.add(Long.valueOf(pid.strip()));
                }
            }
        } catch (IOException | NumberFormatException e) {
            // The thread ended. A kernel without these lists (CONFIG_PROC_CHILDREN) has no orphans reaped.
        }
    }

    /** Returns the variables a process was started with, each followed by a NUL; empty if they may not be read. */
    static String variables(long pid) {
        try {
            return Files.readString(PROC.resolve(Long.toString(pid)).resolve("environ"),
                    StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            return "";
        }
    }
}
