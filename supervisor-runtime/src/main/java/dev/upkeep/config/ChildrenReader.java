package dev.upkeep.config;

import dev.upkeep.api.After;
import dev.upkeep.api.After.Condition;
import dev.upkeep.api.AfterCycles;
import dev.upkeep.api.ChildSpec;
import dev.upkeep.api.PoolSpec;
import dev.upkeep.api.ProcessSpec;
import dev.upkeep.api.StopRule;
import dev.upkeep.api.WhenAbandoned;
import dev.upkeep.api.child.ChildPath;
import dev.upkeep.api.child.RestartType;
import dev.upkeep.config.YamlNode.Entry;
import dev.upkeep.config.YamlNode.Mapping;
import dev.upkeep.config.YamlNode.Scalar;
import dev.upkeep.config.YamlNode.Sequence;
import dev.upkeep.plugin.Nearest;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/** Reads {@code children:} of one supervisor: ids, replicas, and what comes after what (F7). */
final class ChildrenReader {
    private final Reading reading;
    private final ChildReader childReader;
    private final SupervisorReader supervisor;
    private final Map<String, Declared> declared = new LinkedHashMap<>();
    private final Map<String, Declared> byId = new LinkedHashMap<>();
    /** Made when all siblings are known. */
    private final Supplier<Loggers> loggers = new Once<>(this::newLoggers);

    ChildrenReader(Reading reading, ChildReader childReader, SupervisorReader supervisor) {
        this.reading = reading;
        this.childReader = childReader;
        this.supervisor = supervisor;
    }

    /**
     * Children in order, and those of them that {@code replicas} made: pools, which can be scaled.
     *
     * @param pools by name
     */
    record Children(List<ChildSpec> list, Map<String, PoolSpec> pools) {}

    /** Returns the children, or nothing if one of them cannot be read. */
    Optional<Children> read(Fields fields) {
        if (!fields.has("children")) {
            reading.problems().add(fields.at(), fields.path(), "'children' must be given");
            return Optional.empty();
        }
        Optional<Fields> all = fields.fields("children", "ids, each with a child");
        if (all.isEmpty()) {
            return Optional.empty();
        }
        boolean whole = true;
        for (Map.Entry<String, Entry> child : all.get().mapping().entries().entrySet()) {
            if (!child.getKey().startsWith("x-")) {
                whole &= declare(child.getKey(), child.getValue(), all.get());
            }
        }
        Map<String, String> loggerOf = new LinkedHashMap<>();
        byId.forEach((id, child) -> logger(child, child.fields(id))
                .ifPresent(logger -> loggerOf.put(id, logger)));
        whole &= !isCircle(loggerOf) && loggers.get().areAllRight();
        Map<String, List<After>> after = new LinkedHashMap<>();
        byId.forEach((id, child) -> after.put(id,
                Loggers.after(after(child.fields(id)), Optional.ofNullable(loggerOf.get(id)))));
        whole &= !isCycle(after);
        Map<String, ChildSpec> specs = new LinkedHashMap<>();
        byId.forEach((id, child) -> child(id, child, after.getOrDefault(id, List.of()))
                .ifPresent(spec -> specs.put(id, spec)));
        return whole && specs.size() == byId.size()
                ? Optional.of(new Children(List.copyOf(specs.values()), pools(specs)))
                : Optional.empty();
    }

    private Optional<ChildSpec> child(String id, Declared child, List<After> after) {
        return childReader.read(child.fields(id), child.kind(), after, child.pool(), supervisor);
    }

    private Map<String, PoolSpec> pools(Map<String, ChildSpec> read) {
        Map<String, PoolSpec> pools = new LinkedHashMap<>();
        declared.forEach((name, child) -> child.pool()
                .ifPresent(pool -> pools.put(pool, new PoolSpec(pool, index -> {
                    String id = PoolSpec.idOf(pool, index);
                    ChildSpec known = read.get(id);
                    return known != null ? known : another(id, child);
                }))));
        return pools;
    }

    /** Reads a member that the file did not ask for, when a pool is scaled: as it stood there then. */
    private ChildSpec another(String id, Declared child) {
        return reading.later(() -> {
            Fields fields = child.fields(id);
            return child(id, child, Loggers.after(after(fields), logger(child, fields)));
        });
    }

    private boolean declare(String name, Entry entry, Fields all) {
        String path = all.path(name);
        if (!ChildPath.isId(name)) {
            reading.problems()
                    .add(entry.keyAt(), path, Scalar.shown(name) + " cannot be an id; expected "
                            + ChildPath.ID_RULE);
            return false;
        }
        Optional<Mapping> mapping = reading.mapping(entry.value(), path, "the keys of a child");
        if (mapping.isEmpty()) {
            return false;
        }
        Fields plain = new Fields(mapping.get(), path, all.scope().child(name, Optional.empty()), reading);
        Optional<ChildReader.Kind> kind = childReader.kind(plain);
        Optional<Integer> replicas = plain.leaf("replicas", Integer.class, Bounds.REPLICAS);
        if (kind.isEmpty() || (plain.has("replicas") && replicas.isEmpty())) {
            return false;
        }
        int count = replicas.orElse(1);
        if (!reading.children().add(count)) {
            reading.problems()
                    .add(entry.keyAt(), path, "with this child the tree has more than "
                            + reading.children().most());
            return false;
        }
        List<String> ids = replicas
                .map(n -> IntStream.range(0, n).mapToObj(i -> PoolSpec.idOf(name, i)).toList())
                .orElse(List.of(name));
        return register(
                new Declared(name, mapping.get(), path, all.scope(), kind.get(), ids, replicas.isPresent()),
                name,
                entry.keyAt());
    }

    private boolean register(Declared child, String name, Position at) {
        declared.put(name, child);
        for (String id : child.ids()) {
            if (!ChildPath.isId(id)) {
                reading.problems()
                        .add(at, child.path(), "the replica " + Scalar.shown(id)
                                + " cannot be an id; expected " + ChildPath.ID_RULE);
                return false;
            }
            if (byId.putIfAbsent(id, child) != null) {
                reading.problems().add(at, child.path(), "two children would have the id '" + id + "'");
                return false;
            }
        }
        return true;
    }

    private List<After> after(Fields fields) {
        Optional<YamlNode> node = fields.node("after");
        Map<String, After> all = new LinkedHashMap<>();
        if (node.isEmpty()) {
            return List.of();
        }
        String path = fields.path("after");
        switch (node.get()) {
            case Sequence list -> {
                for (int i = 0; i < list.items().size(); i++) {
                    YamlNode item = list.items().get(i);
                    String here = path + "[" + i + "]";
                    reading.text(item, here, fields.scope())
                            .ifPresent(name -> add(name, Condition.READY, item.at(), here, all));
                }
            }
            case Mapping mapping -> mapping.entries().forEach((name, entry) -> {
                String here = Fields.join(path, name);
                Condition condition = reading
                        .leaf(entry.value(), Condition.class, false, Bounds.NONE, here, fields.scope())
                        .orElse(Condition.READY);
                add(name, condition, entry.keyAt(), here, all);
            });
            case Scalar scalar -> reading.problems()
                    .add(scalar.at(), path,
                            "expected a list of siblings, or siblings with ready, started or completed, but here is "
                                    + scalar.noun());
        }
        return List.copyOf(all.values());
    }

    private void add(String name, Condition condition, Position at, String path, Map<String, After> all) {
        Declared group = declared.get(name);
        if (group == null && !byId.containsKey(name)) {
            reading.problems()
                    .add(at, path, "no sibling has the id " + Scalar.shown(name) + "."
                            + Nearest.hint(name, declared.keySet()));
            return;
        }
        List<String> ids = group == null ? List.of(name) : group.ids();
        if (!reading.waits().add(ids.size())) {
            reading.problems()
                    .add(at, path, "with this the children of the tree wait for each other more than "
                            + reading.waits().most() + " times");
            return;
        }
        ids.forEach(id -> all.putIfAbsent(id, new After(id, condition)));
    }

    private Optional<String> logger(Declared child, Fields fields) {
        if (child.kind() != ChildReader.Kind.PROCESS) {
            return Optional.empty();
        }
        return loggers.get().of(fields);
    }

    private Loggers newLoggers() {
        Map<String, ChildReader.Kind> kinds = new LinkedHashMap<>();
        byId.forEach((id, child) -> kinds.put(id, child.kind()));
        return new Loggers(reading, kinds, declared.keySet());
    }

    /** Tells of output that goes round in a circle, and forgets it, so that nothing else is said of it. */
    private boolean isCircle(Map<String, String> loggerOf) {
        List<String> circle = Loggers.circle(loggerOf);
        if (circle.isEmpty()) {
            return false;
        }
        String first = circle.get(0);
        Optional.ofNullable(byId.get(first))
                .orElseThrow()
                .fields(first)
                .tell("output", "the output would go round in a circle: " + String.join(" to ", circle)
                        + " to " + first);
        loggerOf.keySet().removeAll(List.copyOf(circle));
        return true;
    }

    private boolean isCycle(Map<String, List<After>> after) {
        List<ChildSpec> shadows = after.entrySet()
                .stream()
                .map(e -> shadow(e.getKey(), e.getValue()))
                .toList();
        Optional<List<String>> found = AfterCycles.find(shadows);
        found.ifPresent(cycle -> {
            Fields first = Optional.ofNullable(byId.get(cycle.get(0))).orElseThrow().fields(cycle.get(0));
            String next = cycle.get(1);
            boolean said = after(first).stream().anyMatch(a -> a.id().equals(next));
            first.tell(said ? "after" : "output",
                    "these wait for each other, for ever: " + String.join(" after ", cycle)
                            + (said ? "" : "; a child starts after its logger"));
        });
        return found.isPresent();
    }

    /** A child that is nothing but its order, so that a cycle is told even when the children themselves are wrong. */
    private static ChildSpec shadow(String id, List<After> after) {
        return new ChildSpec(id, ProcessSpec.of("true"), RestartType.PERMANENT, StopRule.brutal(),
                ChildSpec.DEFAULT_START_TIMEOUT, ChildSpec.DEFAULT_BACKOFF, Optional.empty(), List.of(),
                after, true,
                false, false, false, WhenAbandoned.HOLD, Optional.empty());
    }

    /** A child as it stands in the file, which replicas multiply. */
    private final class Declared {
        private final String name;
        private final Mapping mapping;
        private final String path;
        private final Scope parent;
        private final ChildReader.Kind kind;
        private final List<String> ids;
        private final boolean replicated;

        Declared(String name, Mapping mapping, String path, Scope parent, ChildReader.Kind kind,
                List<String> ids,
                boolean replicated) {
            this.name = name;
            this.mapping = mapping;
            this.path = path;
            this.parent = parent;
            this.kind = kind;
            this.ids = ids;
            this.replicated = replicated;
        }

        Optional<String> pool() {
            return replicated ? Optional.of(name) : Optional.empty();
        }

        String path() {
            return path;
        }

        ChildReader.Kind kind() {
            return kind;
        }

        List<String> ids() {
            return ids;
        }

        Fields fields(String id) {
            Optional<Integer> index = replicated
                    ? Optional.of(Integer.parseInt(id.substring(id.lastIndexOf('-') + 1)))
                    : Optional.empty();
            return new Fields(mapping, supervisor.defaultsFor(kind), path, parent.child(id, index), reading);
        }
    }
}
