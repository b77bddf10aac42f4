package dev.upkeep.config;

import dev.upkeep.api.TreeSpec;
import dev.upkeep.plugin.Catalog;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads {@code upkeep.yaml}. Starts nothing and changes nothing. Safe for any thread. */
public final class ConfigurationReader {
    private static final int LONGEST_FILE = 4 * 1024 * 1024;

    private static final int MOST_CHILDREN = 50_000;
    private static final int MOST_WAITS = 1_000_000;

    private final Catalog catalog;
    private final Map<String, String> environment;
    private final ClassLoader components;
    private final ComponentFactory factory;

    /**
     * @param catalog the types that a file may name
     * @param environment what {@code ${NAME}} stands for
     * @param components where the classes that {@code component:} names are looked for
     * @param factory makes them
     */
    public ConfigurationReader(Catalog catalog, Map<String, String> environment, ClassLoader components,
            ComponentFactory factory) {
        this.catalog = catalog;
        this.environment = Map.copyOf(environment);
        this.components = components;
        this.factory = factory;
    }

    /**
     * Reads a file. Relative paths in it start from its directory.
     *
     * @throws ConfigurationException with all that is wrong, also if it cannot be read at all
     */
    public Configuration read(Path file) throws ConfigurationException {
        byte[] bytes;
        try {
            if (!Files.exists(file)) {
                throw unreadable(file, "there is no such file");
            }
            if (!Files.isRegularFile(file)) {
                throw unreadable(file, "it is not a file");
            }
            try (var in = Files.newInputStream(file)) {
                bytes = in.readNBytes(LONGEST_FILE + 1);
            }
        } catch (java.nio.file.AccessDeniedException e) {
            throw unreadable(file, "it may not be read by this user");
        } catch (IOException e) {
            throw unreadable(file, "it cannot be read: " + e);
        }
        if (bytes.length > LONGEST_FILE) {
            throw unreadable(file, "it is longer than 4 MiB");
        }
        Path parent = file.toAbsolutePath().normalize().getParent();
        return read(decode(file, bytes), file.toString(), parent == null ? Path.of("/") : parent);
    }

    /**
     * Reads a text.
     *
     * @param name what messages call it
     * @param directory where relative paths in it start, absolute
     * @throws ConfigurationException with all that is wrong
     */
    public Configuration read(String text, String name, Path directory) throws ConfigurationException {
        Set<String> secrets = new HashSet<>();
        Problems problems = new Problems(secrets);
        Substitution substitution = new Substitution(environment, directory, secrets, problems);
        Reading reading = new Reading(problems, substitution, catalog, directory, components, factory,
                new Reading.Quota(MOST_CHILDREN), new Reading.Quota(MOST_WAITS));
        Optional<TreeSpec> tree = Optional.empty();
        try {
            tree = YamlDocument.read(text, problems).flatMap(new TreeReader(reading)::read);
        } catch (IllegalArgumentException e) {
            // A spec refused what no reader had objected to: without its place it is a problem all the same.
            problems.add(Position.START, "", String.valueOf(e.getMessage()));
        }
        if (tree.isEmpty() || !problems.isEmpty()) {
            throw new ConfigurationException(name, problems.inOrder());
        }
        return new Configuration(tree.get(), secrets);
    }

    private static String decode(Path file, byte[] bytes) throws ConfigurationException {
        CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT);
        CharBuffer text = CharBuffer.allocate(bytes.length);
        CoderResult result = decoder.decode(ByteBuffer.wrap(bytes), text, true);
        text.flip();
        if (result.isError()) {
            String before = text.toString();
            int line = (int) before.chars().filter(c -> c == '\n').count() + 1;
            int column = before.length() - before.lastIndexOf('\n');
            throw new ConfigurationException(file.toString(),
                    List.of(new Problem(line, column, "", "not UTF-8 text")));
        }
        return text.toString();
    }

    private static ConfigurationException unreadable(Path file, String why) {
        return new ConfigurationException(file.toString(), List.of(new Problem(1, 1, "", why)));
    }
}
