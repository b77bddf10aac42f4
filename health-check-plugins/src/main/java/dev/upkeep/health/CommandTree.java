package dev.upkeep.health;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * The processes of one run of a command: those that descend from it, and, where there is {@code /proc}, those that have its mark
 * in their environment, which also finds who has left the tree.
 */
final class CommandTree {
    /** With the waits between them about a third of a second: less than what an interrupted check is given. */
    private static final int MOST_ROUNDS = 10;
    private static final long LONGEST_WAIT = TimeUnit.MILLISECONDS.toNanos(64);

    /** Parents come before their children, so that hardly anybody lives to see a child of its own die. */
    private final Set<ProcessHandle> known = new LinkedHashSet<>();
    private final String mark;
    private final long since;

    /** @param mark the variable and its value, which no other process has */
    CommandTree(ProcessHandle root, String mark) {
        this(mark, ProcessList.begin(root.pid()));
        known.add(root);
    }

    private CommandTree(String mark, long since) {
        this.mark = mark;
        this.since = since;
    }

    /** Returns what can be found of a run whose first process is not known. */
    static CommandTree ofMark(String mark) {
        return new CommandTree(mark, 0);
    }

    /**
     * Kills all, and looks again until there is none: who is killed may just have started another. Not to be interrupted.
     *
     * @return how many are left
     */
    int kill() {
        boolean interrupted = Thread.interrupted();
        long wait = TimeUnit.MILLISECONDS.toNanos(1);
        List<ProcessHandle> alive = alive();
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

    private List<ProcessHandle> alive() {
        if (!ProcessList.canBeHad()) {
            List.copyOf(known).forEach(handle -> handle.descendants().forEach(known::add));
            known.removeIf(handle -> !handle.isAlive());
            return List.copyOf(known);
        }
        ProcessList now = ProcessList.fresh();
        known.removeIf(handle -> !handle.isAlive());
        List<Long> roots = new ArrayList<>();
        known.forEach(handle -> roots.add(handle.pid()));
        for (long pid : now.tree(roots, mark, since)) {
            ProcessHandle.of(pid).filter(this::isOurs).ifPresent(known::add);
        }
        // A dead process keeps its number until its parent asks for it, which may be never.
        known.removeIf(handle -> now.isZombie(handle.pid()));
        return List.copyOf(known);
    }

    /** A number may have been given to another process since the list was made; a handle is of one process for ever. */
    private boolean isOurs(ProcessHandle handle) {
        return handle.parent().filter(known::contains).isPresent()
                || ProcessList.markOf(Long.toString(handle.pid())).equals(mark);
    }
}
