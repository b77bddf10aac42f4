package dev.upkeep.supervise;

import dev.upkeep.api.child.Cause;
import dev.upkeep.api.event.EventKind;
import java.time.Duration;

/**
 * What the checks of a child that was ready have to say: that it may not be used, or lives no more; and whether that
 * happens too often (H9).
 *
 * <p>A <em>fall</em> is that a child which was ready lost its readiness by a check, or that a liveness check gave it up: one
 * that first loses its readiness and then is given up has fallen once. Ends are no falls: crashes have counters of their
 * own, the back-off, the budget and the breaker.
 *
 * <p>A flapping child is not ready in what others see, and so its supervisor is not either and is degraded (H8);
 * {@code awaitReady} goes by that and waits for it. Nothing that the tree itself does goes by it: starts are complete, those
 * that come after it begin, and groups are up, as soon as it is ready in fact.
 */
final class Falls {
    private final Core core;
    private final Turn turn;

    Falls(Core core) {
        this.core = core;
        this.turn = core.turn;
    }

    /** The readiness of a child that runs has changed. */
    void readyChanged(Child child, boolean ready) {
        if (ready == child.ready) {
            return;
        }
        if (ready) {
            child.readySince = turn.now;
            core.starts.beginToProve(child);
        } else {
            turn.cancelTimer(Timer.Kind.STABLE, child);
            core.failures.forgetIfSteady(child);
        }
        child.ready = ready;
        Tally.settle(child);
        if (ready) {
            turn.emit(EventKind.READY, child,
                    child.isFlapping() ? "ready again, but flapping" : "ready again");
        } else {
            turn.emit(EventKind.NOT_READY, child, "not ready any more");
            fell(child);
        }
        core.starts.checkAbove(child);
    }

    /** A liveness check has given a child up. */
    void unhealthy(Child child, String check, String reason) {
        if (child.complete && child.ready) {
            fell(child);
        }
        core.stops.ask(child, Cause.unhealthy(check, reason));
    }

    private void fell(Child child) {
        boolean was = child.isFlapping();
        Flapping next = Flapping.fall(child.flapping, turn.now);
        child.flapping = next;
        if (next.isFlapping()) {
            turn.setTimer(Timer.Kind.FLAPPING, child, next.endsAt());
        } else {
            turn.cancelTimer(Timer.Kind.FLAPPING, child);
        }
        if (was != next.isFlapping()) {
            Tally.settle(child);
        }
        if (!was && next.isFlapping()) {
            Duration rest = Duration.ofNanos(next.endsAt() - turn.now);
            turn.emit(EventKind.FLAPPING, child,
                    () -> "flapping: it fell too often, and is shown as not ready until"
                            + " it has not fallen for " + Failures.roughly(rest));
        }
    }

    /** It has not fallen for long enough. */
    void over(Child child) {
        if (child.flapping != null) {
            child.flapping = child.flapping.ended();
            tellOver(child);
        }
    }

    /** A person says that it is well. */
    void forget(Child child) {
        boolean was = child.isFlapping();
        child.flapping = null;
        if (was) {
            turn.cancelTimer(Timer.Kind.FLAPPING, child);
            tellOver(child);
        }
    }

    private void tellOver(Child child) {
        Tally.settle(child);
        if (Tally.isReady(child)) {
            turn.emit(EventKind.READY, child, "no longer flapping");
        }
    }
}
