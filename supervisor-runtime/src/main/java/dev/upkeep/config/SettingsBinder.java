package dev.upkeep.config;

import dev.upkeep.api.settings.ByteSize;
import dev.upkeep.api.settings.Choice;
import dev.upkeep.config.YamlNode.Mapping;
import dev.upkeep.plugin.PluginKind;
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
    private static final Pattern WORD = Pattern.compile("[\\w-]+");

    private final Reading reading;

    SettingsBinder(Reading reading) {
        this.reading = reading;
    }

    /**
     * Returns the record, or nothing after telling what is wrong.
     *
     * @param others the keys beside the settings, which somebody else reads
     * @param misplaced why keys that belong elsewhere do not belong here
     */
    Optional<Record> bind(
            SettingsShape shape,
            Fields fields,
            Collection<String> others,
            Map<String, String> misplaced) {
        int before = reading.problems().count();
        Set<String> known = new LinkedHashSet<>(others);
        known.addAll(shape.keys());
        fields.refuseUnknown(known, misplaced);
        List<Object> values = new ArrayList<>();
        boolean complete = true;
        for (Setting setting : shape.settings()) {
            Optional<Object> value = value(shape, setting, fields);
            value.ifPresent(values::add);
            complete &= value.isPresent();
        }
        if (!complete || reading.problems().count() > before) {
            return Optional.empty();
        }
        try {
            return Optional.of(shape.build(values));
        } catch (IllegalArgumentException e) {
            refused(String.valueOf(e.getMessage()), shape, fields);
            return Optional.empty();
        }
    }

    /**
     * Tells what the record itself objects to. Where its words begin with a setting, that is at the first setting they name that
     * the file gives: "max must not be shorter than initial" belongs to {@code initial} where only that was written.
     */
    private void refused(String message, SettingsShape shape, Fields fields) {
        List<Optional<Setting>> named = WORD.matcher(message)
                .results()
                .map(word -> shape.find(word.group()))
                .toList();
        Optional<String> key = named.isEmpty() || named.get(0).isEmpty()
                ? Optional.empty()
                : named.stream()
                        .flatMap(Optional::stream)
                        .flatMap(setting -> setting.keys().stream())
                        .filter(fields::has)
                        .findFirst();
        Position at = key.flatMap(fields::node).map(YamlNode::at).orElse(fields.at());
        reading.problems().add(at, key.map(fields::path).orElse(fields.path()), message);
    }

    private Optional<Object> value(SettingsShape shape, Setting setting, Fields fields) {
        List<String> written = setting.keys().stream().filter(fields::has).toList();
        if (written.size() > 1) {
            String second = written.get(1);
            Optional.ofNullable(fields.mapping().entries().get(second))
                    .ifPresent(entry -> reading.problems()
                            .add(entry.keyAt(), fields.path(second), "'" + second + "' is another name of '"
                                    + setting.name() + "', and only one of them can be given"));
            return Optional.empty();
        }
        if (written.size() == 1) {
            String key = written.get(0);
            return fields.node(key)
                    .flatMap(node -> convert(setting.type(), rule(shape, setting, key), node,
                            fields.path(key), fields.scope()));
        }
        if (setting.fallback().isEmpty()) {
            reading.problems()
                    .add(fields.at(), fields.path(),
                            "'" + setting.name() + "' must be given"
                                    + setting.doc().map(d -> " (" + d + ")").orElse(""));
        }
        return setting.fallback().map(value -> value instanceof Pattern p ? Patterns.shared(p) : value);
    }

    /**
     * How the values of one setting are read.
     *
     * @param shape of the record that it belongs to
     * @param percent whether a number stands for a hundredth of it
     */
    private record Rule(SettingsShape shape, boolean forever, Bounds bounds, boolean percent) {}

    private static Rule rule(SettingsShape shape, Setting setting, String key) {
        Bounds bounds = setting.range().map(Bounds::of).orElse(Bounds.NONE);
        boolean percent = setting.alias().filter(a -> a.value().equals(key) && a.percent()).isPresent();
        return new Rule(shape, setting.allowsForever(), percent ? bounds.inPercent() : bounds, percent);
    }

    private Optional<Object> convert(Type type, Rule rule, YamlNode node, String path, Scope scope) {
        if (type instanceof ParameterizedType generic) {
            Type[] arguments = generic.getActualTypeArguments();
            if (generic.getRawType() == Optional.class) {
                return convert(arguments[0], rule, node, path, scope).map(Optional::of);
            }
            return generic.getRawType() == Map.class
                    ? map(arguments[1], rule, node, path, scope)
                    : list(arguments[0], rule, node, path, scope);
        }
        Class<?> plain = (Class<?>) type;
        if (plain == Choice.class) {
            return choice(rule.shape(), node, path, scope);
        }
        if (plain.isRecord() && plain != ByteSize.class) {
            return reading.mapping(node, path, "keys with values")
                    .flatMap(m -> bind(rule.shape().below(plain), new Fields(m, path, scope, reading),
                            Set.of(),
                            Map.of()));
        }
        Optional<Object> value = leaf(plain, rule.forever(), rule.bounds(), node, path, scope);
        return rule.percent() ? value.map(v -> (Double) v / 100) : value;
    }

    /** Another plugin of the same kind. It ends: what stands within it is one level deeper in a file that has at most 64. */
    private Optional<Object> choice(SettingsShape shape, YamlNode node, String path, Scope scope) {
        PluginKind kind = shape.kind().orElseThrow();
        ChoicePlace place = ChoicePlace.withoutRuntimeKeys(kind,
                "a key of the " + kind.noun() + " around it; here stand 'type' and its own settings");
        return new ChoiceReader(reading).read(place, node, path, scope).map(Object.class::cast);
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

    private Optional<Object> list(Type item, Rule rule, YamlNode node, String path, Scope scope) {
        if (!(node instanceof YamlNode.Sequence)) {
            reading.list(node, path, "values");
            return Optional.empty();
        }
        List<Object> values = new ArrayList<>();
        List<YamlNode> items = reading.list(node, path, "values");
        for (int i = 0; i < items.size(); i++) {
            convert(item, rule, items.get(i), path + "[" + i + "]", scope).ifPresent(values::add);
        }
        return values.size() == items.size() ? Optional.of(List.copyOf(values)) : Optional.empty();
    }

    private Optional<Object> map(Type item, Rule rule, YamlNode node, String path, Scope scope) {
        Optional<Mapping> mapping = reading.mapping(node, path, "keys with values");
        if (mapping.isEmpty()) {
            return Optional.empty();
        }
        Map<String, Object> values = new LinkedHashMap<>();
        mapping.get()
                .entries()
                .forEach((key, entry) -> convert(item, rule, entry.value(), Fields.join(path, key),
                        scope).ifPresent(v -> values.put(key, v)));
        return values.size() == mapping.get().entries().size()
                ? Optional.of(Collections.unmodifiableMap(values))
                : Optional.empty();
    }
}
