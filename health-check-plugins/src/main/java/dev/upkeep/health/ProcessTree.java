package dev.upkeep.health;

import dev.upkeep.api.health.CheckContext;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A process and its descendants as Linux shows them under {@code /proc}. Whoever ends while he is being looked at is left
 * out; a descendant whose parents have all ended is nobody's here.
 */
final class ProcessTree {
    static final Path PROC = Path.of("/proc");
    /** A tree that forks faster than it is walked has an end all the same. */
    private static final int MOST_PROCESSES = 100_000;

    /** Takes something of one process from its directory under /proc. */
    @FunctionalInterface
    interface Look {
        void at(Path directory) throws IOException;
    }

    private final Path proc;
    private final long pid;
    /** When the process began, in ticks since boot; the number alone may be somebody else's by now. */
    private @Nullable String began;

    private ProcessTree(Path proc, long pid) {
        this.proc = proc;
        this.pid = pid;
    }

    /**
     * Returns the tree of the instance that a check is made for.
     *
     * @throws IllegalArgumentException if it is not a process, or this host has no such /proc
     */
    static ProcessTree of(CheckContext context, String type) {
        return of(context, type, PROC);
    }

    static ProcessTree of(CheckContext context, String type, Path proc) {
        OptionalLong pid = context.pid();
        if (pid.isEmpty()) {
            throw new IllegalArgumentException(
                    "'" + type + "' is for processes, but " + context.path() + " is none");
        }
        if (!Files.isReadable(proc.resolve("self/stat"))) {
            throw new IllegalArgumentException(
                    "'" + type + "' needs " + proc + " as Linux has it, and this host has none");
        }
        ProcessTree tree = new ProcessTree(proc, pid.getAsLong());
        try {
            tree.began = tree.begin();
        } catch (IOException e) {
            // It has ended already; its first run says so.
        }
        return tree;
    }

    /** Has each process of the tree looked at, the first one first. */
    void forEach(Look look) throws IOException {
        String begin;
        try {
            begin = begin();
        } catch (IOException e) {
            throw ended(e);
        }
        if (began == null) {
            began = begin;
        } else if (!began.equals(begin)) {
            throw ended(null);
        }
        look.at(directory(pid));
        Set<Long> seen = new HashSet<>();
        seen.add(pid);
        Deque<Long> parents = new ArrayDeque<>(seen);
        while (!parents.isEmpty() && seen.size() < MOST_PROCESSES) {
            if (Thread.currentThread().isInterrupted()) {
                throw new InterruptedIOException("interrupted while it looked at process " + pid);
            }
            for (long child : children(parents.remove())) {
                if (seen.add(child) && present(look, child)) {
                    parents.add(child);
                }
            }
        }
    }

    private boolean present(Look look, long child) throws IOException {
        try {
            look.at(directory(child));
            return true;
        } catch (IOException e) {
            if (!Files.exists(directory(child)) || isZombie(child)) {
                return false;
            }
            throw e;
        }
    }

    /** What has ended and only waits to be reaped is root's: nobody else may look at its descriptors. */
    private boolean isZombie(long child) {
        try {
            return hasEnded(statFields(directory(child)));
        } catch (IOException e) {
            // Reaped meanwhile.
            return true;
        }
    }

    /** @param statFields as {@link #statFields} gives them */
    static boolean hasEnded(String[] statFields) {
        return statFields[0].equals("Z") || statFields[0].equals("X");
    }

    private Set<Long> children(long parent) throws IOException {
        Path tasks = directory(parent).resolve("task");
        String @Nullable [] names = tasks.toFile().list();
        Set<Long> children = new HashSet<>();
        // None if it has ended.
        for (String task : names == null ? new String[0] : names) {
            addChildren(tasks.resolve(task), children);
        }
        return children;
    }

    private static void addChildren(Path task, Set<Long> children) throws IOException {
        Path list = task.resolve("children");
        try {
            for (String child : read(list).split("\\s+", -1)) {
                if (!child.isEmpty()) {
                    children.add(Long.parseLong(child));
                }
            }
        } catch (IOException e) {
            if (Files.exists(task)) {
                throw new IOException(list + " cannot be read: this kernel does not tell children", e);
            }
        }
    }

    private Path directory(long process) {
        return proc.resolve(Long.toString(process));
    }

    private String begin() throws IOException {
        return statFields(directory(pid))[19];
    }

    private IOException ended(@Nullable IOException cause) {
        return new IOException("process " + pid + " has ended", cause);
    }

    /** Returns the fields of its stat from the third (the state) on: the second, a name, may hold anything. */
    static String[] statFields(Path directory) throws IOException {
        String stat = read(directory.resolve("stat"));
        String[] fields = stat.substring(stat.lastIndexOf(')') + 1).trim().split(" ", -1);
        if (fields.length < 20) {
            throw new IOException(directory + "/stat has " + fields.length + " fields");
        }
        return fields;
    }

    /** Reads a file of /proc, bytes as characters: names of programs may be in any encoding. */
    static String read(Path file) throws IOException {
        return Files.readString(file, StandardCharsets.ISO_8859_1);
    }
}
