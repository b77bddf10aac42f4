package dev.upkeep.api;

import dev.upkeep.api.settings.Choice;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A supervisor and its children.
 *
 * @param strategy which siblings are restarted with one that failed; default {@code one-for-one}
 * @param intensity its budget
 * @param onGiveUp what it does over budget
 * @param onStartFailure what it does when a child fails during its first start
 * @param startOrder how its children are started
 * @param autoShutdown whether the ends of significant children end it
 * @param children in start order
 */
public record SupervisorSpec(Choice strategy, Intensity intensity, OnGiveUp onGiveUp,
        OnStartFailure onStartFailure,
        StartOrder startOrder, AutoShutdown autoShutdown, List<ChildSpec> children) implements Work {
    /** What a supervisor does over budget (B5). */
    public enum OnGiveUp {
        /** It stops all its children and fails, as a child of the supervisor above. */
        ESCALATE,
        /** It suspends the child that failed; the others go on. */
        SUSPEND
    }

    /** What a supervisor does when a child fails during its first start (S2). */
    public enum OnStartFailure {
        /** It stops what was started, and its start has failed. */
        FAIL,
        /** The child enters its back-off, the others go on. */
        KEEP_TRYING
    }

    /** How children are started (S1). */
    public enum StartOrder {
        /** Each as soon as those it comes after have started. */
        DEPENDENCIES,
        /** One at a time, each when the one before is ready. */
        SEQUENTIAL
    }

    /** Whether the ends of significant children end the supervisor (G1). */
    public enum AutoShutdown {
        NEVER, ANY_SIGNIFICANT, ALL_SIGNIFICANT
    }

    public SupervisorSpec {
        children = List.copyOf(children);
        Set<String> ids = new HashSet<>();
        for (ChildSpec child : children) {
            if (!ids.add(child.id())) {
                throw new IllegalArgumentException("two children have the id '" + child.id() + "'");
            }
            if (child.significant() && autoShutdown == AutoShutdown.NEVER) {
                throw new IllegalArgumentException(
                        "child '" + child.id() + "' is significant, but autoShutdown is never");
            }
        }
        for (ChildSpec child : children) {
            for (After after : child.after()) {
                if (!ids.contains(after.id())) {
                    throw new IllegalArgumentException("child '" + child.id() + "' comes after '" + after.id()
                            + "', but no sibling has that id");
                }
            }
        }
        AfterCycles.refuse(children);
    }
}
