package dev.upkeep.api;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Finds children that wait for each other, for ever. */
public final class AfterCycles {
    private final Map<String, List<String>> after = new HashMap<>();
    private final Set<String> cleared = new LinkedHashSet<>();
    private final Set<String> onPath = new LinkedHashSet<>();

    private AfterCycles(List<ChildSpec> children) {
        children.forEach(
                c -> after.put(c.id(), c.after().stream().map(After::id).collect(Collectors.toList())));
    }

    /** Returns the ids of one cycle in the order in which they wait, or nothing. Ids nobody has are passed over. */
    public static Optional<List<String>> find(List<ChildSpec> children) {
        AfterCycles search = new AfterCycles(children);
        return children.stream().map(c -> search.from(c.id())).flatMap(Optional::stream).findFirst();
    }

    static void refuse(List<ChildSpec> children) {
        find(children).ifPresent(cycle -> {
            throw new IllegalArgumentException(
                    "children wait for each other: " + String.join(" after ", cycle));
        });
    }

    private Optional<List<String>> from(String id) {
        if (cleared.contains(id)) {
            return Optional.empty();
        }
        if (!onPath.add(id)) {
            List<String> path = new ArrayList<>(onPath);
            List<String> cycle = new ArrayList<>(path.subList(path.indexOf(id), path.size()));
            cycle.add(id);
            return Optional.of(cycle);
        }
        for (String next : after.getOrDefault(id, List.of())) {
            Optional<List<String>> cycle = from(next);
            if (cycle.isPresent()) {
                return cycle;
            }
        }
        onPath.remove(id);
        cleared.add(id);
        return Optional.empty();
    }
}
