package dev.upkeep.supervise;

import dev.upkeep.api.Reply;
import dev.upkeep.api.SupervisorSpec.OnGiveUp;
import dev.upkeep.api.child.ActualState;
import dev.upkeep.api.child.Cause;
import dev.upkeep.api.event.EventKind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** When to stop trying: over budget (B5), for a breaker, or for good (R10). */
final class Suspensions {
    private static final Duration FIRST_TRIAL = Duration.ofSeconds(30);
    private static final Duration LAST_TRIAL = Duration.ofMinutes(10);
    private static final double TRIAL_JITTER = 0.2;

    private final Core core;
    private final Turn turn;

    Suspensions(Core core) {
        this.core = core;
        this.turn = core.turn;
    }

    /** Does what the supervisor's rule is over budget (B5). */
    void giveUp(Branch parent, Child child, Cause cause) {
        String text = "more than " + parent.rules.intensity().max() + " restarts in "
                + Failures.words(parent.rules.intensity().within());
        List<Cause.Link> chain = new ArrayList<>();
        chain.add(new Cause.Link(child.path, cause));
        chain.addAll(cause.chain());
        Cause gaveUp = Cause.gaveUp(text, chain);
        if (parent.rules.onGiveUp() == OnGiveUp.SUSPEND) {
            turn.emit(EventKind.GAVE_UP, child, text, Optional.of(gaveUp), Optional.empty());
            Duration open = Failures.doubled(FIRST_TRIAL, child.suspensions, LAST_TRIAL);
            long cut = (long) (open.toNanos() * TRIAL_JITTER * core.random.nextDouble());
            child.suspensions++;
            suspend(child, Child.Suspension.BUDGET,
                    OptionalLong.of(Turn.later(turn.now, open.toNanos() - cut)),
                    text + "; last " + cause);
        } else {
            turn.emit(EventKind.GAVE_UP, parent, text, Optional.of(gaveUp), Optional.empty());
            turn.emit(EventKind.ESCALATED, parent, "stops all its children and fails");
            core.stops.ask(parent, gaveUp);
        }
    }

    /** Stops trying, until a trial or a person says so. */
    void suspend(Child child, Child.Suspension why, OptionalLong trialAt, String reason) {
        core.starts.cancel(child);
        if (child.provisional) {
            turn.answerAll(child, Reply.Kind.START_FAILED,
                    "'" + child.path.shortValue() + "' could not be started: " + reason, Event.Verb.START);
            core.groups.memberLeft(child);
            core.discard(child);
            core.starts.checkAbove(child);
            return;
        }
        child.suspension = why;
        child.nextKnown = trialAt.isPresent();
        child.nextAt = trialAt.orElse(0);
        Tally.move(child, ActualState.SUSPENDED);
        if (trialAt.isPresent() && why == Child.Suspension.BUDGET) {
            turn.setTimer(Timer.Kind.TRIAL, child, child.nextAt);
        }
        Tally.decided(child);
        turn.emit(EventKind.SUSPENDED, child, "suspended: " + reason + "; " + nextOf(child, why, trialAt));
        turn.answerAll(child, Reply.Kind.START_FAILED,
                "'" + child.path.shortValue() + "' is suspended: " + reason,
                Event.Verb.START, Event.Verb.RESTART, Event.Verb.RESET);
        Tally.settle(child);
        core.groups.memberCannotStart(child);
        core.starts.checkAbove(child);
        if (child.spec.essential()) {
            core.endBecauseOf(child, 1, "is suspended: " + reason);
        }
    }

    private String nextOf(Child child, Child.Suspension why, OptionalLong trialAt) {
        if (trialAt.isPresent()) {
            return "next trial in " + Failures.words(Duration.ofNanos(trialAt.getAsLong() - turn.now));
        }
        return why == Child.Suspension.BREAKER && core.breakers.isTried(child.breaker)
                ? "others try first, and it follows when the breaker closes"
                : "no trial by itself: it waits for 'upkeep start " + child.path.shortValue() + "'";
    }
}
