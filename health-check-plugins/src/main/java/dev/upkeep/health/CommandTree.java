package dev.upkeep.health;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * The processes of one run of a command: those that descend from it, and, where there is {@code /proc}, those that have its mark
 * in their environment, which also finds who has left the tree.
 */
final class CommandTree {
    private static final Path PROC = Path.of("/proc");
    /** With the waits between them about half a second: less than what an interrupted check is given. */
    private static final int MOST_ROUNDS = 10;
    private static final long LONGEST_WAIT = TimeUnit.MILLISECONDS.toNanos(64);

    private final Set<ProcessHandle> known = new LinkedHashSet<>();
    private final byte[] mark;

    /** @param mark the variable and its value, which no other process has */
    CommandTree(ProcessHandle root, String mark) {
        this.mark = mark.getBytes(StandardCharsets.UTF_8);
        known.add(root);
    }

    private CommandTree(String mark) {
        this.mark = mark.getBytes(StandardCharsets.UTF_8);
    }

    static CommandTree ofMark(String mark) {
        return new CommandTree(mark);
    }

    /**
     * Kills all, and looks again until there is none: who is killed may just have started another. Not to be interrupted.
     *
     * @return how many are left
     */
    int kill() {
        boolean interrupted = Thread.interrupted();
        long wait = TimeUnit.MILLISECONDS.toNanos(1);
        Set<ProcessHandle> alive = alive();
        for (int round = 0; round < MOST_ROUNDS && !alive.isEmpty(); round++) {
            alive.forEach(ProcessHandle::destroyForcibly);
            LockSupport.parkNanos(wait);
            wait = Math.min(2 * wait, LONGEST_WAIT);
            alive = alive();
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return alive.size();
    }

    /** Parents come before their children, so that nobody lives to see a child of its own die. */
    private Set<ProcessHandle> alive() {
        Set<ProcessHandle> descendants = new LinkedHashSet<>();
        known.forEach(handle -> handle.descendants().forEach(descendants::add));
        known.addAll(descendants);
        known.addAll(marked());
        for (Iterator<ProcessHandle> each = known.iterator(); each.hasNext();) {
            ProcessHandle handle = each.next();
            if (!handle.isAlive() || isZombie(handle.pid())) {
                each.remove();
            }
        }
        return Set.copyOf(known);
    }

    private Set<ProcessHandle> marked() {
        Set<ProcessHandle> found = new LinkedHashSet<>();
        if (!Files.isDirectory(PROC)) {
            return found;
        }
        // The handle knows the start time as well, so a number that is given to another process is not killed.
        try (Stream<ProcessHandle> all = ProcessHandle.allProcesses()) {
            all.filter(handle -> hasMark(handle.pid())).forEach(found::add);
        }
        return found;
    }

    private boolean hasMark(long pid) {
        try {
            return contains(Files.readAllBytes(PROC.resolve(pid + "/environ")), mark);
        } catch (IOException | SecurityException e) {
            // Gone, or of another user.
            return false;
        }
    }

    /** Returns whether one of the entries, each of which ends with a NUL, is the wanted one. */
    private static boolean contains(byte[] environment, byte[] entry) {
        int start = 0;
        for (int i = 0; i < environment.length; i++) {
            if (environment[i] == 0) {
                if (Arrays.equals(environment, start, i, entry, 0, entry.length)) {
                    return true;
                }
                start = i + 1;
            }
        }
        return false;
    }

    /** A dead process keeps its number until its parent asks for it, which may be never. */
    private static boolean isZombie(long pid) {
        try {
            String stat = Files.readString(PROC.resolve(pid + "/stat"), StandardCharsets.ISO_8859_1);
            int state = stat.lastIndexOf(')') + 2;
            return state > 1 && state < stat.length() && "ZX".indexOf(stat.charAt(state)) >= 0;
        } catch (IOException | SecurityException e) {
            return false;
        }
    }
}
