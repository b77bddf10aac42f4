package dev.upkeep.api.settings;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
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
        Class<?> type = component.getType();
        Default written = component.getAnnotation(Default.class);
        if (written == null) {
            if (type == Optional.class) {
                return Optional.empty();
            }
            throw new IllegalArgumentException("'" + component.getName() + "' of " + record.getName()
                    + " has no default and must be given");
        }
        return read(component, type, written.value());
    }

    private static Object read(RecordComponent component, Class<?> type, String text) {
        if (type == Duration.class) {
            boolean forever = text.equals("forever") && component.isAnnotationPresent(AllowForever.class);
            return forever ? AllowForever.FOREVER : Durations.parse(text);
        } else if (type == ByteSize.class) {
            return ByteSize.parse(text);
        } else if (type == String.class) {
            return text;
        } else if (type == int.class) {
            return Integer.valueOf(text);
        } else if (type == long.class) {
            return Long.valueOf(text);
        } else if (type == double.class) {
            return Double.valueOf(text);
        } else if (type == boolean.class && (text.equals("true") || text.equals("false"))) {
            return Boolean.valueOf(text);
        } else if (type.isEnum()) {
            return constant(type, text);
        } else if (type == List.class && text.equals("[]")) {
            return List.of();
        } else if (type == Map.class && text.equals("{}")) {
            return Map.of();
        }
        throw new IllegalArgumentException("the default '" + text + "' of '" + component.getName()
                + "' cannot be read as " + type.getSimpleName());
    }

    private static Object constant(Class<?> type, String text) {
        for (Object constant : type.getEnumConstants()) {
            if (wordOf((Enum<?>) constant).equals(text)) {
                return constant;
            }
        }
        throw new IllegalArgumentException("'" + text + "' is not one of " + type.getSimpleName());
    }

    /** Returns an enum constant as configuration writes it: {@code ONE_FOR_ALL} as {@code one-for-all}. */
    public static String wordOf(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
