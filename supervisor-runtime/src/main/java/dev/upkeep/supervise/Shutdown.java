package dev.upkeep.supervise;

import dev.upkeep.api.Ending;
import dev.upkeep.api.child.Cause;
import dev.upkeep.api.child.ChildPath;
import dev.upkeep.api.event.EventKind;
import java.util.ArrayList;
import java.util.List;

/** The end of the whole tree, within its one deadline (S8). */
final class Shutdown {
    private final Core core;
    private final Turn turn;

    Shutdown(Core core) {
        this.core = core;
        this.turn = core.turn;
    }

    /** Stops the whole tree, within its one deadline; the second time by force (S8). */
    void begin(String why, Cause cause) {
        core.shutdownsAsked++;
        Branch root = core.root;
        if (core.shutdownsAsked == 1) {
            turn.emit(EventKind.OPERATOR_ACTION, root, "shutdown: " + why);
            if (Tally.canEnd(root.actual)) {
                core.stops.ask(root, cause);
            } else {
                end(cause, List.of());
            }
        } else {
            turn.emit(EventKind.OPERATOR_ACTION, root, "shutdown by force: " + why);
            core.stops.overdue(root);
        }
    }

    /** The deadline of the whole tree has passed: what is left is killed, and named. */
    void deadline() {
        core.stops.overdue(core.root);
        if (!core.ended) {
            List<ChildPath> left = new ArrayList<>();
            collectLive(core.root, left);
            end(core.root.stopCause == null ? Cause.requested() : core.root.stopCause, left);
        }
    }

    private static void collectLive(Branch branch, List<ChildPath> left) {
        // Below a temporary supervisor that is gone an abandoned one may live on.
        for (Child child : branch.gone) {
            collectLive(child, left);
        }
        for (Child child : branch.children) {
            collectLive(child, left);
        }
    }

    private static void collectLive(Child child, List<ChildPath> left) {
        if (child instanceof Branch below) {
            collectLive(below, left);
        } else if (child.actual.isLive() || !child.leftBehind.isEmpty()) {
            left.add(child.path);
        }
    }

    void end(Cause cause, List<ChildPath> left) {
        if (core.ended) {
            return;
        }
        core.ended = true;
        List<ChildPath> remaining = new ArrayList<>(left);
        if (left.isEmpty()) {
            collectLive(core.root, remaining);
        }
        int code = core.exitCode.orElse(cause.isAbnormal() ? 1 : 0);
        turn.act(new Action.TreeEnded(new Ending(cause, code, remaining)));
    }
}
