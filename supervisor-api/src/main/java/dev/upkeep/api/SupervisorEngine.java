package dev.upkeep.api;

import java.util.ServiceLoader;

/** What runs trees. The artifact {@code supervisor-runtime} brings one; found by {@link ServiceLoader}. */
public interface SupervisorEngine {
    /**
     * Starts a tree and waits for the first start of all its children.
     *
     * @throws StartFailedException if a child fails in its first start and its supervisor's rule is to fail
     * @throws IllegalArgumentException if the spec names a plugin that is not there; nothing was started
     */
    Supervisor start(TreeSpec spec, Surroundings surroundings);

    /**
     * Returns the engine on the class path.
     *
     * @throws IllegalStateException naming the missing artifact
     */
    static SupervisorEngine find() {
        return ServiceLoader.load(SupervisorEngine.class)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException(
                        "no engine on the class path; add the artifact dev.upkeep:supervisor-runtime"));
    }
}
