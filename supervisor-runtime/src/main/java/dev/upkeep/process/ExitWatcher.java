package dev.upkeep.process;

import dev.upkeep.supervise.Outcome;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** The events thread: sees which leaders ended, and reaps them; and who says on a descriptor that it is ready. */
final class ExitWatcher implements Poller.Handler<Poller.Watch> {
    private static final long HELD_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    /** A process by its pidfd, which becomes readable when the process ended. */
    static final class Leader extends Poller.Watch {
        private final PosixChild child;

        Leader(int pidfd, PosixChild child) {
            super(pidfd);
            this.child = child;
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
            }
        }
        return pids;
    }

    @Override
    public void ready(Poller<Poller.Watch> unused, Poller.Watch watched) {
        if (watched instanceof Leader leader) {
            ready(leader);
        } else if (watched instanceof ReadyDescriptor descriptor && descriptor.read()) {
            close(descriptor);
        }
    }

    private void ready(Leader leader) {
        Outcome.Exited how = leader.child.reap();
        if (how != null) {
            poller.remove(leader);
            endings.leaderEnded(leader.child, how);
        } else if (leader.child.pid().isPresent()) {
            // A debugger holds it: ended, but not to be reaped yet. It stays readable, so do not spin.
            LockSupport.parkNanos(HELD_PAUSE_NANOS);
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
            } else if (each instanceof ReadyDescriptor descriptor) {
                close(descriptor);
            }
        }
    }
}
