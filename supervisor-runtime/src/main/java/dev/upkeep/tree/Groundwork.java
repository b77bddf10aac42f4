package dev.upkeep.tree;

import dev.upkeep.api.ChildSpec;
import dev.upkeep.api.TreeSpec;
import dev.upkeep.api.child.ChildPath;
import java.util.List;

/**
 * Makes what a new spec needs before it reaches the loop, which must not wait for anything: plugins, breakers, the engine of
 * the first process. Called on the threads of those who ask; safe for several. After the end of the tree it makes nothing.
 */
public interface Groundwork {
    /**
     * Lays it for children to be added.
     *
     * @param supervisor the path of their supervisor
     * @param shared the breakers that they may share
     * @throws IllegalArgumentException if a spec names a plugin or a breaker that is not there; nothing was made
     */
    void lay(ChildPath supervisor, List<ChildSpec> children, java.util.Set<String> shared);

    /**
     * Lays it for a spec to be applied. Breakers that replace others wait for {@link BreakerPort#applied}.
     *
     * @throws IllegalArgumentException if it names a plugin that is not there; nothing was made
     */
    void lay(TreeSpec spec);

    /** Takes back what was laid for children of which none came into the tree. */
    void takeBack(ChildPath supervisor, List<ChildSpec> children);

    /** Takes back what was laid for a spec that was not applied. */
    void takeBack(TreeSpec spec);
}
