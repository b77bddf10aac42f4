package dev.upkeep.config;

import dev.upkeep.api.settings.ByteSize;
import dev.upkeep.api.settings.Choice;
import dev.upkeep.api.settings.Defaults;
import dev.upkeep.api.settings.Durations;
import dev.upkeep.api.settings.Range;
import dev.upkeep.plugin.Catalog;
import dev.upkeep.plugin.PluginKind;
import dev.upkeep.plugin.Setting;
import dev.upkeep.plugin.SettingsShape;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** What a person can write wrong for a setting, and something right for those that must be given. */
final class WrongValues {
    private final Catalog catalog;
    private final SettingsShape shape;
    private final Setting setting;
    private final boolean percent;

    /** @param key the one of its keys under which the values shall stand */
    WrongValues(Catalog catalog, SettingsShape shape, Setting setting, String key) {
        this.catalog = catalog;
        this.shape = shape;
        this.setting = setting;
        percent = setting.alias().filter(a -> a.percent() && a.value().equals(key)).isPresent();
    }

    /**
     * A wrong value.
     *
     * @param text as it is written behind the key
     * @param offset where in the text the wrong begins
     * @param path what that place is called, behind the key
     * @param said what a person must be told, in this order
     */
    record Wrong(String text, int offset, String path, List<String> said) {
        static Wrong of(String text, String... said) {
            return new Wrong(text, 0, "", List.of(said));
        }

        Wrong within(String before, String after, String step) {
            return new Wrong(before + text + after, before.length() + offset, step + path, said);
        }
    }

    List<Wrong> all() {
        return all(setting.type());
    }

    private List<Wrong> all(Type type) {
        List<Wrong> all = new ArrayList<>();
        if (type instanceof ParameterizedType generic) {
            Type last = generic.getActualTypeArguments()[generic.getActualTypeArguments().length - 1];
            if (generic.getRawType() == Optional.class) {
                return all(last);
            } else if (generic.getRawType() == List.class) {
                all.add(Wrong.of("x", "expected a list of values, but here is a single value"));
                all(last).forEach(w -> all.add(w.within("[", "]", "[0]")));
            } else {
                all.add(Wrong.of("x", "expected keys with values, but here is a single value"));
                all(last).forEach(w -> all.add(w.within("{k: ", "}", ".k")));
            }
        } else if (type == Choice.class) {
            PluginKind kind = shape.kind().orElseThrow();
            all.add(Wrong.of("no-such-type", "no " + kind.noun() + " named 'no-such-type'; available: "));
            all.add(Wrong.of("[x]", "expected the name of a type", "here is a list"));
            kind.runtimeKeys()
                    .stream()
                    .filter(key -> !key.equals("type"))
                    .forEach(key -> all.add(new Wrong("{" + key + ": x, type: " + simple(kind) + "}", 1,
                            "." + key, List.of("a key of the " + kind.noun() + " around it"))));
        } else if (type instanceof Class<?> plain && plain.isRecord() && plain != ByteSize.class) {
            all.add(Wrong.of("x", "expected keys with values, but here is a single value"));
            SettingsShape below = shape.below(plain);
            for (Setting inner : below.settings()) {
                String others = required(below, inner, ", ");
                for (String key : inner.keys()) {
                    new WrongValues(catalog, below, inner, key).all()
                            .forEach(w -> all.add(w.within("{" + key + ": ", others + "}", "." + key)));
                }
            }
        } else if (type instanceof Class<?> leaf) {
            all.add(Wrong.of("[x]", "expected a single value, but here is a list"));
            all.addAll(ofAnotherType(leaf));
            setting.range().ifPresent(range -> all.addAll(outside(leaf, range)));
        }
        return all;
    }

    private static List<Wrong> ofAnotherType(Class<?> leaf) {
        if (leaf == Duration.class) {
            return List.of(Wrong.of("soon", "'soon' is not a duration; expected a number with ms, s, m or h"),
                    Wrong.of("-1s", "'-1s' is not a duration"));
        } else if (leaf == ByteSize.class) {
            return List
                    .of(Wrong.of("big", "'big' is not a size; expected a number of bytes, or one with KiB"));
        } else if (leaf == URI.class) {
            return List.of(Wrong.of("\"a b\"", "'a b' is not a URI"));
        } else if (leaf == Pattern.class) {
            return List.of(Wrong.of("\"(\"", "'(' is not a regular expression"));
        } else if (leaf == boolean.class || leaf == Boolean.class) {
            return List.of(Wrong.of("perhaps", "'perhaps' is not true or false"));
        } else if (leaf == double.class || leaf == Double.class) {
            return List.of(Wrong.of("some", "'some' is not a number"),
                    Wrong.of("NaN", "'NaN' is not a number"));
        } else if (leaf.isEnum()) {
            List<String> said = new ArrayList<>(List.of("unknown value 'no-such-word'; expected "));
            Arrays.stream(leaf.getEnumConstants()).forEach(c -> said.add(Defaults.wordOf((Enum<?>) c)));
            return List.of(new Wrong("no-such-word", 0, "", said));
        } else if (leaf == String.class || leaf == Path.class) {
            return List.of();
        }
        return List.of(Wrong.of("some", "'some' is not a whole number from "),
                Wrong.of("1.5", "'1.5' is not a whole number from "));
    }

    /** A value just below what is allowed, and one just above. */
    private List<Wrong> outside(Class<?> leaf, Range range) {
        List<Wrong> outside = new ArrayList<>();
        BigDecimal step = leaf == Duration.class
                ? new BigDecimal("0.001")
                : leaf == double.class || leaf == Double.class ? new BigDecimal("0.0001") : BigDecimal.ONE;
        if (Double.isFinite(range.min())) {
            BigDecimal min = BigDecimal.valueOf(range.min());
            BigDecimal below = range.exclusiveMin() ? min : min.subtract(step);
            boolean cannotBeWritten = below.signum() < 0
                    && (leaf == Duration.class || leaf == ByteSize.class);
            if (!cannotBeWritten) {
                outside.add(outside(written(leaf, below), leaf, range));
            }
        }
        if (Double.isFinite(range.max())) {
            outside.add(outside(written(leaf, BigDecimal.valueOf(range.max()).add(step)), leaf, range));
        }
        return outside;
    }

    private Wrong outside(String text, Class<?> leaf, Range range) {
        List<String> said = new ArrayList<>(List.of("'" + text + "' must be "));
        for (double bound : new double[]{range.min(), range.max()}) {
            if (Double.isFinite(bound)) {
                said.add(leaf == Duration.class && bound == 0
                        ? "zero"
                        : written(leaf, BigDecimal.valueOf(bound)));
            }
        }
        return new Wrong(text, 0, "", said);
    }

    private String written(Class<?> leaf, BigDecimal value) {
        if (leaf == Duration.class) {
            return Durations.format(Duration.ofMillis(value.movePointRight(3).longValueExact()));
        }
        if (leaf == ByteSize.class) {
            return new ByteSize(value.longValueExact()).toString();
        }
        BigDecimal plain = (percent ? value.movePointRight(2) : value).stripTrailingZeros();
        return plain.signum() == 0 ? "0" : plain.toPlainString();
    }

    /** Returns the settings besides one that must be given, each with something of its type. */
    static Map<String, String> required(Catalog catalog, SettingsShape shape, Optional<Setting> besides) {
        return shape.settings()
                .stream()
                .filter(s -> s.fallback().isEmpty() && !besides.equals(Optional.of(s)))
                .collect(Collectors.toMap(Setting::name,
                        s -> new WrongValues(catalog, shape, s, s.name()).right(s.type())));
    }

    private String required(SettingsShape below, Setting besides, String before) {
        return required(catalog, below, Optional.of(besides)).entrySet()
                .stream()
                .map(e -> before + e.getKey() + ": " + e.getValue())
                .collect(Collectors.joining());
    }

    private String right(Type type) {
        if (type instanceof ParameterizedType generic) {
            Type last = generic.getActualTypeArguments()[generic.getActualTypeArguments().length - 1];
            return generic.getRawType() == List.class ? "[" + right(last) + "]" : "{k: " + right(last) + "}";
        }
        if (type == Choice.class) {
            return simple(shape.kind().orElseThrow());
        }
        Class<?> plain = (Class<?>) type;
        if (plain == Duration.class) {
            return "1s";
        } else if (plain == ByteSize.class) {
            return "1MiB";
        } else if (plain == URI.class) {
            return "\"http://localhost/\"";
        } else if (plain == boolean.class) {
            return "true";
        } else if (plain.isEnum()) {
            return Defaults.wordOf((Enum<?>) plain.getEnumConstants()[0]);
        } else if (plain.isRecord()) {
            SettingsShape below = shape.below(plain);
            return required(catalog, below, Optional.empty()).entrySet()
                    .stream()
                    .map(e -> e.getKey() + ": " + e.getValue())
                    .collect(Collectors.joining(", ", "{", "}"));
        }
        return "1";
    }

    private static boolean needsNothing(SettingsShape shape) {
        try {
            shape.defaults();
            return true;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /** Returns a type that needs no settings. */
    private String simple(PluginKind kind) {
        return catalog.entries(kind)
                .stream()
                .filter(e -> needsNothing(e.settings()))
                .findFirst()
                .orElseThrow()
                .type();
    }
}
