package dev.upkeep.config;

import dev.upkeep.api.OutputRule;
import dev.upkeep.api.OutputRule.WhenFull;
import dev.upkeep.api.child.ChildPath;
import dev.upkeep.api.settings.ByteSize;
import dev.upkeep.config.YamlNode.Mapping;
import dev.upkeep.config.YamlNode.Scalar;
import dev.upkeep.plugin.Nearest;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reads {@code output:}: {@code prefix}, {@code inherit}, {@code file}, {@code {file: PATH}}, {@code {file: {path, maxSize, …}}} or
 * {@code {logger: SIBLING}} (P11, P12). Whether that sibling can be one is the question of {@link Loggers}.
 */
final class OutputRuleReader {
    private static final List<String> WORDS = List.of("prefix", "inherit", "file");
    private static final List<String> OF_FILES = List.of("path", "maxSize", "maxAge", "keep", "whenFull");
    private static final String EXPECTED = "prefix, inherit, file, {file: …} or {logger: …}";
    private static final Bounds MAX_SIZE = new Bounds(OutputRule.File.LEAST_MAX_SIZE.bytes(),
            Double.POSITIVE_INFINITY, false);
    private static final Bounds KEEP = new Bounds(0, OutputRule.File.MOST_KEPT, false);

    private final Reading reading;

    OutputRuleReader(Reading reading) {
        this.reading = reading;
    }

    OutputRule read(Fields fields) {
        Optional<YamlNode> node = fields.node("output");
        if (node.isEmpty()) {
            return OutputRule.PREFIXED;
        }
        String path = fields.path("output");
        if (node.get() instanceof Scalar scalar && !scalar.isNull()) {
            return word(scalar, path, fields.scope());
        }
        Optional<Mapping> mapping = reading.mapping(node.get(), path, EXPECTED);
        if (mapping.isEmpty()) {
            return OutputRule.PREFIXED;
        }
        Fields inner = new Fields(mapping.get(), path, fields.scope(), reading);
        Map<String, String> deeper = new LinkedHashMap<>();
        OF_FILES.forEach(key -> deeper.put(key, "it belongs to the file: {file: {" + key + ": …}}"));
        inner.refuseUnknown(List.of("file", "logger"), deeper);
        if (inner.has("file") == inner.has("logger")) {
            reading.problems()
                    .add(inner.at(), path, inner.has("file")
                            ? "it has 'file' and 'logger'; only one of them can be"
                            : "'file' or 'logger' must be given");
            return OutputRule.PREFIXED;
        }
        return inner.has("file") ? file(inner) : logger(inner, !fields.has("output"));
    }

    private OutputRule word(Scalar scalar, String path, Scope scope) {
        Optional<String> word = reading.text(scalar, path, scope);
        switch (word.orElse("prefix")) {
            case "prefix" :
                return OutputRule.PREFIXED;
            case "inherit" :
                return OutputRule.INHERITED;
            case "file" :
                return OutputRule.File.byDefault();
            default :
                reading.problems()
                        .add(scalar.at(), path, "unknown value " + scalar.shown() + "; expected " + EXPECTED
                                + "." + Nearest.hint(scalar.guess(word.orElse("")), WORDS));
                return OutputRule.PREFIXED;
        }
    }

    private OutputRule file(Fields around) {
        OutputRule.File plain = OutputRule.File.byDefault();
        YamlNode node = around.node("file").orElseThrow();
        if (node instanceof Scalar scalar && !scalar.isNull()) {
            Optional<Path> path = path(around, "file", plain.keep());
            return new OutputRule.File(path, plain.maxSize(), plain.maxAge(), plain.keep(), plain.whenFull());
        }
        Optional<Fields> fields = around.fields("file", "the path of a file, or keys with values");
        if (fields.isEmpty()) {
            return plain;
        }
        Fields file = fields.get();
        file.refuseUnknown(OF_FILES, Map.of());
        int keep = file.number("keep", KEEP, plain.keep());
        ByteSize maxSize = file.leaf("maxSize", ByteSize.class, MAX_SIZE).orElse(plain.maxSize());
        Optional<Duration> maxAge = file.leaf("maxAge", Duration.class, Bounds.LONGER_THAN_ZERO);
        WhenFull whenFull = file.leaf("whenFull", WhenFull.class, plain.whenFull());
        return new OutputRule.File(path(file, "path", keep), maxSize, maxAge, keep, whenFull);
    }

    private Optional<Path> path(Fields fields, String key, int keep) {
        Optional<String> text = fields.text(key);
        if (text.isEmpty()) {
            return Optional.empty();
        }
        try {
            if (text.get().isBlank() || text.get().endsWith("/")) {
                fields.tell(key, "it cannot be the path of a file");
                return Optional.empty();
            }
            Path file = reading.directory().resolve(text.get()).normalize();
            if (Files.exists(file) && !Files.isRegularFile(file)) {
                // It would be renamed once it is full: /dev/null, for one.
                fields.tell(key, Scalar.shown(file.toString()) + " is there, and is not a regular file");
            }
            reading.logFiles()
                    .claim(file, keep, fields.scope().path())
                    .ifPresent(why -> fields.tell(key, why));
            return Optional.of(file);
        } catch (InvalidPathException e) {
            fields.tell(key, "it cannot be the path of a file");
            return Optional.empty();
        }
    }

    private static OutputRule logger(Fields fields, boolean inherited) {
        return fields.text("logger")
                // What all take by default, their logger does not.
                .filter(name -> !inherited || !name.equals(fields.scope().name()))
                .filter(ChildPath::isId)
                .<OutputRule>map(OutputRule.Logger::new)
                .orElse(OutputRule.PREFIXED);
    }
}
