package dev.upkeep.supervise;

import dev.upkeep.api.After;
import dev.upkeep.api.child.ActualState;
import dev.upkeep.api.child.DesiredState;
import dev.upkeep.api.restart.Sibling;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A supervisor's children as a strategy sees them. Made when first looked at: a strategy that does not look costs the same
 * among a hundred thousand siblings as alone.
 */
final class SeenSiblings extends AbstractList<Sibling> {
    private @Nullable Branch branch;
    private List<Sibling> seen = List.of();

    SeenSiblings(Branch branch) {
        this.branch = branch;
    }

    private List<Sibling> seen() {
        Branch unseen = branch;
        if (unseen != null) {
            List<Sibling> all = new ArrayList<>(unseen.children.size());
            // Bounded, because a strategy that did not return in time may look while the tree goes on.
            Child child = unseen.children.first;
            for (int left = unseen.children.size(); child != null && left > 0; left--, child = child.next) {
                all.add(sibling(child));
            }
            seen = all;
            branch = null;
        }
        return seen;
    }

    /** A suspended or abandoned child is not wanted running by anyone who may restart it, so no strategy sees it so. */
    private static Sibling sibling(Child child) {
        boolean out = child.actual == ActualState.SUSPENDED || child.actual == ActualState.ABANDONED;
        List<After> after = child.spec.after();
        return new Sibling(child.id(), child.spec.restart(), out ? DesiredState.STOPPED : child.desired,
                child.actual,
                after.isEmpty() ? List.of() : after.stream().map(After::id).collect(Collectors.toList()),
                Tally.isReady(child));
    }

    /** The question is over: who kept the list sees what he had seen. */
    void close() {
        branch = null;
    }

    @Override
    public Sibling get(int index) {
        return seen().get(index);
    }

    @Override
    public int size() {
        return seen().size();
    }
}
