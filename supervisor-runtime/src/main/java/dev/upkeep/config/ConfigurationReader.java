package dev.upkeep.config;

import dev.upkeep.api.TreeSpec;
import dev.upkeep.plugin.Catalog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/** Reads {@code upkeep.yaml}. Starts nothing and changes nothing. Safe for any thread. */
public final class ConfigurationReader {
    private static final int LONGEST_FILE = 4 * 1024 * 1024;

    private static final int MOST_CHILDREN = 50_000;
    private static final int MOST_WAITS = 1_000_000;

    private final Catalog catalog;
    private final Map<String, String> environment;
    private final ClassLoader components;
    private final ComponentFactory factory;
    private final Supplier<Host> host;

    /**
     * @param catalog the types that a file may name
     * @param environment what {@code ${NAME}} stands for
     * @param components where the classes that {@code component:} names are looked for
     * @param factory makes them
     */
    public ConfigurationReader(Catalog catalog, Map<String, String> environment, ClassLoader components,
            ComponentFactory factory) {
        this(catalog, environment, components, factory, Host::here);
    }

    /** @param host asked for once in a reading, if the file wants something of it */
    ConfigurationReader(Catalog catalog, Map<String, String> environment, ClassLoader components,
            ComponentFactory factory, Supplier<Host> host) {
        this.catalog = catalog;
        this.environment = Map.copyOf(environment);
        this.components = components;
        this.factory = factory;
        this.host = host;
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
        Problems problems = new Problems(name, secrets);
        Substitution substitution = new Substitution(environment, directory, secrets, problems);
        Reading reading = new Reading(problems, substitution, catalog, directory, components, factory,
                new Reading.Quota(MOST_CHILDREN), new Reading.Quota(MOST_WAITS), new Once<>(host),
                new EnvironmentFiles(), new LogFiles());
        Optional<TreeSpec> tree = Optional.empty();
        try {
            tree = YamlDocument.read(text, problems).flatMap(new TreeReader(reading)::read);
        } catch (IllegalArgumentException e) {
            // A spec refused what no reader had objected to: without its place it is a problem all the same.
            problems.add(Position.START, "", String.valueOf(e.getMessage()));
        }
        if (tree.isEmpty() || !problems.isEmpty()) {
            throw new ConfigurationException(problems.inOrder());
        }
        return new Configuration(tree.get(), secrets);
    }

    private static String decode(Path file, byte[] bytes) throws ConfigurationException {
        Utf8 text = Utf8.decode(bytes);
        if (text.fault().isPresent()) {
            Position at = text.fault().get();
            throw refused(file, at, "not UTF-8 text");
        }
        return text.text();
    }

    private static ConfigurationException unreadable(Path file, String why) {
        return refused(file, Position.START, why);
    }

    private static ConfigurationException refused(Path file, Position at, String why) {
        return new ConfigurationException(
                List.of(new Problem(file.toString(), at.line(), at.column(), "", why)));
    }
}
