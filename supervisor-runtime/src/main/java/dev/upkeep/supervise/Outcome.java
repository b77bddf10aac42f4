package dev.upkeep.supervise;

import dev.upkeep.api.child.Cause;
import dev.upkeep.api.child.ExitStatus;
import dev.upkeep.api.child.ResourceUse;
import java.util.Optional;

/** How an instance ended by itself, before anyone judges whether that is normal (R2). */
public sealed interface Outcome {
    /**
     * A process ended.
     *
     * @param used what it had used, where the kernel told it
     */
    record Exited(ExitStatus status, Optional<ResourceUse> used) implements Outcome {
        public Exited(ExitStatus status) {
            this(status, Optional.empty());
        }
    }

    /** A component returned. */
    record Returned() implements Outcome {}

    /** A component threw. */
    record Threw(Throwable throwable, String words) implements Outcome {
        /** Finds the words for it, which is the stranger's code: never on the loop. */
        public Threw(Throwable throwable) {
            this(throwable, Cause.crashed(throwable).reason());
        }
    }
}
