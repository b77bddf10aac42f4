package dev.upkeep.config;

import dev.upkeep.config.YamlNode.Scalar;
import dev.upkeep.plugin.Nearest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** Puts values for {@code ${…}} into scalars (F2). Never shows what it put there: a variable may be a secret, too. */
final class Substitution {
    private static final Pattern VARIABLE = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");
    private static final int LONGEST_SECRET = 64 * 1024;

    private final Map<String, String> environment;
    private final Path directory;
    private final Set<String> secrets;
    private final Problems problems;
    /** One reading sees one content of a file, also for what is read when a pool is scaled: that one is known as secret. */
    private final Map<String, String> files = new HashMap<>();

    Substitution(Map<String, String> environment, Path directory, Set<String> secrets, Problems problems) {
        this.environment = environment;
        this.directory = directory;
        this.secrets = secrets;
        this.problems = problems;
    }

    /** Returns the text with everything put in, or nothing after telling what is wrong. */
    Optional<String> apply(Scalar scalar, String path, Scope scope) {
        return apply(scalar.text(), scalar.at(), path, scope);
    }

    Optional<String> apply(String text, Position at, String path, Scope scope) {
        if (text.indexOf('$') < 0) {
            return Optional.of(text);
        }
        StringBuilder out = new StringBuilder();
        boolean whole = true;
        int i = 0;
        while (i < text.length()) {
            char c = text.charAt(i);
            if (c != '$' || i + 1 == text.length() || "${".indexOf(text.charAt(i + 1)) < 0) {
                out.append(c);
                i++;
            } else if (text.charAt(i + 1) == '$') {
                out.append('$');
                i += 2;
            } else {
                int end = text.indexOf('}', i);
                if (end < 0) {
                    problems.add(at, path, "'${' without '}'; write '$$' for a dollar");
                    return Optional.empty();
                }
                Optional<String> value = value(text.substring(i + 2, end), at, path, scope);
                value.ifPresent(out::append);
                whole &= value.isPresent();
                i = end + 1;
            }
        }
        return whole ? Optional.of(out.toString()) : Optional.empty();
    }

    private Optional<String> value(String inside, Position at, String path, Scope scope) {
        if (inside.startsWith("file:")) {
            return secret(inside.substring("file:".length()), at, path);
        }
        switch (inside) {
            case "name" :
                return Optional.of(scope.name());
            case "path" :
                return Optional.of(scope.path());
            case "index" :
                if (scope.index().isEmpty()) {
                    problems.add(at, path, "${index} has a value only where there are replicas");
                }
                return scope.index().map(String::valueOf);
            default :
                return variable(inside, at, path);
        }
    }

    private Optional<String> variable(String inside, Position at, String path) {
        int dash = inside.indexOf(":-");
        String name = dash < 0 ? inside : inside.substring(0, dash);
        if (!VARIABLE.matcher(name).matches()) {
            problems.add(at, path, Scalar.shown("${" + inside + "}")
                    + " is not understood; expected ${NAME}, ${NAME:-default}, ${file:…}, ${index}, ${name} or ${path}."
                    + " Write '$$' for a dollar");
            return Optional.empty();
        }
        String value = environment.get(name);
        if (dash >= 0) {
            return Optional.of(value == null || value.isEmpty() ? inside.substring(dash + 2) : value);
        }
        if (value == null) {
            problems.add(at, path,
                    "the variable " + name + " is not set; set it, or write ${" + name + ":-default}."
                            + Nearest.hint(name, environment.keySet()));
        }
        return Optional.ofNullable(value);
    }

    private Optional<String> secret(String name, Position at, String path) {
        String known = files.get(name);
        if (known != null) {
            return Optional.of(known);
        }
        try {
            Path file = directory.resolve(name);
            // Anything but a regular file, a pipe for one, could hold the reader for ever.
            if (!Files.isRegularFile(file)) {
                problems.add(at, path, "there is no file " + Scalar.shown(file.toString()));
                return Optional.empty();
            }
            byte[] bytes;
            try (var in = Files.newInputStream(file)) {
                bytes = in.readNBytes(LONGEST_SECRET + 1);
            }
            if (bytes.length > LONGEST_SECRET) {
                problems.add(at, path, Scalar.shown(file.toString()) + " is longer than 64 KiB");
                return Optional.empty();
            }
            String secret = new String(bytes, StandardCharsets.UTF_8).replaceFirst("\\r?\\n\\z", "");
            if (!secret.isBlank()) {
                secrets.add(secret);
            }
            files.put(name, secret);
            return Optional.of(secret);
        } catch (IOException | InvalidPathException e) {
            problems.add(at, path, "the file " + Scalar.shown(name) + " cannot be read: " + e);
            return Optional.empty();
        }
    }

    /** Returns the words of a command, split as a shell would and each substituted after that. */
    Optional<List<String>> words(Scalar scalar, String path, Scope scope) {
        try {
            List<Optional<String>> words = ShellWords.split(scalar.text())
                    .stream()
                    .map(word -> apply(word, scalar.at(), path, scope))
                    .toList();
            return words.stream().allMatch(Optional::isPresent)
                    ? Optional.of(words.stream().flatMap(Optional::stream).toList())
                    : Optional.empty();
        } catch (IllegalArgumentException e) {
            problems.add(scalar.at(), path, String.valueOf(e.getMessage()));
            return Optional.empty();
        }
    }
}
