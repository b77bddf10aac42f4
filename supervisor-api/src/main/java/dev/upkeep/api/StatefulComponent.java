package dev.upkeep.api;

/**
 * A component whose state outlives an instance (S9). The runtime keeps what {@link #save} gives in a {@link StateStore},
 * files by default, and hands it to the next instance.
 *
 * <p>A kill saves nothing, and a crash neither: {@link ComponentContext#save} keeps state at any time.
 */
public interface StatefulComponent extends Component {
    /**
     * Takes over what an earlier instance saved. Called once before {@link #run}, on the same thread, and not at all if
     * nothing was saved.
     *
     * @throws Exception if it cannot be used: the start has then failed
     */
    void restore(byte[] state) throws Exception;

    /**
     * Returns what the next instance shall know. Called once before a graceful stop, while {@link #run} still works and
     * before {@link ComponentContext#shouldStop()} turns true, on a virtual thread of its own: what both touch needs a
     * guard. The time it takes is part of the stop timeout.
     *
     * @throws Exception if there is nothing to keep: told as an event, the stop goes on and what was saved before stays
     */
    byte[] save() throws Exception;
}
