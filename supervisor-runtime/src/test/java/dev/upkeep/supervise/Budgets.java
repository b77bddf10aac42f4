package dev.upkeep.supervise;

import dev.upkeep.api.SupervisorSpec.OnGiveUp;
import dev.upkeep.api.child.ActualState;
import dev.upkeep.api.child.Cause;
import dev.upkeep.api.event.EventKind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Follows every budget and every back-off by a model of its own: a restart counts from its decision until it leaves the
 * window, which it enters when it is complete or has failed.
 */
final class Budgets {
    /** One decided restart, of a child alone or of a group. */
    private static final class Attempt {
        final Child failed;
        final long after;
        long notBefore;
        boolean begun;
        boolean over;
        /** When it was complete, or had failed; for a group, which is complete when its last member is, when it began. */
        long stamp;

        Attempt(Child failed, long notBefore) {
            this.failed = failed;
            this.after = failed.generation;
            this.notBefore = notBefore;
        }
    }

    private static final class Ledger {
        final Branch branch;
        final List<Attempt> attempts = new ArrayList<>();
        @Nullable
        Attempt group;
        /** Those of a group that is starting, as it was before this event. */
        final List<Child> starting = new ArrayList<>();
        boolean hurried;
        /** Whether what is counted is counted exactly, so that giving up too early would be seen as well. */
        boolean exact = true;

        Ledger(Branch branch) {
            this.branch = branch;
        }

        int held(long now) {
            long within = branch.rules.intensity().within().toNanos();
            attempts.removeIf(a -> a.over && now - a.stamp > within);
            return attempts.size();
        }
    }

    private final SimulatedWorld world;
    private final Counts counts;
    private final Invariants invariants;
    private final Judgments judgments;
    private final Map<Branch, Ledger> ledgers = new HashMap<>();

    Budgets(SimulatedWorld world, Invariants invariants, Judgments judgments) {
        this.judgments = judgments;
        this.world = world;
        this.counts = world.counts;
        this.invariants = invariants;
    }

    private Ledger ledger(Branch branch) {
        return ledgers.computeIfAbsent(branch, Ledger::new);
    }

    void before(Event event) {
        if (event instanceof Event.Apply) {
            // A new spec ends the back-off of one that it changes (B7).
            for (Ledger ledger : ledgers.values()) {
                ledger.hurried = true;
                ledger.exact = false;
                ledger.attempts.forEach(a -> a.notBefore = world.now);
            }
        } else if (event instanceof Event.Asked asked) {
            Child child = world.core.children.get(asked.path());
            if (child != null && child.parent != null) {
                ledger(child.parent).hurried = true;
            }
        }
    }

    void act(Action action) {
        switch (action) {
            case Action.Emit emit -> emitted(emit, invariants.child(emit.path()));
            case Action.Start start -> begun(invariants.child(start.instance().path()));
            default -> {
            }
        }
    }

    private void emitted(Action.Emit emit, Child child) {
        if (emit.kind() == EventKind.STARTED && child instanceof Branch branch) {
            ledgers.remove(branch);
            begun(child);
        } else if ((emit.kind() == EventKind.EXITED || emit.kind() == EventKind.ABANDONED)
                && child.parent != null) {
            Attempt attempt = attemptOf(child);
            if (attempt != null && attempt.begun) {
                over(attempt);
            }
        } else if (emit.kind() == EventKind.RESTART_SCHEDULED && emit.cause().isPresent()
                && child.parent != null) {
            scheduled(ledger(child.parent), child, emit);
        } else if (emit.kind() == EventKind.HOST_SHORTAGE) {
            // The host had no room: that was no attempt yet.
            Attempt attempt = attemptOf(child);
            if (attempt != null) {
                attempt.begun = false;
                attempt.notBefore = world.now;
            }
        } else if (emit.kind() == EventKind.GAVE_UP) {
            gaveUp(child, emit);
        }
    }

    private void over(Attempt attempt) {
        attempt.over = true;
        attempt.stamp = world.now;
    }

    private @Nullable Attempt attemptOf(Child child) {
        Ledger ledger = child.parent == null ? null : ledgers.get(child.parent);
        if (ledger != null) {
            for (Attempt attempt : ledger.attempts) {
                if (attempt.failed == child && !attempt.over && attempt != ledger.group) {
                    return attempt;
                }
            }
        }
        return null;
    }

    /** A child with a breaker is charged to it, until that has opened too often for it (B4). */
    private static boolean isGuarded(Child child) {
        int limit = child.spec.breaker().map(b -> b.escalateAfter().orElse(0)).orElse(0);
        return child.breaker != null && !(limit > 0 && child.breakerOpenings >= limit);
    }

    private void scheduled(Ledger ledger, Child child, Action.Emit emit) {
        counts.rule(Rule.B1);
        long delay = emit.delay().orElseThrow().toNanos();
        boolean guarded = isGuarded(child);
        boolean inGroup = emit.text().startsWith("restart with its group");
        if (inGroup) {
            judgments.groupDecided(child, ledger.branch);
            // What its members were going to do alone they do with it.
            ledger.attempts.removeIf(a -> !a.begun && !a.over && a != ledger.group && Group.has(a.failed));
        }
        if (inGroup && ledger.group != null) {
            if (!ledger.starting.contains(child)) {
                // It joins: the group waits for the longest, and is counted once (R9, B6).
                counts.rule(Rule.R9);
                ledger.group.notBefore = Math.max(ledger.group.notBefore, world.now + delay);
                ledger.group.begun = false;
                return;
            }
            counts.rule(Rule.R7);
            endGroup(ledger);
        }
        Attempt attempt = new Attempt(child, world.now + delay);
        if (guarded) {
            counts.rule(Rule.B4);
        } else {
            counts.rule(Rule.B2);
            int max = ledger.branch.rules.intensity().max();
            if (ledger.held(world.now) >= max) {
                throw Invariants.violated("B2: more restarts than " + max, ledger.branch);
            }
            ledger.attempts.add(attempt);
        }
        if (inGroup) {
            counts.rule(Rule.R4);
            ledger.group = attempt;
            ledger.exact = false;
            ledger.hurried = false;
        }
    }

    private void endGroup(Ledger ledger) {
        Attempt group = ledger.group;
        if (group != null && !group.over) {
            if (group.begun) {
                group.over = true;
            } else {
                ledger.attempts.remove(group);
            }
        }
        ledger.group = null;
    }

    private void begun(Child child) {
        Ledger ledger = child.parent == null ? null : ledgers.get(child.parent);
        if (ledger == null) {
            return;
        }
        Attempt group = ledger.group;
        Attempt alone = attemptOf(child);
        if (group != null && !group.begun && child == group.failed && !child.byHand) {
            counts.rule(Rule.B6);
            Invariants.demand(world.now >= group.notBefore || ledger.hurried,
                    "B6: a group waits for the longest",
                    child);
            group.begun = true;
            group.stamp = world.now;
        } else if (alone != null && !alone.begun && !child.byHand) {
            counts.rule(Rule.B6);
            Invariants.demand(world.now >= alone.notBefore || child.breaker != null,
                    "B1: it waits its back-off",
                    child);
            alone.begun = true;
        }
    }

    private void gaveUp(Child named, Action.Emit emit) {
        counts.rule(Rule.B5);
        Cause cause = emit.cause().orElseThrow();
        Invariants.demand(cause.kind() == Cause.Kind.GAVE_UP && !cause.chain().isEmpty(),
                "B5: it gives up with its chain", named);
        Child leaf = invariants.child(cause.chain().getFirst().path());
        Optional<Branch> parent = Optional.ofNullable(leaf.parent);
        Branch branch = parent.orElseThrow();
        boolean suspends = branch.rules.onGiveUp() == OnGiveUp.SUSPEND;
        Invariants.demand(named == (suspends ? leaf : branch), "B5: the one it is about", named);
        Ledger ledger = ledger(branch);
        ledger.held(world.now);
        if (ledger.exact && !isGuarded(leaf) && leaf.breaker == null) {
            counts.rule(Rule.B3);
            Invariants.demand(ledger.held(world.now) >= branch.rules.intensity().max(),
                    "B3: it gives up only when its budget is spent", branch);
        }
    }

    /** Ends the attempts that are complete, and gives back those that will not be made. */
    void check() {
        for (Ledger ledger : ledgers.values()) {
            if (ledger.attempts.isEmpty() && ledger.group == null) {
                continue;
            }
            Group group = ledger.branch.group;
            ledger.starting.clear();
            if (group == null) {
                endGroup(ledger);
            } else if (group.phase == Group.Phase.STARTING) {
                for (Child member : group.starts()) {
                    if (member.groupStarts) {
                        ledger.starting.add(member);
                    }
                }
            }
            for (int i = ledger.attempts.size() - 1; i >= 0; i--) {
                Attempt attempt = ledger.attempts.get(i);
                if (!attempt.over && attempt != ledger.group) {
                    settle(ledger, attempt);
                }
            }
        }
    }

    private void settle(Ledger ledger, Attempt attempt) {
        Child child = attempt.failed;
        if (attempt.begun && child.complete) {
            over(attempt);
        } else if (!attempt.begun && ledger.branch.group != null && Group.has(child)
                || child.byHand && child.generation > attempt.after || child.removed
                || child.actual == ActualState.STOPPED
                || child.actual == ActualState.SUSPENDED || child.actual == ActualState.COMPLETED) {
            // What will not be made, or is made by hand or by a group, has not used its place (A2, B7).
            ledger.attempts.remove(attempt);
        }
    }
}
