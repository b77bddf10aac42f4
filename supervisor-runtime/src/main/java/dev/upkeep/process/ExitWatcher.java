package dev.upkeep.process;

import dev.upkeep.supervise.Outcome;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** The events thread: sees which leaders ended, and reaps them. */
final class ExitWatcher implements Poller.Handler<ExitWatcher.Leader> {
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
    private final Poller<Leader> poller;

    ExitWatcher(Endings endings) throws CallFailed {
        this.endings = endings;
        this.poller = new Poller<>("upkeep-events", this);
    }

    void start() {
        poller.start();
    }

    void close() {
        poller.close();
    }

    void add(Leader leader) throws CallFailed {
        poller.add(leader);
    }

    @Override
    public void ready(Poller<Leader> unused, Leader leader) {
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
    public void woken(Poller<Leader> unused) {
        // Only close() wakes this thread.
    }

    @Override
    public void closed(Poller<Leader> unused) {
        poller.watched().forEach(leader -> leader.child.release());
    }
}
