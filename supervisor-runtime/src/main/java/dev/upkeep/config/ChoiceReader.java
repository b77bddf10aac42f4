package dev.upkeep.config;

import dev.upkeep.api.BreakerUse;
import dev.upkeep.api.settings.Choice;
import dev.upkeep.config.YamlNode.Mapping;
import dev.upkeep.config.YamlNode.Scalar;
import dev.upkeep.plugin.CatalogEntry;
import dev.upkeep.plugin.Nearest;
import dev.upkeep.plugin.PluginKind;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/** Reads a type with its settings: {@code exponential}, or {@code {type: exponential, max: 30s}}. */
final class ChoiceReader {
    private final Reading reading;

    ChoiceReader(Reading reading) {
        this.reading = reading;
    }

    /** @param others the keys beside {@code type} and the settings, which somebody else reads */
    Optional<Choice> read(
            PluginKind kind,
            YamlNode node,
            String path,
            Scope scope,
            Collection<String> others) {
        if (node instanceof Scalar scalar && !scalar.isNull()) {
            Mapping nothing = new Mapping(Map.of(), node.at());
            return entry(kind, node, path, scope).flatMap(e -> bind(e, nothing, path, scope, Set.of()));
        }
        Optional<Mapping> mapping = reading.mapping(node, path,
                "the name of a type, or {type: …} with its settings");
        if (mapping.isEmpty()) {
            return Optional.empty();
        }
        Fields fields = new Fields(mapping.get(), path, scope, reading);
        Optional<YamlNode> type = fields.node("type");
        if (type.isEmpty()) {
            reading.problems()
                    .add(node.at(), path, "'type' must be given; available: " + String.join(", ",
                            reading.catalog().entries(kind).stream().map(CatalogEntry::type).toList()));
            return Optional.empty();
        }
        return entry(kind, type.get(), fields.path("type"), scope)
                .flatMap(e -> bind(e, mapping.get(), path, scope, others));
    }

    private Optional<CatalogEntry> entry(PluginKind kind, YamlNode node, String path, Scope scope) {
        Optional<String> type = reading.text(node, path, scope);
        Optional<CatalogEntry> entry = type.flatMap(t -> reading.catalog().find(kind, t));
        if (entry.isEmpty()) {
            type.ifPresent(t -> reading.problems().add(node.at(), path, reading.catalog().missing(kind, t)));
        }
        return entry;
    }

    private Optional<Choice> bind(
            CatalogEntry entry,
            Mapping mapping,
            String path,
            Scope scope,
            Collection<String> others) {
        Set<String> keys = new LinkedHashSet<>(others);
        keys.add("type");
        return new SettingsBinder(reading).bind(entry.settings(), mapping, keys, path, scope)
                .map(settings -> Choice.of(entry.type(), settings));
    }

    /** Reads {@code breaker:} of a child: the name of a shared one, or one of its own. */
    Optional<BreakerUse> breaker(YamlNode node, String path, Scope scope, Set<String> shared) {
        if (node instanceof Scalar) {
            return shared(node, path, scope, shared).map(BreakerUse::shared);
        }
        Optional<Mapping> mapping = reading.mapping(node, path, "the name of a shared breaker, or {type: …}");
        if (mapping.isEmpty()) {
            return Optional.empty();
        }
        Fields fields = new Fields(mapping.get(), path, scope, reading);
        OptionalInt escalateAfter = fields.leaf("escalateAfter", Integer.class, Bounds.ONE_OR_MORE)
                .map(OptionalInt::of)
                .orElse(OptionalInt.empty());
        if (fields.has("name")) {
            fields.refuseUnknown(List.of("name", "escalateAfter"),
                    Map.of("type", "a breaker has a name, then it is a shared one, or a type of its own"));
            return fields.node("name")
                    .flatMap(n -> shared(n, fields.path("name"), scope, shared))
                    .map(name -> new BreakerUse(Optional.of(name), Optional.empty(), escalateAfter,
                            BreakerUse.DEFAULT_STABLE_FOR));
        }
        return read(PluginKind.CIRCUIT_BREAKER, node, path, scope, Set.of("escalateAfter"))
                .map(own -> new BreakerUse(Optional.empty(), Optional.of(own), escalateAfter,
                        BreakerUse.DEFAULT_STABLE_FOR));
    }

    private Optional<String> shared(YamlNode node, String path, Scope scope, Set<String> shared) {
        Optional<String> name = reading.text(node, path, scope);
        if (name.isPresent() && !shared.contains(name.get())) {
            boolean isType = reading.catalog().find(PluginKind.CIRCUIT_BREAKER, name.get()).isPresent();
            reading.problems()
                    .add(node.at(), path, "no breaker named " + Scalar.shown(name.get())
                            + (isType
                                    ? "; for one of this type write {type: " + name.get() + "}"
                                    : "; those in 'breakers:' are: "
                                            + (shared.isEmpty() ? "none" : String.join(", ", shared)) + "."
                                            + Nearest.hint(name.get(), shared)));
            return Optional.empty();
        }
        return name;
    }
}
