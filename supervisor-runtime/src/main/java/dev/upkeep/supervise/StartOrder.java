package dev.upkeep.supervise;

import dev.upkeep.api.After;
import dev.upkeep.api.child.ActualState;
import dev.upkeep.api.event.EventKind;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** In which order the children of one supervisor start: one after the other, or each after those it names (S1, R8). */
final class StartOrder {
    private final Core core;
    private final Turn turn;
    /** Children to look at, because one they come after has got on. */
    private final Deque<Child> told = new ArrayDeque<>();
    private boolean telling;

    StartOrder(Core core) {
        this.core = core;
        this.turn = core.turn;
    }

    /**
     * Those that wait for a sibling which nobody wants running may wait for ever, so that the start of the supervisor is
     * not to wait for them. They start when it is ready, all the same.
     */
    void decideStranded(Child stopped) {
        if (stopped.parent == null || stopped.parent.sequential) {
            return;
        }
        Deque<Child> reasons = new ArrayDeque<>(List.of(stopped));
        while (!reasons.isEmpty()) {
            Child reason = reasons.remove();
            for (Child waiting : reason.dependents) {
                if (waiting.actual == ActualState.WAITING && !waiting.decided && waitsFor(waiting, reason)) {
                    Tally.decided(waiting);
                    Tally.settle(waiting);
                    reasons.add(waiting);
                }
            }
        }
    }

    /** Starts these children of one supervisor, by its rule of order. */
    void startInOrder(Branch branch, Collection<Child> children) {
        if (branch.sequential) {
            for (Child child : children) {
                if (child.isDown()) {
                    Tally.move(child, ActualState.WAITING);
                }
            }
            line(branch, children);
            advance(branch);
            for (Child child : children) {
                if (child.isDown() && branch.pending.contains(child)) {
                    tellWaiting(child);
                }
            }
        } else {
            children.forEach(c -> Tally.move(c, ActualState.WAITING));
            for (Child child : children) {
                if (!beginIfItsTurn(child)) {
                    tellWaiting(child);
                }
            }
        }
    }

    /** Puts children into the line of those that have not begun. Those that come last, as added ones do, push nobody aside. */
    private static void line(Branch branch, Collection<Child> children) {
        List<Child> coming = new ArrayList<>(children);
        Comparator<Child> inOrder = Comparator.comparingInt(c -> c.position);
        coming.sort(inOrder);
        if (!coming.isEmpty() && !branch.pending.isEmpty()
                && branch.pending.getLast().position >= coming.get(0).position) {
            branch.pending.removeAll(coming);
            coming.addAll(branch.pending);
            coming.sort(inOrder);
            branch.pending.clear();
        }
        branch.pending.addAll(coming);
    }

    private void tellWaiting(Child child) {
        turn.emit(EventKind.WAITING, child, "waiting for " + Views.waitingFor(child));
    }

    /** Lets the next children of a sequential start begin, as far as that is allowed (R8). */
    void advance(Branch branch) {
        if (branch.advancing) {
            return;
        }
        // A child that is up at once comes back here; whoever began it goes on with the next.
        branch.advancing = true;
        while (branch.isUp() && !branch.pending.isEmpty() && !core.groups.holdsAll(branch)
                && !holdsUp(branch, branch.pending.getFirst())) {
            Child next = branch.pending.removeFirst();
            branch.current = next;
            if (next.actual == ActualState.WAITING) {
                core.starts.begin(next, false);
            }
        }
        branch.advancing = false;
    }

    /** A group restart begins: a child whose turn it was, and that is no member and only queued, has its turn again later. */
    void putBack(Branch branch) {
        Child current = branch.current;
        if (branch.sequential && current != null && current.actual == ActualState.QUEUED
                && !Group.has(current)) {
            core.starts.leaveBehind(current);
            Tally.move(current, ActualState.WAITING);
            List<Child> later = List.copyOf(branch.pending);
            branch.pending.clear();
            branch.pending.add(current);
            branch.pending.addAll(later);
            branch.current = null;
        }
    }

    private static boolean holdsUp(Branch branch, Child next) {
        Child current = branch.current;
        if (current == null || !current.holdsUpLater()) {
            return false;
        }
        boolean begins = current.actual == ActualState.STARTING || current.actual == ActualState.QUEUED;
        return begins || current.position < next.position;
    }

    /** Begins a child whose old instance kept it from being started with the others, when its turn has come. */
    void again(Child child) {
        Branch parent = child.parent;
        if (parent != null && parent.pending.contains(child)) {
            Tally.move(child, ActualState.WAITING);
            advance(parent);
        } else {
            core.starts.begin(child, false);
        }
    }

    boolean beginIfItsTurn(Child child) {
        if (child.actual != ActualState.WAITING || child.parent == null || child.parent.sequential
                || !child.parent.isUp() || core.groups.holds(child)) {
            return child.actual != ActualState.WAITING;
        }
        if (unmet(child) != null) {
            return false;
        }
        core.starts.begin(child, false);
        return true;
    }

    /** Returns the first sibling the child still has to wait for. */
    static @Nullable Child unmet(Child child) {
        for (Child first : child.predecessors) {
            if (waitsFor(child, first)) {
                return first;
            }
        }
        return null;
    }

    private static boolean waitsFor(Child child, Child first) {
        return child.spec.after()
                .stream()
                .anyMatch(a -> a.id().equals(first.id()) && !has(first, a.condition()));
    }

    private static boolean has(Child first, After.Condition condition) {
        boolean goneWell = first.removed && first.endedWell();
        if (first.actual == ActualState.COMPLETED || goneWell) {
            return true;
        }
        boolean up = first.actual == ActualState.STARTING || first.actual == ActualState.RUNNING;
        return switch (condition) {
            case READY -> up && first.complete;
            case STARTED -> up && first.started;
            case COMPLETED -> false;
        };
    }

    /** Lets those begin that waited for this child to get where it is now. */
    void tellDependents(Child child) {
        told.addAll(child.dependents);
        if (!telling) {
            // One that is up at once comes back here; whoever began it goes on with those that come after it.
            telling = true;
            for (Child next = told.poll(); next != null; next = told.poll()) {
                beginIfItsTurn(next);
            }
            telling = false;
        }
        Branch parent = child.parent;
        if (parent != null && parent.sequential) {
            advance(parent);
        }
    }
}
