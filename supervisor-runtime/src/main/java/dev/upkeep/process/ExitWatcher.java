package dev.upkeep.process;

import dev.upkeep.supervise.Outcome;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The events thread: sees which leaders ended, and reaps them; and who says on a descriptor that it is ready. */
final class ExitWatcher implements Poller.Handler<Poller.Watch> {
    private static final Logger log = LoggerFactory.getLogger(ExitWatcher.class);
    /** Whoever floods the socket does not hold an end back for longer. */
    private static final long LONGEST_HEARING_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
    private static final long HELD_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    /** A process by its pidfd, which becomes readable when the process ended. */
    static final class Leader extends Poller.Watch {
        private final PosixChild child;
        /** When to wait no longer for what it said last; 0 before it has ended. */
        private long patience;
        private volatile boolean heard;

        Leader(int pidfd, PosixChild child) {
            super(pidfd);
            this.child = child;
        }

        /** Returns whether what it said before it ended was heard: it may have named another process that lives on. */
        private boolean isHeard() {
            NotifySocket hears = child.hears();
            if (hears == null || heard) {
                return true;
            }
            long now = System.nanoTime();
            if (patience == 0) {
                patience = now + LONGEST_HEARING_NANOS;
                hears.whenHeard(() -> heard = true);
            }
            return now - patience >= 0;
        }
    }

    private final Endings endings;
    private final Poller<Poller.Watch> poller;
    private final Kin kin = new Kin(this::running);

    ExitWatcher(Endings endings) throws CallFailed {
        this.endings = endings;
        this.poller = new Poller<>("upkeep-events", this);
    }

    void start() {
        poller.start();
        if (Orphans.begins(kin)) {
            endings.lookAgainAndAgain();
        }
    }

    void close() {
        poller.close();
        Orphans.ends(kin);
    }

    void add(Leader leader) throws CallFailed {
        poller.add(leader);
    }

    /** Reads it until it is closed. If this fails, the caller closes it. */
    void add(ReadyDescriptor descriptor) throws CallFailed {
        poller.add(descriptor);
    }

    /** Closes it, unless that was done; any thread. */
    void close(ReadyDescriptor descriptor) {
        if (poller.remove(descriptor)) {
            descriptor.close();
        }
    }

    Kin kin() {
        return kin;
    }

    private Set<Long> running() {
        Set<Long> pids = new HashSet<>();
        for (Poller.Watch watched : poller.watched()) {
            if (watched instanceof Leader leader) {
                leader.child.pid().ifPresent(pids::add);
            } else if (watched instanceof MainProcess main) {
                pids.add(main.pid);
            }
        }
        return pids;
    }

    @Override
    public void ready(Poller<Poller.Watch> unused, Poller.Watch watched) {
        if (watched instanceof Leader leader) {
            ready(leader);
        } else if (watched instanceof MainProcess main) {
            ready(main);
        } else if (watched instanceof ReadyDescriptor descriptor && descriptor.read()) {
            close(descriptor);
        }
    }

    private void ready(Leader leader) {
        if (leader.isHeard()) {
            end(leader);
        } else {
            // It stays readable, and is looked at again at once.
            Thread.yield();
        }
    }

    private void end(Leader leader) {
        PosixChild child = leader.child;
        Outcome.Exited how = child.reap();
        if (how != null) {
            poller.remove(leader);
            if (child.endsWithLeader()) {
                endings.leaderEnded(child, how);
            } else {
                endings.lookSoon();
            }
        } else if (child.isLeaderReaped()) {
            poller.remove(leader);
        } else if (child.pid().isPresent()) {
            // A debugger holds it: ended, but not to be reaped yet. It stays readable, so do not spin.
            LockSupport.parkNanos(HELD_PAUSE_NANOS);
        }
    }

    private void ready(MainProcess main) {
        Outcome.Exited how = main.ended();
        if (how == null) {
            LockSupport.parkNanos(HELD_PAUSE_NANOS);
        } else if (main.child.endsWith(main)) {
            drop(main);
            endings.leaderEnded(main.child, how);
        } else {
            // Nobody follows it, or not yet: it ended at once.
            LockSupport.parkNanos(HELD_PAUSE_NANOS);
        }
    }

    /**
     * The child says that this one is its main process: its end is the child's from then on. Passed over unless it lives in the
     * child's session. On the notify thread.
     *
     * @return false if it is too early: nobody has come to say yet that the child lives
     */
    boolean follow(PosixChild child, long mainPid) {
        if (child.isSpawning()) {
            return false;
        }
        followNow(child, mainPid);
        return true;
    }

    private void followNow(PosixChild child, long mainPid) {
        long session = child.pid().orElse(Kernel.NO_PROCESS);
        if (session == Kernel.NO_PROCESS || child.follows(mainPid)) {
            return;
        }
        MainProcess before = child.main();
        if (mainPid == session) {
            if (child.follow(null) && before != null) {
                drop(before);
            }
            return;
        }
        MainProcess found = MainProcess.find(child, session, mainPid).orElse(null);
        if (found == null) {
            log.atDebug()
                    .addKeyValue("child", child.launch().path())
                    .addKeyValue("pid", mainPid)
                    .log("what it says is its main process is none of its session, and is passed over");
            return;
        }
        try {
            poller.add(found);
        } catch (CallFailed e) {
            found.close();
            log.atWarn()
                    .setCause(e)
                    .addKeyValue("child", child.launch().path())
                    .log("its main process cannot be watched");
            return;
        }
        boolean first = !child.hasFollowed();
        if (child.follow(found)) {
            if (first) {
                child.whenGone(() -> forget(child));
            }
            if (before != null) {
                drop(before);
            }
        } else {
            drop(found);
        }
    }

    /** Takes what is left of it out of the poller, before its descriptors are closed. */
    @SuppressWarnings("ReferenceEquality")
    private void forget(PosixChild child) {
        for (Poller.Watch each : poller.watched()) {
            if (each instanceof Leader leader && leader.child == child) {
                poller.remove(leader);
            } else if (each instanceof MainProcess main && main.child == child) {
                drop(main);
            }
        }
    }

    private void drop(MainProcess main) {
        if (poller.remove(main)) {
            main.close();
        }
    }

    @Override
    public void woken(Poller<Poller.Watch> unused) {
        // Only close() wakes this thread.
    }

    @Override
    public void closed(Poller<Poller.Watch> unused) {
        for (Poller.Watch each : poller.watched()) {
            if (each instanceof Leader leader) {
                leader.child.release();
            } else if (each instanceof MainProcess main) {
                main.child.release();
            } else if (each instanceof ReadyDescriptor descriptor) {
                close(descriptor);
            }
        }
    }
}
