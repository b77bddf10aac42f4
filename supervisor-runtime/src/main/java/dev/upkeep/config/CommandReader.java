package dev.upkeep.config;

import dev.upkeep.config.YamlNode.Scalar;
import dev.upkeep.config.YamlNode.Sequence;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads {@code command:} and the {@code shell:} beside it: a list of words, or a text that is split as a shell would (P2). */
final class CommandReader {
    private final Reading reading;

    CommandReader(Reading reading) {
        this.reading = reading;
    }

    /**
     * Returns the words, or none after telling what is wrong, and where there is no command.
     *
     * @param directory where a program with a relative path is found from
     */
    List<String> read(Fields fields, Path directory) {
        boolean shell = fields.flag("shell", false);
        String path = fields.path("command");
        Optional<YamlNode> node = fields.node("command");
        if (node.isEmpty()) {
            return List.of();
        }
        // Not by the count of problems: of replicas the same is told once.
        Optional<List<String>> read = words(node.get(), path, fields.scope(), shell);
        if (read.isEmpty()) {
            return List.of();
        }
        List<String> words = read.get();
        if (words.isEmpty() || words.get(0).isBlank()) {
            fields.tell("command", "a command needs at least the name of a program");
            return List.of();
        }
        if (words.stream().anyMatch(w -> w.indexOf('\0') >= 0)) {
            fields.tell("command", "a command cannot hold the character 0");
            return List.of();
        }
        return resolved(words, directory);
    }

    private Optional<List<String>> words(YamlNode node, String path, Scope scope, boolean shell) {
        if (node instanceof Sequence list && !shell) {
            return Optional.of(reading.texts(node, path, "words", scope))
                    .filter(words -> words.size() == list.items().size());
        }
        if (!(node instanceof Scalar scalar) || scalar.isNull()) {
            reading.problems()
                    .add(node.at(), path, "expected " + (shell
                            ? "one text for 'shell: true'"
                            : "a list of words, or one text") + ", but here is " + node.noun());
            return Optional.empty();
        }
        if (!shell) {
            return reading.substitution().words(scalar, path, scope);
        }
        Optional<String> text = reading.text(scalar, path, scope);
        if (text.filter(String::isBlank).isPresent()) {
            reading.problems().add(node.at(), path, "there is nothing for the shell to run");
            return Optional.empty();
        }
        return text.map(t -> List.of("sh", "-c", t));
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
}
