package dev.upkeep.config;

import dev.upkeep.config.EnvironmentFile.Fault;
import dev.upkeep.config.YamlNode.Mapping;
import dev.upkeep.config.YamlNode.Scalar;
import dev.upkeep.config.YamlNode.Sequence;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reads what {@code environmentFile:} names: one file, or several of which a later one beats an earlier (P2). One reading of a
 * configuration sees one content of each.
 */
final class EnvironmentFiles {
    private static final int LONGEST = 1024 * 1024;
    private static final String EXPECTED = "a path, {path: …, optional: true}, or a list of such";

    private final Map<Path, Content> known = new HashMap<>();

    /** What a file holds, or why it does not; nothing of either for one that is not there. */
    private sealed interface Content {
        record Variables(Map<String, String> map) implements Content {}

        record Faults(List<Fault> list) implements Content {}

        record Unreadable(String why) implements Content {}

        record Missing() implements Content {}
    }

    /** Returns the variables of all files that a child names, in their order. */
    Map<String, String> read(Fields fields, Reading reading) {
        Map<String, String> all = new LinkedHashMap<>();
        Optional<YamlNode> node = fields.node("environmentFile");
        String path = fields.path("environmentFile");
        if (node.orElse(null) instanceof Sequence list) {
            for (int i = 0; i < list.items().size(); i++) {
                one(list.items().get(i), path + "[" + i + "]", fields.scope(), reading, all);
            }
        } else {
            node.ifPresent(n -> one(n, path, fields.scope(), reading, all));
        }
        return all;
    }

    private void one(YamlNode node, String path, Scope scope, Reading reading, Map<String, String> into) {
        switch (node) {
            case Mapping mapping -> {
                Fields fields = new Fields(mapping, path, scope, reading);
                fields.refuseUnknown(List.of("path", "optional"), Map.of());
                boolean optional = fields.flag("optional", false);
                Optional<YamlNode> file = fields.node("path");
                if (file.isEmpty()) {
                    reading.problems().add(node.at(), path, "'path' must be given");
                }
                file.ifPresent(n -> file(n, fields.path("path"), scope, optional, reading, into));
            }
            case Scalar scalar when !scalar.isNull() -> file(node, path, scope, false, reading, into);
            case Scalar nothing -> refuse(nothing, path, reading);
            case Sequence list -> refuse(list, path, reading);
        }
    }

    private static void refuse(YamlNode node, String path, Reading reading) {
        reading.problems().add(node.at(), path, "expected " + EXPECTED + ", but here is " + node.noun());
    }

    private void file(
            YamlNode node,
            String path,
            Scope scope,
            boolean optional,
            Reading reading,
            Map<String, String> into) {
        Optional<Path> file = reading.text(node, path, scope).flatMap(name -> {
            try {
                return Optional.of(reading.directory().resolve(name).normalize());
            } catch (InvalidPathException e) {
                reading.problems().add(node.at(), path, "it cannot be the path of a file");
                return Optional.empty();
            }
        });
        if (file.isEmpty()) {
            return;
        }
        Problems problems = reading.problems();
        String shown = Scalar.shown(file.get().toString());
        switch (known.computeIfAbsent(file.get(), EnvironmentFiles::content)) {
            case Content.Variables variables -> variables.map().forEach((name, value) -> {
                into.remove(name);
                into.put(name, value);
            });
            case Content.Faults faults -> faults.list()
                    .forEach(f -> problems.addIn(file.get().toString(), f.at(), path, f.message()));
            case Content.Unreadable unreadable -> problems.add(node.at(), path,
                    shown + " " + unreadable.why());
            case Content.Missing missing when !optional -> problems.add(node.at(), path,
                    "there is no file " + shown);
            case Content.Missing missing -> {
            }
        }
    }

    private static Content content(Path file) {
        byte[] bytes;
        try {
            BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
            if (!attributes.isRegularFile()) {
                // Anything else, a pipe for one, could hold the reader for ever.
                return new Content.Unreadable(attributes.isDirectory() ? "is a directory" : "is not a file");
            }
            try (var in = Files.newInputStream(file)) {
                bytes = in.readNBytes(LONGEST + 1);
            }
        } catch (NoSuchFileException e) {
            return new Content.Missing();
        } catch (AccessDeniedException e) {
            return new Content.Unreadable("may not be read by this user");
        } catch (IOException e) {
            return new Content.Unreadable("cannot be read: " + e);
        }
        if (bytes.length > LONGEST) {
            return new Content.Unreadable("is longer than 1 MiB");
        }
        Utf8 text = Utf8.decode(bytes);
        EnvironmentFile parsed = EnvironmentFile.parse(text.text());
        List<Fault> faults = new java.util.ArrayList<>(parsed.faults());
        text.fault().ifPresent(at -> faults.add(new Fault(at, "not UTF-8 text")));
        return faults.isEmpty()
                ? new Content.Variables(parsed.variables())
                : new Content.Faults(List.copyOf(faults));
    }
}
