package dev.upkeep.tree;

import dev.upkeep.api.BreakerUse;
import dev.upkeep.api.ChildSpec;
import dev.upkeep.api.SupervisorSpec;
import dev.upkeep.api.TreeSpec;
import dev.upkeep.api.child.ChildPath;
import dev.upkeep.api.settings.Choice;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A breaker that a spec asks for. A shared one goes by its name, a child's own by the child's path: no id has a slash.
 *
 * @param trials how many it lets through when its settings do not say (C6)
 */
record WantedBreaker(Choice choice, int trials) {
    private static final int TRIALS_OF_ITS_OWN = 1;
    private static final int TRIALS_SHARED = 3;

    static WantedBreaker shared(Choice choice) {
        return new WantedBreaker(choice, TRIALS_SHARED);
    }

    static WantedBreaker own(Choice choice) {
        return new WantedBreaker(choice, TRIALS_OF_ITS_OWN);
    }

    /** Returns what a child asks for itself. */
    static Optional<WantedBreaker> by(ChildSpec child) {
        return child.breaker().flatMap(BreakerUse::own).map(WantedBreaker::own);
    }

    /** Returns all that a tree asks for, by name. */
    static Map<String, WantedBreaker> by(TreeSpec tree) {
        Map<String, WantedBreaker> all = by(new ChildPath(tree.name()), tree.root().children());
        tree.breakers().forEach((name, choice) -> all.put(name, shared(choice)));
        return all;
    }

    /** Returns what children ask for themselves, and all below them. */
    static Map<String, WantedBreaker> by(ChildPath supervisor, List<ChildSpec> children) {
        Map<String, WantedBreaker> all = new HashMap<>();
        collect(supervisor, children, all);
        return all;
    }

    private static void collect(
            ChildPath supervisor,
            List<ChildSpec> children,
            Map<String, WantedBreaker> into) {
        for (ChildSpec child : children) {
            by(child).ifPresent(wanted -> into.put(supervisor.child(child.id()).value(), wanted));
            if (child.work() instanceof SupervisorSpec below) {
                collect(supervisor.child(child.id()), below.children(), into);
            }
        }
    }
}
