package dev.upkeep.supervise;

import dev.upkeep.api.child.ActualState;

/**
 * The table of child states × events: what each event means in each state, and where that is decided. Exhaustive by the
 * compiler. Events of an old generation, and timers that were cancelled, never get here; {@link #late} is for those that come
 * when nothing is left of what they speak of.
 */
final class Table {
    private final Core core;
    /** How many events came too late to mean anything. */
    long dropped;

    Table(Core core) {
        this.core = core;
    }

    private void late() {
        dropped++;
    }

    // @formatter:off
    void happened(Child c, Event.OfInstance event) {
        ActualState in = c.actual;
        switch (event) {
            case Event.Started e -> { switch (in) {
                case STARTING -> core.starts.started(c, e.pid());
                case STOPPING -> core.starts.startedLate(c, e.pid());
                case WAITING, QUEUED, RUNNING, BACKOFF, SUSPENDED, STOPPED, COMPLETED, ABANDONED -> late(); } }
            case Event.StartRefused e -> { switch (in) {
                case STARTING -> core.failures.startRefused(c, e.cause(), e.hostShortage());
                case STOPPING -> core.ends.gone(c, c.stopCause == null ? e.cause() : c.stopCause);
                case ABANDONED -> core.ends.gone(c, e.cause());
                case WAITING, QUEUED, RUNNING, BACKOFF, SUSPENDED, STOPPED, COMPLETED -> late(); } }
            case Event.Ended e -> { switch (in) {
                case STARTING, RUNNING -> core.ends.ended(c, e);
                case STOPPING, ABANDONED -> core.ends.endedAsAsked(c, e);
                case WAITING, QUEUED, BACKOFF, SUSPENDED, STOPPED, COMPLETED -> late(); } }
            case Event.Gone e -> { switch (in) {
                case STOPPING, ABANDONED -> core.ends.groupGone(c);
                case WAITING, QUEUED, STARTING, RUNNING, BACKOFF, SUSPENDED, STOPPED, COMPLETED -> late(); } }
            case Event.ReadyChanged e -> { switch (in) {
                case STARTING -> core.starts.readyFirst(c, e.ready());
                case RUNNING -> core.falls.readyChanged(c, e.ready());
                case WAITING, QUEUED, STOPPING, BACKOFF, SUSPENDED, STOPPED, COMPLETED, ABANDONED -> late(); } }
            case Event.FoundUnhealthy e -> { switch (in) {
                case STARTING, RUNNING -> core.falls.unhealthy(c, e.check(), e.reason());
                case WAITING, QUEUED, STOPPING, BACKOFF, SUSPENDED, STOPPED, COMPLETED, ABANDONED -> late(); } }
            case Event.HealthChanged e -> { switch (in) {
                case STARTING, RUNNING -> core.starts.healthChanged(c, e.health(), e.reason());
                case WAITING, QUEUED, STOPPING, BACKOFF, SUSPENDED, STOPPED, COMPLETED, ABANDONED -> late(); } }
            case Event.Permitted e -> { switch (in) {
                case QUEUED -> core.starts.permitted(c, e.permit());
                case WAITING, STARTING, RUNNING, STOPPING, BACKOFF, SUSPENDED, STOPPED, COMPLETED, ABANDONED -> giveBack(e); } }
            case Event.Refused e -> { switch (in) {
                case QUEUED -> core.breakers.refused(c);
                case WAITING, STARTING, RUNNING, STOPPING, BACKOFF, SUSPENDED, STOPPED, COMPLETED, ABANDONED -> late(); } }
            case Event.Advised e -> { switch (in) {
                case STOPPED -> core.failures.advised(c, e.advice());
                case WAITING, QUEUED, STARTING, RUNNING, STOPPING, BACKOFF, SUSPENDED, COMPLETED, ABANDONED -> late(); } }
            case Event.Noted e -> { switch (in) {
                case STOPPING, STOPPED, WAITING, QUEUED, STARTING, RUNNING, BACKOFF, SUSPENDED, COMPLETED, ABANDONED -> core.turn.emit(e.kind(), c, e.text()); } }
            case Event.Extended e -> { switch (in) {
                case STARTING -> core.starts.extended(c, e.time());
                case STOPPING -> core.stops.extended(c, e.time());
                case WAITING, QUEUED, RUNNING, BACKOFF, SUSPENDED, STOPPED, COMPLETED, ABANDONED -> late(); } }
            case Event.Said e -> { switch (in) {
                case STARTING, RUNNING, STOPPING -> core.starts.said(c, e.text());
                case WAITING, QUEUED, BACKOFF, SUSPENDED, STOPPED, COMPLETED, ABANDONED -> late(); } }
        }
    }

    void due(Child c, Timer.Kind timer) {
        ActualState in = c.actual;
        switch (timer) {
            case BACKOFF -> { switch (in) {
                case BACKOFF -> core.starts.begin(c, false);
                case STARTING, RUNNING -> core.groups.waitOver(c);
                case WAITING, QUEUED, STOPPING, SUSPENDED, STOPPED, COMPLETED, ABANDONED -> late(); } }
            case START_TIMEOUT -> { switch (in) {
                case STARTING -> core.stops.startTimedOut(c);
                case WAITING, QUEUED, RUNNING, STOPPING, BACKOFF, SUSPENDED, STOPPED, COMPLETED, ABANDONED -> late(); } }
            case STOP_TIMEOUT -> { switch (in) {
                case STOPPING -> core.stops.overdue(c);
                case WAITING, QUEUED, STARTING, RUNNING, BACKOFF, SUSPENDED, STOPPED, COMPLETED, ABANDONED -> late(); } }
            case KILL_AGAIN -> { switch (in) {
                case STOPPING -> core.stops.killAgain(c);
                case WAITING, QUEUED, STARTING, RUNNING, BACKOFF, SUSPENDED, STOPPED, COMPLETED, ABANDONED -> late(); } }
            case STABLE -> { switch (in) {
                case RUNNING -> core.starts.stable(c);
                case WAITING, QUEUED, STARTING, STOPPING, BACKOFF, SUSPENDED, STOPPED, COMPLETED, ABANDONED -> late(); } }
            case TRIAL -> { switch (in) {
                case SUSPENDED -> core.breakers.tryNow(c);
                case WAITING, QUEUED, STARTING, RUNNING, STOPPING, BACKOFF, STOPPED, COMPLETED, ABANDONED -> late(); } }
            case PROOF -> { switch (in) {
                case STARTING, RUNNING -> core.herds.due(c);
                case WAITING, QUEUED, STOPPING, BACKOFF, SUSPENDED, STOPPED, COMPLETED, ABANDONED -> late(); } }
            case FLAPPING -> { switch (in) {
                case WAITING, QUEUED, STARTING, RUNNING, STOPPING, BACKOFF, SUSPENDED, STOPPED, COMPLETED, ABANDONED -> core.falls.over(c); } }
            // Of the gate and the tree as a whole, whatever state its root is in.
            case GATE_SLOT -> core.starts.leaveGate(c);
            case GATE_RATE -> core.starts.letThrough();
            case SHUTDOWN -> core.shutdown.deadline();
        }
    }
    // @formatter:on

    /** A permit came when it is not needed any more. */
    void giveBack(Event.Permitted late) {
        dropped++;
        core.breakers.giveBack(late.instance().guard, late.permit());
    }
}
