package dev.upkeep.api;

import java.util.Objects;
import java.util.concurrent.Callable;

/**
 * A component of this JVM.
 *
 * @param label what views call it: usually the name of its class
 * @param factory makes a fresh object for every start, off the tree's loop; what it throws is a failed start
 * @param thread what it runs on
 */
public record ComponentSpec(String label, @ReadAtStart Callable<? extends Component> factory,
        @ReadAtStart ThreadKind thread) implements Work {
    /** What a component runs on. */
    public enum ThreadKind {
        /** A virtual thread: the default. */
        VIRTUAL,
        /** A thread of the system, for work that burns a processor or blocks in foreign code. */
        PLATFORM
    }

    public ComponentSpec {
        Objects.requireNonNull(factory, () -> "component '" + label + "' needs a factory, but has null");
    }

    public static ComponentSpec of(Callable<? extends Component> factory) {
        return new ComponentSpec("component", factory, ThreadKind.VIRTUAL);
    }
}
