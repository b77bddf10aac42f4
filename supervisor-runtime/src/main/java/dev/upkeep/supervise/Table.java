package dev.upkeep.supervise;

import dev.upkeep.api.child.Cause;
import dev.upkeep.api.child.ExitStatus;
import dev.upkeep.api.event.EventKind;
import dev.upkeep.api.settings.Defaults;
import org.jspecify.annotations.Nullable;

/**
 * The table of child states × events: what each event means in each state. Exhaustive by the compiler; a state in which
 * an event means nothing says so with {@link #dropped}. Events of an old generation never get here.
 */
final class Table {
    private final Core core;
    private final Turn turn;
    /** Events that came too late to mean anything. */
    long dropped;

    Table(Core core) {
        this.core = core;
        this.turn = core.turn;
    }

    void started(Child child, Event.Started event) {
        switch (child.actual) {
            case STARTING -> {
                if (child.started) {
                    dropped++;
                } else {
                    core.starts.started(child, event.pid());
                }
            }
            case STOPPING -> {
                child.started = true;
                child.startedAt = turn.now;
                child.pid = event.pid();
                Tally.settle(child);
                core.starts.leaveGate(child);
            }
            case WAITING, QUEUED, RUNNING, BACKOFF, SUSPENDED, STOPPED, COMPLETED, ABANDONED -> dropped++;
        }
    }

    void startRefused(Child child, Event.StartRefused event) {
        switch (child.actual) {
            case STARTING -> {
                boolean wanted = child.parent != null && child.parent.isUp() && !core.groups.holds(child);
                if (event.hostShortage() && wanted) {
                    core.failures.shortage(child, event.cause());
                } else {
                    core.stops.gone(child, event.cause());
                }
            }
            case STOPPING ->
                core.stops.gone(child, child.stopCause == null ? event.cause() : child.stopCause);
            case ABANDONED -> core.stops.gone(child, event.cause());
            case WAITING, QUEUED, RUNNING, BACKOFF, SUSPENDED, STOPPED, COMPLETED -> dropped++;
        }
    }

    void ended(Child child, Event.Ended event) {
        switch (child.actual) {
            case STARTING, RUNNING -> {
                child.lastWords = event.lastWords();
                Cause cause = Failures.causeOf(child, event.outcome());
                if (event.membersLeft()) {
                    core.stops.stopMembers(child, cause);
                } else {
                    core.stops.gone(child, cause);
                }
            }
            case STOPPING, ABANDONED -> {
                child.lastWords = event.lastWords();
                Cause cause = withOutcome(child.stopCause, event.outcome());
                if (event.membersLeft()) {
                    child.stopCause = cause;
                } else {
                    core.stops.gone(child, cause);
                }
            }
            case WAITING, QUEUED, BACKOFF, SUSPENDED, STOPPED, COMPLETED -> dropped++;
        }
    }

    /** A stop keeps its cause, whatever the end looks like; the odd ending is recorded with it (S7). */
    private static Cause withOutcome(@Nullable Cause stop, Outcome outcome) {
        Cause cause = stop == null ? Cause.requested() : stop;
        return switch (outcome) {
            case Outcome.Exited(ExitStatus status) -> cause.with(status);
            case Outcome.Threw(Throwable thrown) -> cause.with(thrown);
            case Outcome.Returned() -> cause;
        };
    }

    void gone(Child child) {
        switch (child.actual) {
            case STOPPING, ABANDONED ->
                core.stops.gone(child, child.stopCause == null ? Cause.requested() : child.stopCause);
            case WAITING, QUEUED, STARTING, RUNNING, BACKOFF, SUSPENDED, STOPPED, COMPLETED -> dropped++;
        }
    }

    void readyChanged(Child child, boolean ready) {
        switch (child.actual) {
            case STARTING -> {
                if (ready && child.started) {
                    core.starts.complete(child);
                }
            }
            case RUNNING -> {
                if (ready != child.ready) {
                    core.starts.readyChanged(child, ready);
                }
            }
            case WAITING, QUEUED, STOPPING, BACKOFF, SUSPENDED, STOPPED, COMPLETED, ABANDONED -> dropped++;
        }
    }

    void foundUnhealthy(Child child, Event.FoundUnhealthy event) {
        switch (child.actual) {
            case STARTING, RUNNING -> core.stops.ask(child, Cause.unhealthy(event.check(), event.reason()));
            case WAITING, QUEUED, STOPPING, BACKOFF, SUSPENDED, STOPPED, COMPLETED, ABANDONED -> dropped++;
        }
    }

    void healthChanged(Child child, Event.HealthChanged event) {
        switch (child.actual) {
            case STARTING, RUNNING -> {
                child.health = event.health();
                Tally.settle(child);
                String word = "health is " + Defaults.wordOf(event.health());
                turn.emit(EventKind.HEALTH_CHANGED, child,
                        event.reason().isEmpty() ? word : word + ": " + event.reason());
            }
            case WAITING, QUEUED, STOPPING, BACKOFF, SUSPENDED, STOPPED, COMPLETED, ABANDONED -> dropped++;
        }
    }

    void permitted(Child child, long permit) {
        switch (child.actual) {
            case QUEUED -> core.starts.permitted(child, permit);
            case WAITING, STARTING, RUNNING, STOPPING, BACKOFF, SUSPENDED, STOPPED, COMPLETED, ABANDONED ->
                giveBack(child.breaker, permit);
        }
    }

    void giveBack(@Nullable String breaker, long permit) {
        dropped++;
        if (breaker != null && permit != 0) {
            turn.act(new Action.Report(breaker, permit, Action.StartResult.IGNORED, "not needed any more"));
            core.breakers.trialFreed(breaker);
        }
    }

    void refused(Child child) {
        switch (child.actual) {
            case QUEUED -> core.breakers.refused(child);
            case WAITING, STARTING, RUNNING, STOPPING, BACKOFF, SUSPENDED, STOPPED, COMPLETED, ABANDONED ->
                dropped++;
        }
    }

    void backoffOver(Child child) {
        switch (child.actual) {
            case BACKOFF -> core.starts.begin(child, false);
            case STARTING, RUNNING -> {
                // A supervisor's timer while it lives is that of a group restart below it.
                if (child instanceof Branch branch) {
                    core.groups.advance(branch);
                }
            }
            case WAITING, QUEUED, STOPPING, SUSPENDED, STOPPED, COMPLETED, ABANDONED -> dropped++;
        }
    }

    void startTimedOut(Child child) {
        switch (child.actual) {
            case STARTING -> core.stops.ask(child, Cause.startTimeout("not ready within "
                    + Failures.words(child.spec.startTimeout())));
            case WAITING, QUEUED, RUNNING, STOPPING, BACKOFF, SUSPENDED, STOPPED, COMPLETED, ABANDONED ->
                dropped++;
        }
    }

    void stopTimedOut(Child child) {
        switch (child.actual) {
            case STOPPING -> core.stops.overdue(child);
            case WAITING, QUEUED, STARTING, RUNNING, BACKOFF, SUSPENDED, STOPPED, COMPLETED, ABANDONED ->
                dropped++;
        }
    }

    void stillThere(Child child) {
        switch (child.actual) {
            case STOPPING -> core.stops.killAgain(child);
            case WAITING, QUEUED, STARTING, RUNNING, BACKOFF, SUSPENDED, STOPPED, COMPLETED, ABANDONED ->
                dropped++;
        }
    }

    void stable(Child child) {
        switch (child.actual) {
            case RUNNING -> {
                if (child.breaker != null && child.permit != 0) {
                    turn.act(new Action.Report(child.breaker, child.permit, Action.StartResult.SUCCESS,
                            "ready for long enough"));
                    child.permit = 0;
                }
            }
            case WAITING, QUEUED, STARTING, STOPPING, BACKOFF, SUSPENDED, STOPPED, COMPLETED, ABANDONED ->
                dropped++;
        }
    }

    void trial(Child child) {
        switch (child.actual) {
            case SUSPENDED -> core.breakers.tryNow(child);
            case WAITING, QUEUED, STARTING, RUNNING, STOPPING, BACKOFF, STOPPED, COMPLETED, ABANDONED ->
                dropped++;
        }
    }
}
