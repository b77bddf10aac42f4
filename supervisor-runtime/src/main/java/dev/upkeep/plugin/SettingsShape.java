package dev.upkeep.plugin;

import dev.upkeep.api.settings.Alias;
import dev.upkeep.api.settings.AllowForever;
import dev.upkeep.api.settings.ByteSize;
import dev.upkeep.api.settings.Choice;
import dev.upkeep.api.settings.Default;
import dev.upkeep.api.settings.Defaults;
import dev.upkeep.api.settings.Doc;
import dev.upkeep.api.settings.Range;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** What a settings record takes: its components with their types, defaults and ranges, checked once. */
public final class SettingsShape {
    private static final Set<Class<?>> LEAVES = Set.of(int.class, Integer.class, long.class, Long.class,
            double.class, Double.class, boolean.class, Boolean.class, String.class, Duration.class,
            ByteSize.class,
            Path.class, URI.class, Pattern.class);
    private static final int DEEPEST = 8;

    private final Class<? extends Record> type;
    private final Optional<PluginKind> kind;
    private final List<Setting> settings;
    private final Constructor<? extends Record> constructor;

    private SettingsShape(Class<? extends Record> type, Optional<PluginKind> kind, List<Setting> settings,
            Constructor<? extends Record> constructor) {
        this.type = type;
        this.kind = kind;
        this.settings = List.copyOf(settings);
        this.constructor = constructor;
    }

    /**
     * Reads the shape of a record that belongs to no plugin.
     *
     * @throws IllegalArgumentException if it is no record, has a component of a type that cannot be bound, a key twice, a
     *         default that cannot be read, or a default for each component and a constructor that refuses them
     */
    public static SettingsShape of(Class<?> type) {
        return of(type, Optional.empty(), 0);
    }

    /**
     * Reads the shape of a plugin's record, which may choose other plugins of that kind.
     *
     * @throws IllegalArgumentException as {@link #of(Class)} does, and if a key is one that the runtime has for all of the
     *         kind (H3)
     */
    public static SettingsShape of(Class<?> type, PluginKind kind) {
        SettingsShape shape = of(type, Optional.of(kind), 0);
        shape.keys().stream().filter(kind.runtimeKeys()::contains).findFirst().ifPresent(key -> {
            throw new IllegalArgumentException("its setting '" + key
                    + "' has the name of a key that every " + kind.noun() + " has; rename it");
        });
        return shape;
    }

    private static SettingsShape of(Class<?> type, Optional<PluginKind> kind, int depth) {
        if (!type.isRecord()) {
            throw new IllegalArgumentException("its settings " + type.getName() + " are not a record");
        }
        if (depth > DEEPEST) {
            throw new IllegalArgumentException("its settings hold records within records without end");
        }
        Class<? extends Record> record = type.asSubclass(Record.class);
        List<Setting> settings = new ArrayList<>();
        for (RecordComponent component : record.getRecordComponents()) {
            settings.add(setting(record, component, kind, depth));
        }
        SettingsShape shape = new SettingsShape(record, kind, settings, canonical(record));
        shape.requireEachKeyOnce();
        // Where something is optional, the record may ask for one of several (memory: degradedAbove or unhealthyAbove).
        if (settings.stream().allMatch(s -> s.written().isPresent())) {
            shape.defaults();
        }
        return shape;
    }

    private void requireEachKeyOnce() {
        Set<String> taken = new HashSet<>();
        for (String key : keys()) {
            if (key.isBlank() || !taken.add(key)) {
                throw new IllegalArgumentException("the key '" + key + "' of " + type.getName()
                        + (key.isBlank() ? " is empty" : " stands for two settings, or for one twice"));
            }
        }
    }

    private static Setting setting(
            Class<?> record,
            RecordComponent component,
            Optional<PluginKind> kind,
            int depth) {
        String where = "'" + component.getName() + "' of " + record.getName();
        requireBindable(component.getGenericType(), kind, where, depth);
        Optional<Alias> alias = Optional.ofNullable(component.getAnnotation(Alias.class));
        if (alias.filter(Alias::percent).isPresent() && !isShare(component.getGenericType())) {
            throw new IllegalArgumentException(where + " has an alias in percent, and is no double");
        }
        boolean forever = component.isAnnotationPresent(AllowForever.class);
        Optional<String> written = Optional.ofNullable(component.getAnnotation(Default.class))
                .map(Default::value);
        Optional<Object> fallback = Defaults.of(component);
        return new Setting(component.getName(), alias, component.getGenericType(), fallback, written,
                Optional.ofNullable(component.getAnnotation(Range.class)), forever,
                Optional.ofNullable(component.getAnnotation(Doc.class)).map(Doc::value));
    }

    private static boolean isShare(Type type) {
        return type == double.class || type == Double.class || type instanceof ParameterizedType generic
                && generic.getRawType() == Optional.class
                && generic.getActualTypeArguments()[0] == Double.class;
    }

    private static void requireBindable(Type type, Optional<PluginKind> kind, String where, int depth) {
        if (type instanceof ParameterizedType generic) {
            Type[] arguments = generic.getActualTypeArguments();
            Type raw = generic.getRawType();
            if (raw == List.class || raw == Optional.class) {
                requireBindable(arguments[0], kind, where, depth);
                return;
            }
            if (raw == Map.class && arguments[0] == String.class) {
                requireBindable(arguments[1], kind, where, depth);
                return;
            }
        } else if (type instanceof Class<?> plain) {
            if (LEAVES.contains(plain) || plain.isEnum() || plain == Choice.class && kind.isPresent()) {
                return;
            }
            if (plain.isRecord() && plain != Choice.class) {
                of(plain, kind, depth + 1);
                return;
            }
        }
        throw new IllegalArgumentException(where + " has the type " + type.getTypeName()
                + ", which cannot be read from configuration");
    }

    private static Constructor<? extends Record> canonical(Class<? extends Record> record) {
        Class<?>[] types = Arrays.stream(record.getRecordComponents())
                .map(RecordComponent::getType)
                .toArray(Class<?>[]::new);
        try {
            var constructor = record.getDeclaredConstructor(types);
            constructor.setAccessible(true);
            return constructor;
        } catch (ReflectiveOperationException | RuntimeException e) {
            throw new IllegalArgumentException("its settings " + record.getName() + " cannot be built: " + e,
                    e);
        }
    }

    public Class<? extends Record> type() {
        return type;
    }

    /** Returns the kind of plugin it belongs to, and of those that it may choose. */
    public Optional<PluginKind> kind() {
        return kind;
    }

    /** Returns the shape of a record that one of its settings is. */
    public SettingsShape below(Class<?> record) {
        return of(record, kind, 0);
    }

    public List<Setting> settings() {
        return settings;
    }

    /** Returns the keys under which a setting may stand. */
    public List<String> keys() {
        return settings.stream().flatMap(s -> s.keys().stream()).toList();
    }

    public Optional<Setting> find(String key) {
        return settings.stream().filter(s -> s.keys().contains(key)).findFirst();
    }

    /**
     * Builds the record.
     *
     * @param values one for each of {@link #settings()}, in their order
     * @throws IllegalArgumentException with the message of the record's own constructor, if that refuses them
     */
    public Record build(List<Object> values) {
        try {
            return constructor.newInstance(values.toArray());
        } catch (InvocationTargetException e) {
            Throwable cause = Plugins.unwrap(e);
            String message = cause.getMessage();
            throw new IllegalArgumentException(message == null ? cause.toString() : message, cause);
        } catch (ReflectiveOperationException | LinkageError e) {
            throw new IllegalArgumentException(type.getName() + " cannot be built: " + e, e);
        }
    }

    /**
     * Builds the record from defaults alone.
     *
     * @throws IllegalArgumentException naming what must be given, or with what its constructor says of its own defaults
     */
    public Record defaults() {
        List<Object> values = new ArrayList<>();
        for (Setting setting : settings) {
            values.add(setting.fallback()
                    .orElseThrow(
                            () -> new IllegalArgumentException("'" + setting.name() + "' must be given")));
        }
        return build(values);
    }
}
