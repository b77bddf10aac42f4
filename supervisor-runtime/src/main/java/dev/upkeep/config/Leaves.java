package dev.upkeep.config;

import static java.util.Map.entry;

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

/** Turns the text of a single value into what a component of a record holds. */
final class Leaves {
    private static final Pattern WHOLE = Pattern.compile("[-+]?[0-9]{1,30}");
    private static final Pattern NUMBER = Pattern
            .compile("[-+]?(?:[0-9]{1,30}(?:\\.[0-9]{0,30})?|\\.[0-9]{1,30})(?:[eE][-+]?[0-9]{1,3})?");

    /**
     * Every type that is one value, but enums and strings. What is thrown means that the text is none of that type. Not by
     * Jackson's databind: it takes as long to load as all the rest of the configuration, and 3 MiB while the supervisor lives.
     */
    private static final Map<Class<?>, Function<String, Object>> PARSERS = Map.ofEntries(
            entry(int.class, Leaves::whole),
            entry(Integer.class, Leaves::whole),
            entry(long.class, Leaves::large),
            entry(Long.class, Leaves::large),
            entry(double.class, Leaves::number),
            entry(Double.class, Leaves::number),
            entry(boolean.class, Leaves::truth),
            entry(Boolean.class, Leaves::truth),
            entry(Duration.class, Durations::parse),
            entry(ByteSize.class, ByteSize::parse),
            entry(Path.class, Path::of),
            entry(URI.class, URI::create),
            entry(Pattern.class, Patterns::of));

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
        Function<String, Object> parser = PARSERS.get(type);
        if (parser == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(parser.apply(text));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static Object whole(String text) {
        return Integer.parseInt(matching(WHOLE, text));
    }

    private static Object large(String text) {
        return Long.parseLong(matching(WHOLE, text));
    }

    private static Object number(String text) {
        double number = Double.parseDouble(matching(NUMBER, text));
        if (!Double.isFinite(number)) {
            throw new IllegalArgumentException("too large");
        }
        return number;
    }

    private static Object truth(String text) {
        return switch (text.strip()) {
            case "true", "True", "TRUE" -> true;
            case "false", "False", "FALSE" -> false;
            default -> throw new IllegalArgumentException("neither true nor false");
        };
    }

    /** The JDK alone would take digits of any script. */
    private static String matching(Pattern pattern, String text) {
        String stripped = text.strip();
        if (!pattern.matcher(stripped).matches()) {
            throw new IllegalArgumentException("no number");
        }
        return stripped;
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
}
