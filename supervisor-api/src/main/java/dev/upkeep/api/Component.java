package dev.upkeep.api;

/**
 * A child that lives in this JVM. A fresh object is made for every start, so that nothing of a failed instance is
 * carried over.
 */
@FunctionalInterface
public interface Component {
    /**
     * Does the component's work until it is done or told to stop. Runs on a thread of its own, virtual by default.
     *
     * <p>Returning is a normal end; throwing anything is a crash. When the component is to stop,
     * {@link ComponentContext#shouldStop()} turns true; after the stop timeout (default 5 s) its thread is interrupted.
     *
     * @throws Exception when it cannot go on; the supervisor decides what comes next
     */
    void run(ComponentContext context) throws Exception;
}
