package dev.upkeep.process;

import dev.upkeep.api.child.Signal;
import dev.upkeep.supervise.Outcome;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A process and its group, known by a pidfd. Signals are sent on the caller's thread: a system call of a microsecond
 * that cannot block.
 */
final class PosixChild implements ChildProcess {
    private static final Set<Signal> NOT_CONTINUED = EnumSet
            .of(Signal.SIGCONT, Signal.SIGKILL, Signal.SIGSTOP, Signal.SIGTSTP, Signal.SIGTTIN,
                    Signal.SIGTTOU);

    private enum State {
        SPAWNING, RUNNING,
        /** The leader, or the main process that it named instead, has ended; the group may have members. */
        LEADERLESS,
        /** Nothing left, or never was; the pidfd is closed. */
        GONE
    }

    private record Asked(Signal signal, boolean group) {}

    private final Launch launch;
    private final ChildEvents events;
    private final GroupAccess group;
    private final Kin kin;
    private final long number;
    private final Runnable signalledLeaderless;
    private final LastWords lastWords = new LastWords();
    private final AtomicInteger openStreams = new AtomicInteger();
    private volatile List<PipeEnd> pipes = List.of();

    // Guarded by this, so that no signal goes to a descriptor that was closed meanwhile.
    private State state = State.SPAWNING;
    private long pid;
    private int pidfd = -1;
    private boolean leaderReaped;
    /** The one whose end is the end of all, if that is not the leader. */
    private @Nullable MainProcess main;
    private boolean followed;
    /** Where it may name its main process. */
    private @Nullable NotifySocket hears;
    private @Nullable Set<Asked> askedEarly;
    private final List<Runnable> whenGone = new ArrayList<>(2);
    private @Nullable ControlGroup controlGroup;

    /** @param signalledLeaderless called after a signal went to a group without leader, which may be empty soon */
    PosixChild(Launch launch, ProcessEvents receiver, GroupAccess group, Kin kin,
            Runnable signalledLeaderless) {
        this.launch = launch;
        this.events = new ChildEvents(launch, receiver);
        this.group = group;
        this.kin = kin;
        this.number = kin.number();
        this.signalledLeaderless = signalledLeaderless;
    }

    Launch launch() {
        return launch;
    }

    /** Returns a number that no other child of this engine has. */
    long number() {
        return number;
    }

    /** Returns the value of the variable that tells what comes from this child. */
    String mark() {
        return kin.mark(number);
    }

    ChildEvents events() {
        return events;
    }

    LastWords lastWords() {
        return lastWords;
    }

    @Override
    public synchronized OptionalLong pid() {
        return state == State.RUNNING || state == State.LEADERLESS
                ? OptionalLong.of(pid)
                : OptionalLong.empty();
    }

    @Override
    public synchronized OptionalLong mainPid() {
        return main == null ? pid() : OptionalLong.of(main.pid);
    }

    @Override
    public void signal(Signal signal, boolean toGroup) {
        boolean leaderless;
        synchronized (this) {
            leaderless = state == State.LEADERLESS;
            if (state == State.SPAWNING) {
                if (askedEarly == null) {
                    askedEarly = new LinkedHashSet<>();
                }
                askedEarly.add(new Asked(signal, toGroup));
            } else if (state != State.GONE) {
                send(signal, toGroup || leaderless);
            }
        }
        if (leaderless) {
            signalledLeaderless.run();
        }
    }

    @Override
    public void kill() {
        signal(Signal.SIGKILL, true);
    }

    /** Ends whatever came from it, if it has a control group, also before the spawn is finished. */
    synchronized void killControlGroup() {
        if (controlGroup != null && state != State.GONE) {
            controlGroup.kill();
        }
    }

    private void send(Signal signal, boolean toGroup) {
        sendOne(signal.number(), toGroup);
        if (!NOT_CONTINUED.contains(signal)) {
            sendOne(Signal.SIGCONT.number(), toGroup);
        }
    }

    private void sendOne(int signal, boolean toGroup) {
        if (toGroup) {
            // The leader is always in it: a session leader cannot change its group.
            group.signal(pidfd, pid, leaderReaped, signal);
            if (controlGroup != null && signal == Signal.SIGKILL.number()) {
                controlGroup.kill();
            } else if (controlGroup != null) {
                controlGroup.signal(signal, pid);
            }
        } else {
            Kernel.signal(main == null ? pidfd : main.fd, signal);
        }
    }

    /** It is born in this group, whose end is part of its end. Called before the spawn. */
    synchronized void bornIn(ControlGroup itsGroup) {
        controlGroup = itsGroup;
    }

    /** Has that done once nothing is left of it; at once if that is so already. It must be quick and take no locks of children. */
    synchronized void whenGone(Runnable what) {
        if (state == State.GONE) {
            what.run();
        } else {
            whenGone.add(what);
        }
    }

    /** It was spawned; what was asked for meanwhile is done now. */
    synchronized void spawned(long itsPid, int itsPidfd) {
        pid = itsPid;
        pidfd = itsPidfd;
        state = State.RUNNING;
        Set<Asked> asked = askedEarly;
        askedEarly = null;
        if (asked != null) {
            asked.forEach(each -> send(each.signal(), each.group()));
        }
    }

    /** Reaps the leader; null if it has not ended, or was reaped already. */
    synchronized Outcome.@Nullable Exited reap() {
        if (state == State.SPAWNING || state == State.GONE || leaderReaped) {
            return null;
        }
        Outcome.Exited how = Wait.reap(pidfd);
        leaderReaped = how != null;
        return how;
    }

    /** Returns whether the leader was reaped. */
    synchronized boolean isLeaderReaped() {
        return leaderReaped;
    }

    /** The leader has ended; returns whether that is the end, because no other is its main process. */
    synchronized boolean endsWithLeader() {
        if (state == State.RUNNING && main == null) {
            state = State.LEADERLESS;
            return true;
        }
        return false;
    }

    /** Returns whether whoever spawns it has not come to say yet that it lives. */
    synchronized boolean isSpawning() {
        return state == State.SPAWNING;
    }

    /** Returns whether the end of that process is the end of this. */
    synchronized boolean follows(long mainPid) {
        return main == null ? mainPid == pid && !leaderReaped : main.pid == mainPid;
    }

    /**
     * Its end is the end of that process from now on, and not that of the one before.
     *
     * @param next its leader again if null
     * @return whether it is so; not if it has ended, or there is no leader any more
     */
    synchronized boolean follow(@Nullable MainProcess next) {
        if (state != State.RUNNING || (next == null && leaderReaped) || (main == null && leaderReaped)) {
            return false;
        }
        main = next;
        followed = true;
        return true;
    }

    /** Returns whether it has ever named a main process. */
    synchronized boolean hasFollowed() {
        return followed;
    }

    synchronized void heardBy(NotifySocket socket) {
        hears = socket;
    }

    /** Returns where it may name its main process; null if it may not. */
    synchronized @Nullable NotifySocket hears() {
        return hears;
    }

    /** Returns its main process, if it has named one. */
    synchronized @Nullable MainProcess main() {
        return main;
    }

    /** That process has ended; returns whether that is the end. */
    @SuppressWarnings("ReferenceEquality")
    synchronized boolean endsWith(MainProcess ended) {
        if (state != State.RUNNING || main != ended) {
            return false;
        }
        main = null;
        state = State.LEADERLESS;
        return true;
    }

    /** Returns whether the kernel knows no member of its group any more, not even one that only waits to be reaped. */
    synchronized boolean groupEmpty() {
        return state == State.GONE
                || (group.signal(pidfd, pid, leaderReaped, 0) == -Errno.ESRCH && !isPopulated());
    }

    /** Returns whether somebody lives in its control group, if it has one. */
    synchronized boolean isPopulated() {
        return controlGroup != null && controlGroup.isPopulated();
    }

    /** As {@link #groupEmpty}, after reaping the members that ended and are this process's to reap (P8). */
    synchronized boolean reapOrphansAndSeeGroupEmpty() {
        // Not without looking first: the number of an empty group may be that of a new child, whose exit this would eat.
        if (!groupEmpty() && state == State.LEADERLESS) {
            if (reap() == null && !leaderReaped) {
                return false;
            }
            Wait.reapOrphansIn(pid);
        }
        return groupEmpty();
    }

    /** Nothing is left of it; from here on signals do nothing. */
    synchronized void release() {
        if (state != State.GONE) {
            state = State.GONE;
            whenGone.forEach(Runnable::run);
            whenGone.clear();
            if (controlGroup != null && !controlGroup.isPopulated()) {
                controlGroup.remove();
            }
            if (pidfd >= 0) {
                kin.gone(new Kin.Gone(number, pid, events));
                Kernel.close(pidfd);
            }
        }
    }

    /** Its output comes through these. Called once, before anything is read. */
    void adopt(List<PipeEnd> ends) {
        pipes = ends;
        openStreams.set(pipes.size());
    }

    List<PipeEnd> pipes() {
        return pipes;
    }

    void streamClosed() {
        openStreams.decrementAndGet();
    }

    /** Returns whether all it ever wrote has been read. */
    boolean outputEnded() {
        return openStreams.get() == 0;
    }
}
