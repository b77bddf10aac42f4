package dev.upkeep.health;

import java.io.IOException;
import java.lang.ref.WeakReference;
import java.nio.file.Files;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * All processes of the host at one moment, as Linux shows them under {@code /proc}. Checks whose commands hang mostly hang
 * together, so those that ask at the same time share one list.
 */
final class ProcessList {
    private static final Pattern NUMBER = Pattern.compile("[0-9]{1,18}");
    private static final AtomicLong REQUESTS = new AtomicLong();
    private static final Object LOCK = new Object();
    /** Guarded by LOCK, as is the number of the last request that came before it was begun. Weak: it is of use for a moment. */
    private static WeakReference<ProcessList> last = new WeakReference<>(null);
    private static long lastAnswers;

    /** One process. Its environment is looked at once somebody wants to know. */
    private static final class Entry {
        private final String pid;
        private final long parent;
        private final boolean zombie;
        private final long began;
        private @Nullable String mark;

        Entry(String pid, String[] fields) {
            this.pid = pid;
            this.zombie = ProcessTree.hasEnded(fields);
            this.parent = Long.parseLong(fields[1]);
            this.began = Long.parseLong(fields[19]);
        }

        synchronized String mark() {
            if (mark == null) {
                mark = zombie ? "" : markOf(pid);
            }
            return mark;
        }
    }

    private final Map<Long, Entry> entries;
    private final Map<Long, List<Long>> children;

    private ProcessList(Map<Long, Entry> entries) {
        this.entries = entries;
        this.children = entries.entrySet()
                .stream()
                .collect(Collectors.groupingBy(e -> e.getValue().parent,
                        Collectors.mapping(Map.Entry::getKey, Collectors.toList())));
    }

    static boolean canBeHad() {
        return Files.isReadable(ProcessTree.PROC.resolve("self/stat"));
    }

    /** Returns a list that was begun after this was called. */
    static ProcessList fresh() {
        long request = REQUESTS.incrementAndGet();
        synchronized (LOCK) {
            ProcessList shared = last.get();
            if (shared == null || lastAnswers < request) {
                lastAnswers = REQUESTS.get();
                shared = read();
                last = new WeakReference<>(shared);
            }
            return shared;
        }
    }

    private static ProcessList read() {
        Map<Long, Entry> entries = new HashMap<>();
        String[] names = Optional.ofNullable(ProcessTree.PROC.toFile().list()).orElseGet(() -> new String[0]);
        for (String name : names) {
            if (NUMBER.matcher(name).matches()) {
                entry(name).ifPresent(entry -> entries.put(Long.parseLong(name), entry));
            }
        }
        return new ProcessList(entries);
    }

    private static Optional<Entry> entry(String pid) {
        try {
            return Optional.of(new Entry(pid, ProcessTree.statFields(ProcessTree.PROC.resolve(pid))));
        } catch (IOException | NumberFormatException e) {
            // Gone meanwhile.
            return Optional.empty();
        }
    }

    /** Returns when the process began, in ticks since boot; 0 if that cannot be known. */
    static long begin(long pid) {
        return entry(Long.toString(pid)).map(entry -> entry.began).orElse(0L);
    }

    /** Returns the mark that the process has now; empty if it has none, is gone, or is another user's. */
    static String markOf(String pid) {
        try {
            // A NUL before it as well: nothing but a whole entry is meant.
            String environment = "\0" + ProcessTree.read(ProcessTree.PROC.resolve(pid).resolve("environ"));
            int begin = environment.indexOf("\0" + Exec.MARK + "=") + 1;
            return begin == 0 ? "" : environment.substring(begin, environment.indexOf('\0', begin));
        } catch (IOException | IndexOutOfBoundsException e) {
            return "";
        }
    }

    boolean isZombie(long pid) {
        Entry entry = entries.get(pid);
        return entry != null && entry.zombie;
    }

    /**
     * Returns those that descend from these, and those with that mark, parents before their children.
     *
     * @param since when the first of them began: who is older cannot have the mark
     */
    Set<Long> tree(List<Long> roots, String mark, long since) {
        Deque<Long> parents = new ArrayDeque<>(roots);
        entries.forEach((pid, entry) -> {
            if (entry.began >= since && entry.mark().equals(mark)) {
                parents.add(pid);
            }
        });
        Set<Long> tree = new LinkedHashSet<>();
        while (!parents.isEmpty()) {
            long parent = parents.remove();
            if (tree.add(parent)) {
                parents.addAll(children.getOrDefault(parent, List.of()));
            }
        }
        return tree;
    }
}
