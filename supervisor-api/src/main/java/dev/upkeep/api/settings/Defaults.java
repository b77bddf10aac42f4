package dev.upkeep.api.settings;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Builds settings records from nothing but their {@link Default} annotations. */
public final class Defaults {
    private Defaults() {}

    /**
     * Returns the record with every component at its default.
     *
     * @throws IllegalArgumentException if a component is required, or a default cannot be read
     */
    public static <S extends Record> S of(Class<S> type) {
        RecordComponent[] components = type.getRecordComponents();
        Class<?>[] types = new Class<?>[components.length];
        @Nullable
        Object[] values = new Object[components.length];
        for (int i = 0; i < components.length; i++) {
            types[i] = components[i].getType();
            values[i] = valueOf(type, components[i]);
        }
        try {
            var constructor = type.getDeclaredConstructor(types);
            constructor.setAccessible(true);
            return constructor.newInstance(values);
        } catch (InvocationTargetException e) {
            throw new IllegalArgumentException("the defaults of " + type.getName()
                    + " are refused by its constructor: " + e.getTargetException().getMessage(), e);
        } catch (ReflectiveOperationException e) {
            throw new IllegalArgumentException("cannot build " + type.getName(), e);
        }
    }

    private static Object valueOf(Class<?> record, RecordComponent component) {
        return of(component)
                .orElseThrow(() -> new IllegalArgumentException("'" + component.getName() + "' of "
                        + record.getName() + " has no default and must be given"));
    }

    /**
     * Returns the default of one component, or nothing if it must be given: what {@link Default} says, or an empty Optional.
     *
     * @throws IllegalArgumentException if what it says cannot be read as the component's type
     */
    public static Optional<Object> of(RecordComponent component) {
        Default written = component.getAnnotation(Default.class);
        if (written == null) {
            return component.getType() == Optional.class ? Optional.of(Optional.empty()) : Optional.empty();
        }
        try {
            boolean forever = component.isAnnotationPresent(AllowForever.class);
            return Optional.of(read(component.getType(), written.value(), forever));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "the default '" + written.value() + "' of '" + component.getName()
                            + "' of " + component.getDeclaringRecord().getName() + " cannot be read: "
                            + e.getMessage(),
                    e);
        }
    }

    private static Object read(Class<?> type, String text, boolean forever) {
        if (type == Duration.class) {
            return forever && text.equals("forever") ? AllowForever.FOREVER : Durations.parse(text);
        } else if (type == ByteSize.class) {
            return ByteSize.parse(text);
        } else if (type == String.class) {
            return text;
        } else if (type == int.class || type == Integer.class) {
            return Integer.valueOf(text);
        } else if (type == long.class || type == Long.class) {
            return Long.valueOf(text);
        } else if (type == double.class || type == Double.class) {
            return Double.valueOf(text);
        } else if ((type == boolean.class || type == Boolean.class)
                && (text.equals("true") || text.equals("false"))) {
            return Boolean.valueOf(text);
        } else if (type == Path.class) {
            return Path.of(text);
        } else if (type == URI.class) {
            return URI.create(text);
        } else if (type == Pattern.class) {
            return Pattern.compile(text);
        } else if (type == List.class && text.equals("[]")) {
            return List.of();
        } else if (type == Map.class && text.equals("{}")) {
            return Map.of();
        }
        return constant(type, text);
    }

    private static Object constant(Class<?> type, String text) {
        if (type.isEnum()) {
            for (Object constant : type.getEnumConstants()) {
                if (wordOf((Enum<?>) constant).equals(text)) {
                    return constant;
                }
            }
        }
        throw new IllegalArgumentException("it is not a " + type.getSimpleName());
    }

    /** Returns an enum constant as configuration writes it: {@code ONE_FOR_ALL} as {@code one-for-all}. */
    public static String wordOf(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
