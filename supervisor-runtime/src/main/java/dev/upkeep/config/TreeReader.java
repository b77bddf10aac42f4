package dev.upkeep.config;

import dev.upkeep.api.ChildSpec;
import dev.upkeep.api.StartRate;
import dev.upkeep.api.SupervisorSpec;
import dev.upkeep.api.TreeSpec;
import dev.upkeep.api.child.ChildPath;
import dev.upkeep.api.control.StateDirectory;
import dev.upkeep.api.settings.Choice;
import dev.upkeep.config.YamlNode.Mapping;
import dev.upkeep.config.YamlNode.Scalar;
import dev.upkeep.plugin.PluginKind;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads the top of the file: what belongs to the tree as a whole, then the root supervisor. */
final class TreeReader {
    private static final List<String> KEYS = List.of("name", "shutdownTimeout", "maxConcurrentStarts",
            "startRate", "breakers");

    private final Reading reading;

    TreeReader(Reading reading) {
        this.reading = reading;
    }

    Optional<TreeSpec> read(YamlNode document) {
        Optional<Mapping> mapping = reading.mapping(document, "", "keys with values, among them 'children'");
        if (mapping.isEmpty()) {
            return Optional.empty();
        }
        String fallback = StateDirectory.nameFor(reading.directory().resolve("upkeep.yaml"));
        Fields head = new Fields(mapping.get(), "", new Scope(fallback, fallback, Optional.empty()), reading);
        String name = name(head).orElse(fallback);
        Fields fields = new Fields(mapping.get(), "", new Scope(name, name, Optional.empty()), reading);
        Set<String> known = new LinkedHashSet<>(SupervisorReader.KEYS);
        known.addAll(KEYS);
        fields.refuseUnknown(known, ChildReader.notAtTheTop());
        requireInstalled(PluginKind.RESTART_STRATEGY, SupervisorReader.DEFAULT_STRATEGY, fields);
        requireInstalled(PluginKind.BACKOFF, ChildSpec.DEFAULT_BACKOFF, fields);
        Duration shutdownTimeout = fields.duration("shutdownTimeout", Bounds.LONGER_THAN_ZERO,
                TreeSpec.DEFAULT_SHUTDOWN_TIMEOUT);
        int starts = fields.number("maxConcurrentStarts", Bounds.ONE_OR_MORE,
                TreeSpec.defaultMaxConcurrentStarts());
        Optional<StartRate> startRate = fields.fields("startRate", "{perSecond: …, burst: …}")
                .flatMap(this::startRate);
        Set<String> breakerNames = new LinkedHashSet<>();
        Map<String, Choice> breakers = breakers(fields, breakerNames);
        Optional<SupervisorSpec> root = SupervisorReader.root(reading, breakerNames).read(fields);
        return reading.problems().isEmpty()
                ? root.map(r -> new TreeSpec(name, r, breakers, shutdownTimeout, starts,
                        startRate))
                : Optional.empty();
    }

    private Optional<StartRate> startRate(Fields fields) {
        fields.refuseUnknown(List.of("perSecond", "burst"), Map.of());
        if (!fields.has("perSecond")) {
            reading.problems().add(fields.at(), fields.path(), "'perSecond' must be given");
        }
        int burst = fields.number("burst", Bounds.ONE_OR_MORE, 1);
        return fields.leaf("perSecond", Double.class, Bounds.ABOVE_ZERO)
                .map(perSecond -> new StartRate(perSecond, burst));
    }

    private Optional<String> name(Fields fields) {
        Optional<String> name = fields.text("name");
        if (name.filter(n -> !ChildPath.isId(n)).isPresent()) {
            reading.problems()
                    .add(fields.node("name").map(YamlNode::at).orElse(fields.at()), "name",
                            "it cannot be an id; expected " + ChildPath.ID_RULE);
            return Optional.empty();
        }
        return name;
    }

    /** What stands nowhere in the file is needed all the same by whoever relies on a default. */
    private void requireInstalled(PluginKind kind, Choice choice, Fields fields) {
        if (reading.catalog().find(kind, choice.type()).isEmpty()) {
            reading.problems()
                    .add(fields.at(), "",
                            "the default is gone: " + reading.catalog().missing(kind, choice.type()));
        }
    }

    private Map<String, Choice> breakers(Fields fields, Set<String> names) {
        Map<String, Choice> breakers = new LinkedHashMap<>();
        fields.fields("breakers", "names, each with a breaker")
                .ifPresent(f -> f.mapping().entries().forEach((name, entry) -> {
                    if (name.startsWith("x-")) {
                        return;
                    }
                    if (!ChildPath.isId(name)) {
                        reading.problems()
                                .add(entry.keyAt(), f.path(name), Scalar.shown(name)
                                        + " cannot be the name of a breaker; expected " + ChildPath.ID_RULE);
                    }
                    names.add(name);
                    new ChoiceReader(reading).sharedBreaker(entry.value(), f.path(name), f.scope())
                            .ifPresent(choice -> breakers.put(name, choice));
                }));
        return breakers;
    }
}
