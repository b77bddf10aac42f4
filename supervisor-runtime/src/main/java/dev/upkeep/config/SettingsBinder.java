package dev.upkeep.config;

import dev.upkeep.api.settings.ByteSize;
import dev.upkeep.config.YamlNode.Mapping;
import dev.upkeep.plugin.Setting;
import dev.upkeep.plugin.SettingsShape;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** Binds a mapping to a settings record, component by component (F3). */
final class SettingsBinder {
    private final Reading reading;

    SettingsBinder(Reading reading) {
        this.reading = reading;
    }

    /**
     * Returns the record, or nothing after telling what is wrong.
     *
     * @param others the keys beside the settings, which somebody else reads
     */
    Optional<Record> bind(
            SettingsShape shape,
            Mapping mapping,
            Collection<String> others,
            String path,
            Scope scope) {
        int before = reading.problems().count();
        Fields fields = new Fields(mapping, path, scope, reading);
        Set<String> known = new LinkedHashSet<>(others);
        shape.settings().forEach(s -> known.add(s.name()));
        fields.refuseUnknown(known, Map.of());
        List<Object> values = new ArrayList<>();
        boolean complete = true;
        for (Setting setting : shape.settings()) {
            Optional<Object> value = value(setting, fields);
            value.ifPresent(values::add);
            complete &= value.isPresent();
        }
        if (!complete || reading.problems().count() > before) {
            return Optional.empty();
        }
        try {
            return Optional.of(shape.build(values));
        } catch (IllegalArgumentException e) {
            reading.problems().add(mapping.at(), path, String.valueOf(e.getMessage()));
            return Optional.empty();
        }
    }

    private Optional<Object> value(Setting setting, Fields fields) {
        Optional<YamlNode> node = fields.node(setting.name());
        if (node.isPresent()) {
            return convert(setting.type(), setting, node.get(), fields.path(setting.name()), fields.scope());
        }
        if (setting.fallback().isEmpty()) {
            reading.problems()
                    .add(fields.at(), fields.path(),
                            "'" + setting.name() + "' must be given"
                                    + setting.doc().map(d -> " (" + d + ")").orElse(""));
        }
        return setting.fallback().map(value -> value instanceof Pattern p ? Patterns.shared(p) : value);
    }

    private Optional<Object> convert(Type type, Setting setting, YamlNode node, String path, Scope scope) {
        if (type instanceof ParameterizedType generic) {
            Type[] arguments = generic.getActualTypeArguments();
            if (generic.getRawType() == Optional.class) {
                return convert(arguments[0], setting, node, path, scope).map(Optional::of);
            }
            return generic.getRawType() == Map.class
                    ? map(arguments[1], setting, node, path, scope)
                    : list(arguments[0], setting, node, path, scope);
        }
        Class<?> plain = (Class<?>) type;
        if (plain.isRecord() && plain != ByteSize.class) {
            return reading.mapping(node, path, "keys with values")
                    .flatMap(m -> bind(SettingsShape.of(plain), m, Set.of(), path, scope));
        }
        return leaf(plain, setting.allowsForever(), bounds(setting), node, path, scope);
    }

    private static Bounds bounds(Setting setting) {
        return setting.range().map(Bounds::of).orElse(Bounds.NONE);
    }

    private <T> Optional<Object> leaf(
            Class<T> type,
            boolean forever,
            Bounds bounds,
            YamlNode node,
            String path,
            Scope scope) {
        return reading.leaf(node, type, forever, bounds, path, scope).map(Object.class::cast);
    }

    private Optional<Object> list(Type item, Setting setting, YamlNode node, String path, Scope scope) {
        if (!(node instanceof YamlNode.Sequence)) {
            reading.list(node, path, "values");
            return Optional.empty();
        }
        List<Object> values = new ArrayList<>();
        List<YamlNode> items = reading.list(node, path, "values");
        for (int i = 0; i < items.size(); i++) {
            convert(item, setting, items.get(i), path + "[" + i + "]", scope).ifPresent(values::add);
        }
        return values.size() == items.size() ? Optional.of(List.copyOf(values)) : Optional.empty();
    }

    private Optional<Object> map(Type item, Setting setting, YamlNode node, String path, Scope scope) {
        Optional<Mapping> mapping = reading.mapping(node, path, "keys with values");
        if (mapping.isEmpty()) {
            return Optional.empty();
        }
        Map<String, Object> values = new LinkedHashMap<>();
        mapping.get()
                .entries()
                .forEach((key, entry) -> convert(item, setting, entry.value(), Fields.join(path, key),
                        scope).ifPresent(v -> values.put(key, v)));
        return values.size() == mapping.get().entries().size()
                ? Optional.of(Collections.unmodifiableMap(values))
                : Optional.empty();
    }
}
