package dev.upkeep.config;

import dev.upkeep.api.ProcessSpec;
import dev.upkeep.config.YamlNode.Scalar;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Reads what makes a child a process (P2, P6, P9, P11). */
final class ProcessReader {
    static final List<String> KEYS = Stream.of(
            List.of("command", "shell", "environment", "environmentFile", "inheritEnvironment",
                    "workingDirectory", "successExitCodes", "doNotRestartExitCodes"),
            RunAsReader.KEYS, List.of("ready", "output", "cgroup")).flatMap(List::stream).toList();

    private final Reading reading;

    ProcessReader(Reading reading) {
        this.reading = reading;
    }

    Optional<ProcessSpec> read(Fields fields) {
        Path directory = directory(fields);
        List<String> command = new CommandReader(reading).read(fields, directory);
        Map<String, String> environment = reading.environmentFiles().read(fields, reading);
        environment(fields).forEach((name, value) -> {
            environment.remove(name);
            environment.put(name, value);
        });
        boolean inherit = fields.flag("inheritEnvironment", true);
        List<Integer> success = fields.numbers("successExitCodes", Bounds.EXIT_CODE, List.of(0));
        List<Integer> fatal = fields.numbers("doNotRestartExitCodes", Bounds.EXIT_CODE, List.of());
        success.stream()
                .filter(fatal::contains)
                .findFirst()
                .ifPresent(code -> fields.tell("doNotRestartExitCodes",
                        "the exit code " + code + " is in successExitCodes, too"));
        var runAs = new RunAsReader(reading).read(fields);
        var ready = new ReadyReader(reading).read(fields);
        var output = new OutputRuleReader(reading).read(fields);
        boolean cgroup = fields.flag("cgroup", false);
        return command.isEmpty()
                ? Optional.empty()
                : Optional.of(new ProcessSpec(command, environment, inherit, Optional.of(directory), success,
                        fatal, runAs, ready, output, cgroup));
    }

    private Path directory(Fields fields) {
        Optional<String> text = fields.text("workingDirectory");
        try {
            return text.map(reading.directory()::resolve).orElse(reading.directory()).normalize();
        } catch (InvalidPathException e) {
            fields.tell("workingDirectory", "it cannot be the path of a directory");
            return reading.directory();
        }
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
}
