package dev.upkeep.api;

import dev.upkeep.api.settings.Choice;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
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
 * @param maxChildren the most children it may have, those added while it runs included; unbounded if empty (A6)
 * @param pools those of its children that are pools, by name
 * @param children in start order
 */
public record SupervisorSpec(Choice strategy, Intensity intensity, OnGiveUp onGiveUp,
        OnStartFailure onStartFailure,
        StartOrder startOrder, AutoShutdown autoShutdown, OptionalInt maxChildren,
        Map<String, PoolSpec> pools,
        List<ChildSpec> children) implements Work {
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
        pools = Map.copyOf(pools);
        if (maxChildren.isPresent() && maxChildren.getAsInt() < 0) {
            throw new IllegalArgumentException(
                    "maxChildren must be at least 0, but is " + maxChildren.getAsInt());
        }
        if (maxChildren.isPresent() && children.size() > maxChildren.getAsInt()) {
            throw new IllegalArgumentException(
                    "there are " + children.size() + " children, but maxChildren allows at most "
                            + maxChildren.getAsInt());
        }
        Set<String> ids = new LinkedHashSet<>();
        for (ChildSpec child : children) {
            if (!ids.add(child.id())) {
                throw new IllegalArgumentException(
                        "two children have the id '" + child.id() + "'; an id must be unique among siblings");
            }
            if (child.pool().isPresent() && !pools.containsKey(child.pool().get())) {
                throw new IllegalArgumentException(
                        "child '" + child.id() + "' names the pool '" + child.pool().get()
                                + "', but the pools are " + Names.shown(pools.keySet()));
            }
            if (child.significant() && autoShutdown == AutoShutdown.NEVER) {
                throw new IllegalArgumentException(
                        "child '" + child.id()
                                + "' is significant, but autoShutdown is never; it must be any-significant or"
                                + " all-significant");
            }
        }
        for (ChildSpec child : children) {
            for (After after : child.after()) {
                if (!ids.contains(after.id())) {
                    throw new IllegalArgumentException("child '" + child.id() + "' comes after '" + after.id()
                            + "', but no sibling has that id; there are " + Names.shown(ids));
                }
            }
        }
        SiblingLoggers.refuseOthers(children);
        AfterCycles.refuse(children);
    }

    /** Returns the same supervisor with other children. */
    public SupervisorSpec withChildren(List<ChildSpec> others) {
        return new SupervisorSpec(strategy, intensity, onGiveUp, onStartFailure, startOrder, autoShutdown,
                maxChildren,
                pools, others);
    }
}
