package dev.upkeep.config;

import dev.upkeep.api.ProcessSpec;
import dev.upkeep.config.YamlNode.Scalar;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads what makes a child a process (P2, P6). */
final class ProcessReader {
    static final List<String> KEYS = List.of("command", "shell", "environment", "inheritEnvironment",
            "workingDirectory", "successExitCodes", "doNotRestartExitCodes");

    private final Reading reading;

    ProcessReader(Reading reading) {
        this.reading = reading;
    }

    Optional<ProcessSpec> read(Fields fields) {
        Path directory = directory(fields);
        List<String> command = command(fields, directory);
        Map<String, String> environment = environment(fields);
        boolean inherit = fields.flag("inheritEnvironment", true);
        List<Integer> success = fields.numbers("successExitCodes", Bounds.EXIT_CODE, List.of(0));
        List<Integer> fatal = fields.numbers("doNotRestartExitCodes", Bounds.EXIT_CODE, List.of());
        success.stream()
                .filter(fatal::contains)
                .findFirst()
                .ifPresent(code -> tell(fields, "doNotRestartExitCodes",
                        "the exit code " + code + " is in successExitCodes, too"));
        return command.isEmpty()
                ? Optional.empty()
                : Optional.of(ProcessSpec.of(command)
                        .withEnvironment(environment, inherit)
                        .withWorkingDirectory(directory)
                        .withExitCodes(success, fatal));
    }

    private Path directory(Fields fields) {
        Optional<String> text = fields.text("workingDirectory");
        try {
            return text.map(reading.directory()::resolve).orElse(reading.directory()).normalize();
        } catch (InvalidPathException e) {
            tell(fields, "workingDirectory", "it cannot be the path of a directory");
            return reading.directory();
        }
    }

    private List<String> command(Fields fields, Path directory) {
        boolean shell = fields.flag("shell", false);
        String path = fields.path("command");
        Optional<YamlNode> node = fields.node("command");
        if (node.isEmpty()) {
            return List.of();
        }
        int before = reading.problems().count();
        List<String> words = words(node.get(), path, fields.scope(), shell);
        if (reading.problems().count() > before) {
            return List.of();
        }
        if (words.isEmpty() || words.get(0).isBlank()) {
            tell(fields, "command", "a command needs at least the name of a program");
            return List.of();
        }
        if (words.stream().anyMatch(w -> w.indexOf('\0') >= 0)) {
            tell(fields, "command", "a command cannot hold the character 0");
            return List.of();
        }
        return resolved(words, directory);
    }

    private List<String> words(YamlNode node, String path, Scope scope, boolean shell) {
        if (node instanceof YamlNode.Sequence && !shell) {
            return reading.texts(node, path, "words", scope);
        }
        if (!(node instanceof Scalar scalar) || scalar.isNull()) {
            reading.problems()
                    .add(node.at(), path, "expected " + (shell
                            ? "one text for 'shell: true'"
                            : "a list of words, or one text") + ", but here is " + node.noun());
            return List.of();
        }
        if (!shell) {
            return reading.substitution().words(scalar, path, scope).orElse(List.of());
        }
        Optional<String> text = reading.text(scalar, path, scope);
        if (text.filter(String::isBlank).isPresent()) {
            reading.problems().add(node.at(), path, "there is nothing for the shell to run");
        }
        return text.map(t -> List.of("sh", "-c", t)).orElse(List.of());
    }

    /** A program named by a relative path is found from the child's directory, as a person beside the file sees it. */
    private static List<String> resolved(List<String> words, Path directory) {
        String program = words.get(0);
        if (program.indexOf('/') <= 0) {
            return words;
        }
        List<String> resolved = new ArrayList<>(words);
        resolved.set(0, directory.resolve(program).normalize().toString());
        return resolved;
    }

    private Map<String, String> environment(Fields fields) {
        Map<String, String> environment = new LinkedHashMap<>();
        fields.fields("environment", "names with values")
                .ifPresent(f -> f.mapping().entries().forEach((name, entry) -> {
                    String path = f.path(name);
                    if (name.isEmpty() || name.indexOf('=') >= 0 || name.indexOf('\0') >= 0) {
                        reading.problems()
                                .add(entry.keyAt(), path,
                                        Scalar.shown(name) + " cannot be the name of a variable");
                    }
                    reading.text(entry.value(), path, f.scope()).ifPresent(value -> {
                        if (value.indexOf('\0') >= 0) {
                            reading.problems()
                                    .add(entry.value().at(), path, "a variable cannot hold the character 0");
                        }
                        environment.put(name, value);
                    });
                }));
        return environment;
    }

    private void tell(Fields fields, String key, String message) {
        Position at = fields.node(key).map(YamlNode::at).orElse(fields.at());
        reading.problems().add(at, fields.path(key), message);
    }
}
