package dev.upkeep.api;

import dev.upkeep.api.child.ChildPath;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What is different between two specs of one tree (A5), from the top down. Two component factories are the same if they are
 * equal: a program that applies again keeps its factories, or has them equal by what they make.
 *
 * @param changes in the order of the newer tree, removals of a supervisor's children first
 */
public record SpecDiff(List<Change> changes) {
    /** What happens to one child. */
    public enum Kind {
        /** It is new and starts. */
        ADDED,
        /** It stops and is gone. */
        REMOVED,
        /** Something it reads at start is different: it is restarted. */
        RESTARTED,
        /** Something else is different: its instance stays. */
        CHANGED;

        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * One difference.
     *
     * @param path of the child; the root's for what concerns the whole tree
     * @param fields the names of what is different; empty for what was added or removed
     */
    public record Change(ChildPath path, Kind kind, List<String> fields) {
        public Change {
            fields = List.copyOf(fields);
        }

        @Override
        public String toString() {
            return kind.word() + " " + path.shortValue() + (fields.isEmpty() ? "" : " " + fields);
        }
    }

    private static final Set<String> NOT_A_FIELD = Set.of("children", "pools");

    public SpecDiff {
        changes = List.copyOf(changes);
    }

    /**
     * Compares two specs.
     *
     * @throws IllegalArgumentException if they have different names: they are not of one tree
     */
    public static SpecDiff between(TreeSpec before, TreeSpec after) {
        if (!before.name().equals(after.name())) {
            throw new IllegalArgumentException("the tree is named '" + before.name() + "', the new spec '"
                    + after.name() + "'; a tree keeps its name");
        }
        List<Change> changes = new ArrayList<>();
        ChildPath root = new ChildPath(before.name());
        Fields ofTree = new Fields();
        compare(before, after, "", Set.of("root"), ofTree);
        compare(before.root(), after.root(), "", NOT_A_FIELD, ofTree);
        if (!ofTree.names.isEmpty()) {
            changes.add(new Change(root, Kind.CHANGED, ofTree.names));
        }
        children(root, before.root(), after.root(), changes);
        return new SpecDiff(changes);
    }

    /** Returns what is different between two specs of one child, those of its children left out. */
    public static List<Change> between(ChildPath path, ChildSpec before, ChildSpec after) {
        List<Change> changes = new ArrayList<>();
        child(path, before, after, changes);
        return changes;
    }

    public boolean isEmpty() {
        return changes.isEmpty();
    }

    /** Returns the paths of the changes of one kind. */
    public List<ChildPath> of(Kind kind) {
        return changes.stream().filter(c -> c.kind() == kind).map(Change::path).collect(Collectors.toList());
    }

    private static void children(
            ChildPath path,
            SupervisorSpec before,
            SupervisorSpec after,
            List<Change> changes) {
        Map<String, ChildSpec> old = new HashMap<>();
        before.children().forEach(c -> old.put(c.id(), c));
        Set<String> kept = after.children().stream().map(ChildSpec::id).collect(Collectors.toSet());
        for (ChildSpec child : before.children()) {
            if (!kept.contains(child.id())) {
                changes.add(new Change(path.child(child.id()), Kind.REMOVED, List.of()));
            }
        }
        for (ChildSpec child : after.children()) {
            ChildSpec was = old.get(child.id());
            if (was == null) {
                changes.add(new Change(path.child(child.id()), Kind.ADDED, List.of()));
            } else if (was != child) {
                child(path.child(child.id()), was, child, changes);
                if (was.work() instanceof SupervisorSpec wasRules
                        && child.work() instanceof SupervisorSpec rules) {
                    children(path.child(child.id()), wasRules, rules, changes);
                }
            }
        }
    }

    private static void child(ChildPath path, ChildSpec before, ChildSpec after, List<Change> changes) {
        Fields fields = new Fields();
        compare(before, after, "", Set.of("work"), fields);
        if (before.kind() != after.kind() || !(before.work() instanceof Record old)
                || !(after.work() instanceof Record now) || old.getClass() != now.getClass()) {
            if (!before.work().equals(after.work())) {
                fields.names.add("work");
                fields.readAtStart = true;
            }
        } else {
            compare(old, now, "work.", NOT_A_FIELD, fields);
        }
        if (!fields.names.isEmpty()) {
            changes.add(new Change(path, fields.readAtStart ? Kind.RESTARTED : Kind.CHANGED, fields.names));
        }
    }

    private static final class Fields {
        final List<String> names = new ArrayList<>();
        boolean readAtStart;
    }

    private static void compare(
            Record before,
            Record after,
            String prefix,
            Set<String> without,
            Fields into) {
        if (before == after) {
            return;
        }
        for (RecordComponent component : before.getClass().getRecordComponents()) {
            if (without.contains(component.getName())) {
                continue;
            }
            if (!Objects.equals(valueOf(component, before), valueOf(component, after))) {
                into.names.add(prefix + component.getName());
                into.readAtStart |= component.isAnnotationPresent(ReadAtStart.class);
            }
        }
    }

    private static Object valueOf(RecordComponent component, Record of) {
        try {
            return component.getAccessor().invoke(of);
        } catch (IllegalAccessException | InvocationTargetException e) {
            throw new IllegalStateException("cannot read " + component, e);
        }
    }
}
