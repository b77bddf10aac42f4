package dev.upkeep.config;

import dev.upkeep.api.After;
import dev.upkeep.api.After.Condition;
import dev.upkeep.config.YamlNode.Mapping;
import dev.upkeep.plugin.Nearest;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Who takes whose output, {@code output: {logger: SIBLING}}: one of the processes beside it, which starts before it (P11). */
final class Loggers {
    private final Reading reading;
    private final Map<String, ChildReader.Kind> siblings;
    private final Set<String> pools;
    private boolean allRight = true;

    /**
     * @param siblings what they are, by id
     * @param pools the names of those that are several
     */
    Loggers(Reading reading, Map<String, ChildReader.Kind> siblings, Set<String> pools) {
        this.reading = reading;
        this.siblings = siblings;
        this.pools = pools;
    }

    /** Returns the logger of a process, or nothing if it has none, also after telling why it cannot be. */
    Optional<String> of(Fields child) {
        if (!(child.node("output").orElse(null) instanceof Mapping mapping)
                || mapping.entries().containsKey("file")) {
            return Optional.empty();
        }
        Fields output = new Fields(mapping, child.path("output"), child.scope(), reading);
        Optional<String> name = output.text("logger");
        boolean itself = name.equals(Optional.of(child.scope().name()));
        if (name.isEmpty() || (itself && !child.has("output"))) {
            return Optional.empty();
        }
        Optional<String> wrong = itself
                ? Optional.of("a child cannot be its own logger")
                : refusal(name.get());
        wrong.ifPresent(why -> output.tell("logger", why));
        allRight &= wrong.isEmpty();
        return wrong.isPresent() ? Optional.empty() : name;
    }

    /** Returns whether none of those asked for had to be refused. */
    boolean areAllRight() {
        return allRight;
    }

    private Optional<String> refusal(String name) {
        ChildReader.Kind kind = siblings.get(name);
        String shown = YamlNode.Scalar.shown(name);
        if (kind == null) {
            return Optional.of(pools.contains(name)
                    ? shown + " is a pool, and a logger must be a single process; one of it is '" + name
                            + "-0'"
                    : "no sibling has the id " + shown + "." + Nearest.hint(name, siblings.keySet()));
        }
        return kind == ChildReader.Kind.PROCESS
                ? Optional.empty()
                : Optional.of(shown + " is one of the " + kind.plural() + ", and a logger must be a process");
    }

    /** Returns what a child comes after, with its logger where it does not say itself how it waits for that one. */
    static List<After> after(List<After> own, Optional<String> logger) {
        if (logger.isEmpty() || own.stream().anyMatch(a -> a.id().equals(logger.get()))) {
            return own;
        }
        List<After> all = new ArrayList<>(own);
        all.add(new After(logger.get(), Condition.STARTED));
        return List.copyOf(all);
    }

    /** Returns children whose output would go round in a circle, in the order in which it would; none if there are none. */
    static List<String> circle(Map<String, String> loggers) {
        Set<String> ended = new HashSet<>();
        for (String start : loggers.keySet()) {
            List<String> way = new ArrayList<>();
            for (String at = start; at != null && !ended.contains(at); at = loggers.get(at)) {
                ended.add(at);
                way.add(at);
            }
            String last = way.isEmpty() ? null : loggers.get(way.get(way.size() - 1));
            int back = last == null ? -1 : way.indexOf(last);
            if (back >= 0) {
                return way.subList(back, way.size());
            }
        }
        return List.of();
    }
}
