package dev.upkeep.api;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Finds children that wait for each other, for ever. */
public final class AfterCycles {
    private AfterCycles() {}

    /** Returns the ids of one cycle in the order in which they wait, or nothing. Ids nobody has are passed over. */
    public static Optional<List<String>> find(List<ChildSpec> children) {
        // Whoever waits for nobody is taken away, again and again; those that stay wait in circles, or for a circle.
        Map<String, List<String>> waitsFor = new LinkedHashMap<>();
        Map<String, List<String>> waitedForBy = new HashMap<>();
        children.forEach(child -> waitsFor.put(child.id(), new ArrayList<>()));
        for (ChildSpec child : children) {
            for (After after : child.after()) {
                if (waitsFor.containsKey(after.id())) {
                    waitsFor.getOrDefault(child.id(), List.of()).add(after.id());
                    waitedForBy.computeIfAbsent(after.id(), id -> new ArrayList<>()).add(child.id());
                }
            }
        }
        Map<String, Integer> open = new HashMap<>();
        Deque<String> free = new ArrayDeque<>();
        waitsFor.forEach((id, firsts) -> {
            open.put(id, firsts.size());
            if (firsts.isEmpty()) {
                free.add(id);
            }
        });
        while (!free.isEmpty()) {
            String id = free.remove();
            waitsFor.remove(id);
            for (String later : waitedForBy.getOrDefault(id, List.of())) {
                if (open.merge(later, -1, Integer::sum) == 0) {
                    free.add(later);
                }
            }
        }
        return waitsFor.isEmpty() ? Optional.empty() : Optional.of(circle(waitsFor));
    }

    /** Follows what is left from any id on: somewhere it comes back to where it was. */
    private static List<String> circle(Map<String, List<String>> left) {
        List<String> way = new ArrayList<>();
        Map<String, Integer> at = new HashMap<>();
        String id = left.keySet().iterator().next();
        while (!at.containsKey(id)) {
            at.put(id, way.size());
            way.add(id);
            id = left.getOrDefault(id, List.of())
                    .stream()
                    .filter(left::containsKey)
                    .findFirst()
                    .orElseThrow();
        }
        List<String> circle = new ArrayList<>(way.subList(at.getOrDefault(id, 0), way.size()));
        circle.add(id);
        return circle;
    }

    static void refuse(List<ChildSpec> children) {
        find(children).ifPresent(cycle -> {
            throw new IllegalArgumentException(
                    "children wait for each other: " + String.join(" after ", cycle));
        });
    }
}
