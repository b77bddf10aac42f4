package dev.upkeep.supervise;

import dev.upkeep.api.ChildSpec;
import dev.upkeep.api.TreeSpec;
import dev.upkeep.api.breaker.BreakerContext;
import dev.upkeep.api.breaker.CircuitBreaker;
import dev.upkeep.api.settings.Choice;
import java.util.List;

/** What the simulation of the core has that the simulation of the loop needs as well: random trees, real plugins. */
public final class Stories {
    private Stories() {}

    public static TreeSpec tree(long seed) {
        return RandomTree.of(seed);
    }

    /** Makes children that are added while the tree runs, to a supervisor at that depth. */
    public static List<ChildSpec> added(long seed, int depth) {
        return new RandomTree(seed).added(depth);
    }

    /** Makes the spec of a tree another. */
    public static TreeSpec edited(long seed, TreeSpec spec) {
        return new RandomTree(seed).edited(spec);
    }

    public static String words(TreeSpec spec) {
        return RandomTree.words(spec);
    }

    public static Plugins plugins() {
        return RealPlugins.SHARED;
    }

    public static CircuitBreaker breaker(Choice choice, BreakerContext context) {
        return RealPlugins.SHARED.breaker(choice, context);
    }
}
