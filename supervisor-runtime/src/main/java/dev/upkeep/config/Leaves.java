package dev.upkeep.config;

import dev.upkeep.api.settings.AllowForever;
import dev.upkeep.api.settings.ByteSize;
import dev.upkeep.api.settings.Defaults;
import dev.upkeep.api.settings.Durations;
import dev.upkeep.plugin.Nearest;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.deser.std.StdScalarDeserializer;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.module.SimpleModule;
import tools.jackson.databind.node.StringNode;

/** Turns the text of a single value into what a component of a record holds. */
final class Leaves {
    private static final JsonMapper MAPPER = JsonMapper.builder()
            .addModule(new SimpleModule("upkeep")
                    .addDeserializer(Duration.class, new Parsed<>(Duration.class, Durations::parse))
                    .addDeserializer(ByteSize.class, new Parsed<>(ByteSize.class, ByteSize::parse))
                    .addDeserializer(Path.class, new Parsed<>(Path.class, Path::of))
                    .addDeserializer(URI.class, new Parsed<>(URI.class, URI::create))
                    .addDeserializer(Pattern.class, new Parsed<>(Pattern.class, Patterns::of)))
            .build();

    /** What people bring along from docker-compose and systemd. */
    private static final Map<String, String> ELSEWHERE = Map.of("always", "permanent", "unless-stopped",
            "permanent",
            "on-failure", "transient", "no", "temporary", "never", "temporary");

    private Leaves() {}

    /** Returns the value, or nothing if the text is none of that type. */
    static Optional<Object> read(String text, Class<?> type, boolean forever) {
        if (type == String.class) {
            return Optional.of(text);
        }
        if (forever && text.equals("forever")) {
            return Optional.of(AllowForever.FOREVER);
        }
        if (type.isEnum()) {
            // Not by Jackson: it knows neither our words nor that a Turkish i is none of them.
            // The constant's own name is what Resilience4j writes: FORCED_OPEN (C10).
            return Arrays.stream(type.getEnumConstants())
                    .filter(c -> Defaults.wordOf((Enum<?>) c).equals(text)
                            || ((Enum<?>) c).name().equals(text))
                    .map(Object.class::cast)
                    .findFirst();
        }
        try {
            Optional<Object> value = Optional.ofNullable(MAPPER.treeToValue(StringNode.valueOf(text), type));
            return value.filter(v -> !(v instanceof Double d) || Double.isFinite(d));
        } catch (JacksonException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /**
     * Returns what to tell a person.
     *
     * @param shown the value as it stands in the file, quoted
     * @param text the value itself
     */
    static String refusal(String shown, String text, Class<?> type) {
        if (type.isEnum()) {
            List<String> words = Arrays.stream(type.getEnumConstants())
                    .map(c -> Defaults.wordOf((Enum<?>) c))
                    .toList();
            return "unknown value " + shown + "; expected " + oneOf(words) + "." + hint(text, words);
        }
        return shown + " is not " + noun(type);
    }

    private static String hint(String text, List<String> words) {
        String near = Nearest.hint(text, words);
        return !near.isEmpty()
                ? near
                : Nearest.to(text, ELSEWHERE.keySet())
                        .map(ELSEWHERE::get)
                        .filter(words::contains)
                        .map(w -> " Did you mean '" + w + "'?")
                        .orElse("");
    }

    static String oneOf(List<String> words) {
        int last = words.size() - 1;
        return last < 1
                ? String.join("", words)
                : String.join(", ", words.subList(0, last)) + " or " + words.get(last);
    }

    private static String noun(Class<?> type) {
        if (type == Duration.class) {
            return "a duration; expected a number with ms, s, m or h, as in 500ms, 10s or 1m30s";
        } else if (type == ByteSize.class) {
            return "a size; expected a number of bytes, or one with KiB, MiB, GiB or TiB, as in 10MiB";
        } else if (type == int.class || type == Integer.class) {
            return "a whole number from " + Integer.MIN_VALUE + " to " + Integer.MAX_VALUE;
        } else if (type == long.class || type == Long.class) {
            return "a whole number";
        } else if (type == double.class || type == Double.class) {
            return "a number";
        } else if (type == boolean.class || type == Boolean.class) {
            return "true or false";
        } else if (type == Pattern.class) {
            return "a regular expression";
        }
        return "a " + type.getSimpleName();
    }

    private static final class Parsed<T> extends StdScalarDeserializer<T> {
        private final transient Function<String, T> parse;

        Parsed(Class<T> type, Function<String, T> parse) {
            super(type);
            this.parse = parse;
        }

        @Override
        public T deserialize(JsonParser parser, DeserializationContext context) {
            return parse.apply(parser.getString());
        }
    }
}
