package dev.upkeep.plugin;

import java.io.IOException;
import java.io.OutputStream;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.ToolProvider;

/** Builds real jars out of source text. */
final class TestJar {
    /** What each source is given, so that the tests need not write it. */
    private static final String IMPORTS = Stream
            .of("restart.Backoff", "restart.BackoffFactory", "settings.Default", "health.Health",
                    "health.HealthCheck",
                    "health.CheckContext", "health.HealthCheckFactory")
            .map(name -> "import dev.upkeep.api." + name + ";")
            .collect(Collectors.joining());

    private final Path directory;
    private final Map<String, String> sources = new LinkedHashMap<>();
    private final Map<String, String> texts = new LinkedHashMap<>();
    private final List<String> left = new ArrayList<>();
    private boolean newer;

    TestJar(Path directory) {
        this.directory = directory;
    }

    /** Adds a back-off factory in the package p: its members and its settings record's components. */
    TestJar backoff(String className, String type, String members, String components) {
        return source(className, """
                package p;
                public class %1$s implements BackoffFactory<%1$s.Settings> {
                    public record Settings(%4$s) {}
                    %3$s
                    public String type() { return "%2$s"; }
                    public Class<Settings> settings() { return Settings.class; }
                    public Backoff create(Settings s) { return a -> java.time.Duration.ZERO; }
                }
                """.formatted(className, type, members, components)).service("BackoffFactory",
                "p." + className);
    }

    TestJar backoff(String className, String type) {
        return backoff(className, type, "", "");
    }

    TestJar source(String className, String text) {
        sources.put(className, text.replaceFirst("package (.);", "package $1;" + IMPORTS));
        return this;
    }

    TestJar service(String factory, String line) {
        String inPackage = factory.equals("HealthCheckFactory") ? "health." : "restart.";
        texts.merge("META-INF/services/dev.upkeep.api." + inPackage + factory, line + "\n", String::concat);
        return this;
    }

    TestJar manifest(String line) {
        texts.put("META-INF/MANIFEST.MF", "Manifest-Version: 1.0\n" + line + "\n");
        return this;
    }

    /** Leaves a class out that the others were compiled against. */
    TestJar without(String className) {
        left.add(className + ".class");
        return this;
    }

    /** Writes class files that no JDK can read yet. */
    TestJar newer() {
        newer = true;
        return this;
    }

    Path write(String name) {
        Path file = directory.resolve(name);
        try {
            Files.createDirectories(file.getParent());
            Path classes = compile();
            try (OutputStream out = Files.newOutputStream(file);
                    JarOutputStream jar = new JarOutputStream(out)) {
                for (var text : texts.entrySet()) {
                    put(jar, text.getKey(), text.getValue().getBytes(StandardCharsets.UTF_8));
                }
                try (var all = Files.walk(classes)) {
                    for (Path path : all.filter(Files::isRegularFile).sorted().toList()) {
                        if (!left.contains(path.getFileName().toString())) {
                            put(jar, classes.relativize(path).toString(), bytes(path));
                        }
                    }
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return file;
    }

    private byte[] bytes(Path path) throws IOException {
        byte[] bytes = Files.readAllBytes(path);
        if (newer) {
            bytes[7] = 99;
        }
        return bytes;
    }

    private static void put(JarOutputStream jar, String name, byte[] bytes) throws IOException {
        jar.putNextEntry(new JarEntry(name));
        jar.write(bytes);
        jar.closeEntry();
    }

    private Path compile() throws IOException {
        Path work = Files.createTempDirectory(directory, "classes");
        if (sources.isEmpty()) {
            return work;
        }
        var compiler = ToolProvider.getSystemJavaCompiler();
        List<Path> files = new ArrayList<>();
        for (var source : sources.entrySet()) {
            Path file = Files.createDirectories(work.resolve("src")).resolve(source.getKey() + ".java");
            files.add(Files.writeString(file, source.getValue()));
        }
        Path out = Files.createDirectories(work.resolve("out"));
        StringWriter said = new StringWriter();
        try (var manager = compiler.getStandardFileManager(null, null, StandardCharsets.UTF_8)) {
            boolean done = compiler.getTask(said, manager, null,
                    List.of("-d", out.toString(), "-cp", System.getProperty("java.class.path"), "-proc:none"),
                    null,
                    manager.getJavaFileObjectsFromPaths(files)).call();
            if (!done) {
                throw new IllegalArgumentException(said.toString());
            }
        }
        return out;
    }
}
