package dev.upkeep.tree;

import dev.upkeep.api.child.ChildPath;
import dev.upkeep.api.child.ChildStatus;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Finds one child in one snapshot after another, without a search through very many siblings each time: it begins where the
 * child was the last time. For any thread.
 */
final class ChildSeeker {
    /** How far from its last place it is looked for before all are: those before it come and go. */
    private static final int NEAR = 16;

    /** From the root's on. */
    private final String[] ids;
    /** The place at each level. Each is a guess, so it does not matter which thread's is seen. */
    private final int[] places;

    ChildSeeker(ChildPath path) {
        Deque<String> all = new ArrayDeque<>();
        for (Optional<ChildPath> at = Optional.of(path); at.isPresent(); at = at.get().parent()) {
            all.push(at.get().id());
        }
        ids = all.toArray(new String[0]);
        places = new int[ids.length];
    }

    /** Returns the child; null if it is not there. */
    @Nullable
    ChildStatus find(ChildStatus root) {
        ChildStatus found = root.path().id().equals(ids[0]) ? root : null;
        for (int level = 1; level < ids.length && found != null; level++) {
            found = find(found.children(), level);
        }
        return found;
    }

    private @Nullable ChildStatus find(List<ChildStatus> siblings, int level) {
        int place = places[level];
        int size = siblings.size();
        for (int away = 0; away <= NEAR; away++) {
            for (int at = place - away; at <= place + away; at += Math.max(1, 2 * away)) {
                if (at >= 0 && at < size && is(siblings.get(at), level)) {
                    places[level] = at;
                    return siblings.get(at);
                }
            }
        }
        int at = 0;
        for (ChildStatus sibling : siblings) {
            if (is(sibling, level)) {
                places[level] = at;
                return sibling;
            }
            at++;
        }
        return null;
    }

    private boolean is(ChildStatus child, int level) {
        return child.path().id().equals(ids[level]);
    }
}
