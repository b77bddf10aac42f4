package dev.upkeep.supervise;

import dev.upkeep.api.BreakerUse;
import dev.upkeep.api.child.ActualState;
import dev.upkeep.api.child.Cause;
import dev.upkeep.api.event.EventKind;
import dev.upkeep.api.settings.Durations;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The slow start of very many: what a shared breaker protects is not to be asked by all its users at once, before the
 * breaker could learn from the first few, nor when it has just come back.
 *
 * <p>In words: of the automatic restarts through one shared breaker, at first as many may be on trial together as there are
 * slots in the start gate ({@code maxConcurrentStarts}). A restart is <em>on trial</em> from the moment it is let in until it
 * is proven, or ends, or is stopped; it is <em>proven</em> when the child has been up for 1 s: ready, where it has readiness.
 * The others are queued, in order; each one that is proven lets two in, so that twice as many start in each round. When one
 * fails on trial, when the breaker opens, and when nobody is queued any more, it begins with the few again. A start that is
 * neither proven nor over after its {@code startTimeout} and that second, as that of a supervisor can be, holds up the others
 * no longer.
 *
 * <p>Not held back: first starts; starts by request; children whose breaker is their own; children that start with their
 * supervisor, when that is on trial itself; and all, while the breaker is DISABLED or METRICS_ONLY. When it opens, those that
 * are queued are suspended as all others are. All this comes before the start gate (B9), and the breaker is asked after both.
 */
final class Herds {
    private static final long PROOF_NANOS = Duration.ofSeconds(1).toNanos();

    private final Core core;
    private final Turn turn;
    /** By the breaker's name; only those that have anyone. */
    private final Map<String, Herd> herds = new HashMap<>();

    Herds(Core core) {
        this.core = core;
        this.turn = core.turn;
    }

    /** Takes a place for a start that needs one; says whether it has to wait for it. */
    boolean holdsBack(Child child) {
        String breaker = child.breaker;
        if (breaker == null || !child.restarting || child.byHand || !isShared(child)
                || core.breakers.letsAllThrough(breaker) || startsWithItsSupervisor(child, breaker)) {
            return false;
        }
        return !herds.computeIfAbsent(breaker, Herd::new).enter(child, least(breaker));
    }

    private static boolean isShared(Child child) {
        return child.spec.breaker().flatMap(BreakerUse::shared).isPresent();
    }

    private static boolean startsWithItsSupervisor(Child child, String breaker) {
        for (Child above = child.parent; above != null; above = above.parent) {
            if (above.herd != null && above.herd.breaker.equals(breaker)) {
                return true;
            }
        }
        return false;
    }

    private int least(String breaker) {
        return core.breakers.letsAllThrough(breaker) ? Integer.MAX_VALUE : core.spec.maxConcurrentStarts();
    }

    static boolean isWaiting(Child child) {
        return child.herd != null && child.herd.hasWaiting(child);
    }

    /** A start is under way, and has so long to be proven. */
    void launched(Child child) {
        if (child.herd != null) {
            prove(child, Turn.later(Durations.saturatedNanos(child.spec.startTimeout()), PROOF_NANOS));
        }
    }

    /** A start is complete: now it has to last. */
    void completed(Child child) {
        if (child.herd != null) {
            prove(child, PROOF_NANOS);
        }
    }

    private void prove(Child child, long nanos) {
        turn.setTimer(Timer.Kind.PROOF, child, Turn.later(turn.now, nanos));
    }

    /** The time has passed in which a start had to be proven. */
    void due(Child child) {
        leave(child, child.complete ? Action.StartResult.SUCCESS : Action.StartResult.IGNORED);
    }

    /** It ends, or is told to. */
    void ends(Child child, @Nullable Cause cause, boolean fatal) {
        leave(child, cause == null ? Action.StartResult.IGNORED : Failures.resultOf(cause, fatal));
    }

    /** A start is called off. */
    void calledOff(Child child) {
        leave(child, Action.StartResult.IGNORED);
    }

    private void leave(Child child, Action.StartResult result) {
        Herd herd = child.herd;
        if (herd == null) {
            return;
        }
        turn.cancelTimer(Timer.Kind.PROOF, child);
        herd.leave(child);
        switch (result) {
            case SUCCESS -> herd.grow();
            case FAILURE -> herd.shrink();
            case IGNORED -> {
            }
        }
        letThrough(herd);
    }

    /** Takes the children of a supervisor that stops off the queue, lest the place of one lets the next one start. */
    static void forgetWaiting(Child child) {
        if (isWaiting(child) && child.herd != null) {
            child.herd.leave(child);
        }
    }

    private void letThrough(Herd herd) {
        int least = least(herd.breaker);
        for (Child next = herd.next(least); next != null; next = herd.next(least)) {
            core.starts.approach(next);
        }
        if (herd.isEmpty()) {
            herds.remove(herd.breaker, herd);
        }
    }

    /** More may be let through than before. */
    void widened() {
        List.copyOf(herds.values()).forEach(this::letThrough);
    }

    /** A breaker lets nobody through any more: those that wait for their turn at it need not. */
    void opened(String breaker) {
        Herd herd = herds.get(breaker);
        if (herd == null) {
            return;
        }
        for (Child child : herd.dismiss()) {
            // One that is suspended may take others with it.
            if (child.actual == ActualState.QUEUED && child.herd == null && Core.isPresent(child)) {
                core.breakers.refused(child);
            }
        }
        if (herd.isEmpty()) {
            herds.remove(breaker, herd);
        }
    }

    void tellQueued(Child child) {
        String breaker = String.valueOf(child.breaker);
        turn.emit(EventKind.QUEUED, child,
                () -> "queued: others that restart through breaker '" + breaker + "' have to last first");
    }
}
