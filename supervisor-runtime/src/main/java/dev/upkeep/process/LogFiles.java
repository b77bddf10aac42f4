package dev.upkeep.process;

import dev.upkeep.api.OutputRule;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * The logs of all children: one for each file, whoever writes to it. Those that nobody writes to at the moment are closed, so
 * that many children cost no descriptors. For the output thread alone.
 */
final class LogFiles {
    static final int MOST_OPEN = 512;
    private static final long IDLE_NANOS = TimeUnit.SECONDS.toNanos(5);
    /** Long enough for a child that comes back to go on with the count of what it lost. */
    private static final long FORGET_NANOS = TimeUnit.SECONDS.toNanos(60);

    private final Disk disk;
    private final int devNull;
    private final Map<String, LogFile> all = new HashMap<>();
    /** The oldest first; some of them may be closed. */
    private final LinkedHashSet<LogFile> open = new LinkedHashSet<>();
    /** Those that may have something to tell, or may be forgotten. */
    private final Set<LogFile> busy = new HashSet<>();

    LogFiles(Disk disk, int devNull) {
        this.disk = disk;
        this.devNull = devNull;
    }

    /** Returns the log, for one more stream. */
    LogFile use(String path, OutputRule.File rule) {
        LogFile file = all.computeIfAbsent(path, p -> new LogFile(p, rule, disk, devNull));
        file.use(rule);
        return file;
    }

    /** Must come before each {@link LogFile#take}. */
    void touch(LogFile file) {
        if (!file.isOpen()) {
            busy.add(file);
            if (open.size() >= MOST_OPEN && !open.contains(file)) {
                open.removeFirst().close();
            }
            open.add(file);
        }
    }

    /** A stream has ended. */
    void leave(LogFile file) {
        file.leave();
        busy.add(file);
    }

    /** Closes, tells and forgets what has waited long enough. */
    void settle(long now) {
        open.removeIf(file -> {
            if (now - file.usedAt() >= IDLE_NANOS) {
                file.close();
            }
            return !file.isOpen();
        });
        busy.removeIf(file -> {
            file.losses().settle(now);
            if (now - file.usedAt() < FORGET_NANOS) {
                return false;
            }
            if (!file.isUsed()) {
                file.losses().forget();
                all.remove(file.path());
            }
            return true;
        });
    }

    boolean someOpen() {
        return !open.isEmpty();
    }

    boolean someBusy() {
        return !busy.isEmpty();
    }

    void close() {
        for (LogFile file : all.values()) {
            file.close();
            file.losses().forget();
        }
        all.clear();
        open.clear();
        busy.clear();
    }
}
