package dev.upkeep.config;

import dev.upkeep.api.BreakerUse;
import dev.upkeep.api.settings.Choice;
import dev.upkeep.config.YamlNode.Mapping;
import dev.upkeep.config.YamlNode.Scalar;
import dev.upkeep.plugin.CatalogEntry;
import dev.upkeep.plugin.Nearest;
import dev.upkeep.plugin.PluginKind;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/** Reads a type with its settings: {@code exponential}, or {@code {type: exponential, max: 30s}}. */
final class ChoiceReader {
    private static final ChoicePlace OWN_BREAKER = ChoicePlace.withRuntimeKeys(PluginKind.CIRCUIT_BREAKER)
            .orElse(BreakerUse.DEFAULT.type());
    private static final ChoicePlace SHARED_BREAKER = ChoicePlace
            .withoutRuntimeKeys(PluginKind.CIRCUIT_BREAKER,
                    "a key of a child's 'breaker:', beside the name of this one")
            .orElse(BreakerUse.DEFAULT.type());

    private final Reading reading;

    ChoiceReader(Reading reading) {
        this.reading = reading;
    }

    Optional<Choice> read(ChoicePlace place, YamlNode node, String path, Scope scope) {
        if (node instanceof Scalar scalar && !scalar.isNull()) {
            Mapping nothing = new Mapping(Map.of(), node.at());
            return entry(place.kind(), node, path, scope).flatMap(e -> bind(e, place, nothing, path, scope));
        }
        Optional<Mapping> mapping = reading.mapping(node, path,
                "the name of a type, or {type: …} with its settings");
        if (mapping.isEmpty()) {
            return Optional.empty();
        }
        Optional<YamlNode> type = new Fields(mapping.get(), path, scope, reading).node("type");
        Optional<CatalogEntry> entry = type.isPresent()
                ? entry(place.kind(), type.get(), Fields.join(path, "type"), scope)
                : fallback(place, node, path);
        return entry.flatMap(e -> bind(e, place, mapping.get(), path, scope));
    }

    private Optional<CatalogEntry> entry(PluginKind kind, YamlNode node, String path, Scope scope) {
        Optional<String> type = reading.text(node, path, scope);
        Optional<CatalogEntry> entry = type.flatMap(t -> reading.catalog().find(kind, t));
        if (entry.isEmpty()) {
            type.ifPresent(t -> reading.problems().add(node.at(), path, reading.catalog().missing(kind, t)));
        }
        return entry;
    }

    private Optional<CatalogEntry> fallback(ChoicePlace place, YamlNode node, String path) {
        Optional<CatalogEntry> entry = place.fallback().flatMap(t -> reading.catalog().find(place.kind(), t));
        if (entry.isEmpty()) {
            String why = place.fallback()
                    .map(t -> "the default is gone: " + reading.catalog().missing(place.kind(), t))
                    .orElseGet(() -> "'type' must be given; available: " + String.join(", ",
                            reading.catalog()
                                    .entries(place.kind())
                                    .stream()
                                    .map(CatalogEntry::type)
                                    .toList()));
            reading.problems().add(node.at(), path, why);
        }
        return entry;
    }

    private Optional<Choice> bind(
            CatalogEntry entry,
            ChoicePlace place,
            Mapping mapping,
            String path,
            Scope scope) {
        Set<String> keys = new LinkedHashSet<>(place.others());
        keys.add("type");
        return new SettingsBinder(reading)
                .bind(entry.settings(), new Fields(mapping, path, scope, reading), keys, place.misplaced())
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
        Duration stableFor = fields.duration("stableFor", Bounds.ZERO_OR_MORE, BreakerUse.DEFAULT_STABLE_FOR);
        if (fields.has("name")) {
            fields.refuseUnknown(List.of("name", "escalateAfter", "stableFor"),
                    Map.of("type", "a breaker has a name, then it is a shared one, or a type of its own"));
            return fields.node("name")
                    .flatMap(n -> shared(n, fields.path("name"), scope, shared))
                    .map(name -> new BreakerUse(Optional.of(name), Optional.empty(), escalateAfter,
                            stableFor));
        }
        return read(OWN_BREAKER, node, path, scope)
                .map(own -> new BreakerUse(Optional.empty(), Optional.of(own), escalateAfter, stableFor));
    }

    /** Reads one of the {@code breakers:} of a tree. */
    Optional<Choice> sharedBreaker(YamlNode node, String path, Scope scope) {
        return read(SHARED_BREAKER, node, path, scope);
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
