package dev.upkeep.config;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/** The users, or the groups, of a host: those in its file, and by name those that another service knows (NSS). */
final class Accounts {
    private static final int LONGEST_FILE = 16 * 1024 * 1024;
    private static final Pattern NAME = Pattern.compile("[^-\\x00- :][^\\x00- :]*");
    private static final Pattern NUMBER = Pattern.compile("\\d{1,18}");

    private final Map<String, Long> numbers;
    private final Predicate<String> elsewhere;
    /** Asking may take a while, and replicas ask the same. */
    private final Map<String, Boolean> asked = new HashMap<>();

    Accounts(Map<String, Long> numbers, Predicate<String> elsewhere) {
        this.numbers = numbers;
        this.elsewhere = elsewhere;
    }

    /**
     * Reads a file in the form of {@code passwd(5)} or {@code group(5)}; one that cannot be read has nobody.
     *
     * @param elsewhere whether a name is known that is not in the file
     */
    static Accounts of(Path file, Predicate<String> elsewhere) {
        Map<String, Long> numbers = new LinkedHashMap<>();
        try (var in = Files.newInputStream(file)) {
            // Their names are ASCII where it matters; what else stands in a line is no reason to know nobody.
            new String(in.readNBytes(LONGEST_FILE), StandardCharsets.ISO_8859_1).lines().forEach(line -> {
                String[] fields = line.split(":", -1);
                if (fields.length > 2 && NAME.matcher(fields[0]).matches()) {
                    number(fields[2]).ifPresent(n -> numbers.putIfAbsent(fields[0], n));
                }
            });
        } catch (IOException e) {
            // The other service may know them all.
        }
        return new Accounts(numbers, elsewhere);
    }

    /** Returns a number as such a file has it. */
    static Optional<Long> number(String text) {
        return NUMBER.matcher(text).matches() ? Optional.of(Long.parseLong(text)) : Optional.empty();
    }

    Optional<Long> numberOf(String name) {
        return Optional.ofNullable(numbers.get(name));
    }

    boolean hasNumber(long number) {
        return numbers.containsValue(number);
    }

    /** Returns whether there is one of that name. */
    boolean isKnown(String name) {
        return numbers.containsKey(name)
                || (NAME.matcher(name).matches() && asked.computeIfAbsent(name, elsewhere::test));
    }

    /** Returns the names in the file. */
    Set<String> names() {
        return numbers.keySet();
    }
}
