package dev.upkeep.plugin;

import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.jar.JarFile;
import java.util.jar.Manifest;

/**
 * One place that plugins come from: a jar or directory, and the loader that its classes come from.
 *
 * @param name as a person finds it
 * @param loader loads its classes
 * @param services gives its own services files by their names, and nobody else's
 */
record PluginSource(String name, ClassLoader loader, Function<String, List<URL>> services) {
    /** Returns a loader by which a {@link java.util.ServiceLoader} sees the services files of this source alone. */
    ClassLoader view() {
        return new View(this);
    }

    /** Returns a jar's name with its directory's, {@code ext/queue-depth.jar}; the whole path of a directory. */
    static String nameOf(Path path) {
        Path absolute = path.toAbsolutePath().normalize();
        int names = absolute.getNameCount();
        boolean shorten = names > 2 && absolute.toString().endsWith(".jar");
        return (shorten ? absolute.subpath(names - 2, names) : absolute).toString();
    }

    /**
     * Reads the manifest of a jar or directory; an empty one if there is none.
     *
     * @throws IOException if it is no readable jar
     */
    static Manifest manifest(Path path) throws IOException {
        if (Files.isDirectory(path)) {
            Path file = path.resolve(JarFile.MANIFEST_NAME);
            if (!Files.isRegularFile(file)) {
                return new Manifest();
            }
            try (InputStream in = Files.newInputStream(file)) {
                return new Manifest(in);
            }
        }
        try (JarFile jar = new JarFile(path.toFile(), false)) {
            return Optional.ofNullable(jar.getManifest()).orElseGet(Manifest::new);
        }
    }

    private static final class View extends ClassLoader {
        private final PluginSource source;

        View(PluginSource source) {
            super("services of " + source.name(), source.loader());
            this.source = source;
        }

        @Override
        public Enumeration<URL> getResources(String name) {
            return Collections.enumeration(source.services().apply(name));
        }
    }
}
