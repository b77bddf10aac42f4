package dev.upkeep.process;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.upkeep.api.child.ExitStatus;
import dev.upkeep.api.child.ResourceUse;
import dev.upkeep.api.settings.ByteSize;
import dev.upkeep.supervise.Outcome;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Learning how processes ended, which frees their numbers: {@code waitid(2)}. */
final class Wait {
    private static final long WAITID = Kernel.byProcessor(247, 95);
    private static final long GETRUSAGE = Kernel.byProcessor(98, 165);
    private static final int RUSAGE_SELF = 0;
    private static final int P_ALL = 0;
    private static final int P_PID = 1;
    private static final int P_PGID = 2;
    private static final int P_PIDFD = 3;
    private static final int WNOHANG = 1;
    private static final int WEXITED = 4;
    private static final int WNOWAIT = 0x1000000;

    private static final int MOST_AT_ONCE = 1000;

    private static final int SIZEOF_SIGINFO = 128;
    private static final int SIGINFO_CODE = 8;
    private static final int SIGINFO_PID = 16;
    private static final int SIGINFO_STATUS = 24;
    private static final int SIZEOF_RUSAGE = 144;
    private static final int SIZEOF_TIMEVAL = 16;
    private static final int MAXRSS = 2 * SIZEOF_TIMEVAL;
    private static final int KIBIBYTE = 1024;
    private static final int CLD_EXITED = 1;
    private static final int CLD_DUMPED = 3;

    private Wait() {}

    /** Reaps the process; null if it has not ended, {@link ExitStatus#UNKNOWN} if somebody else reaped it. */
    static Outcome.@Nullable Exited reap(int pidfd) {
        return reap(P_PIDFD, pidfd, WEXITED | WNOHANG);
    }

    /** Waits for a child that was sent SIGKILL and reaps it. Blocks. */
    static void reapKilled(long pid) {
        reap(P_PID, pid, WEXITED);
    }

    /**
     * Reaps what ended in the group of a leader that was reaped, and became a child of this process because it is PID 1 or a
     * subreaper (P8). Not all at once, if there are very many: whoever forks faster than this reaps must not keep the caller from
     * killing it.
     */
    static void reapOrphansIn(long group) {
        // One at a time with the other reaper of orphans: between a look and its reaping the number stays who it was.
        synchronized (Wait.class) {
            long ended = ended(P_PGID, group);
            // The leader of a group has its number: if there is one again, this is a stranger's group.
            for (int i = 0; i < MOST_AT_ONCE && ended != Kernel.NO_PROCESS && ended != group; i++) {
                reap(P_PID, ended, WEXITED | WNOHANG);
                ended = ended(P_PGID, group);
            }
        }
    }

    /** Returns some child of this process that ended and was not reaped, without reaping it. */
    static long someEnded() {
        return ended(P_ALL, 0);
    }

    private static long ended(int idType, long id) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment info = arena.allocate(SIZEOF_SIGINFO, 8);
            long result = call(idType, id, info, WEXITED | WNOHANG | WNOWAIT, MemorySegment.NULL);
            return result < 0 ? Kernel.NO_PROCESS : info.get(JAVA_INT, SIGINFO_PID);
        }
    }

    private static Outcome.@Nullable Exited reap(int idType, long id, int options) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment info = arena.allocate(SIZEOF_SIGINFO + SIZEOF_RUSAGE, 8);
            MemorySegment used = info.asSlice(SIZEOF_SIGINFO);
            if (call(idType, id, info, options, used) < 0) {
                return new Outcome.Exited(ExitStatus.UNKNOWN);
            }
            if (info.get(JAVA_INT, SIGINFO_PID) == 0) {
                return null;
            }
            int code = info.get(JAVA_INT, SIGINFO_CODE);
            int status = info.get(JAVA_INT, SIGINFO_STATUS);
            return new Outcome.Exited(
                    code == CLD_EXITED
                            ? ExitStatus.ofCode(status)
                            : ExitStatus.ofSignal(status, code == CLD_DUMPED),
                    Optional.of(resourceUse(used)));
        }
    }

    private static ResourceUse resourceUse(MemorySegment rusage) {
        Duration user = time(rusage, 0);
        Duration system = time(rusage, SIZEOF_TIMEVAL);
        long most = rusage.get(JAVA_LONG, MAXRSS);
        Kernel.call(GETRUSAGE, RUSAGE_SELF, rusage.address(), 0, 0, 0);
        boolean itsOwn = most > rusage.get(JAVA_LONG, MAXRSS);
        return new ResourceUse(user, system,
                itsOwn ? Optional.of(new ByteSize(most * KIBIBYTE)) : Optional.empty());
    }

    private static Duration time(MemorySegment rusage, long at) {
        return Duration.ofSeconds(rusage.get(JAVA_LONG, at), rusage.get(JAVA_LONG, at + 8) * 1000);
    }

    private static long call(int idType, long id, MemorySegment info, int options, MemorySegment used) {
        long result;
        do {
            result = Kernel.call(WAITID, idType, id, info.address(), options, used.address());
        } while (result == -Errno.EINTR);
        return result;
    }

    /** @throws UnsupportedOperationException if this kernel cannot wait for a pidfd */
    static void requirePidfd(int ofThisProcess) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment info = arena.allocate(SIZEOF_SIGINFO, 8);
            long result = call(P_PIDFD, ofThisProcess, info, WEXITED | WNOHANG, MemorySegment.NULL);
            if (result != -Errno.ECHILD) {
                throw new UnsupportedOperationException("waitid on a pidfd: " + Errno.name((int) -result));
            }
        }
    }
}
