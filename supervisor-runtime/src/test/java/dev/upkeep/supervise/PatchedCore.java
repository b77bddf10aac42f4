package dev.upkeep.supervise;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import javax.tools.FileObject;
import javax.tools.ForwardingJavaFileManager;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileManager;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/** The decision core compiled anew from its sources, with changes, and the simulation loaded on top of it. */
final class PatchedCore {
    private static final String PACKAGE = "dev.upkeep.supervise.";
    private static final Path SOURCES = Path.of("src", "main", "java", "dev", "upkeep", "supervise");

    String source(String file) {
        try {
            return Files.readString(SOURCES.resolve(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Compiles the core with these files changed (no AssertionError if it cannot: that would be a fault that is found), and returns the class, of this package, that runs on it. */
    Class<?> load(Map<String, String> changed, String className) throws ClassNotFoundException {
        return new CoreFirst(compile(changed)).loadClass(className);
    }

    private Map<String, byte[]> compile(Map<String, String> changed) {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        StringWriter problems = new StringWriter();
        StandardJavaFileManager standard = compiler.getStandardFileManager(null, null, null);
        try (InMemory manager = new InMemory(standard); Stream<Path> files = Files.list(SOURCES)) {
            List<Source> sources = new ArrayList<>();
            for (Path file : files.sorted().toList()) {
                String name = file.getFileName().toString();
                sources.add(new Source(name, changed.getOrDefault(name, source(name))));
            }
            boolean compiled = compiler.getTask(problems, manager, null,
                    List.of("-proc:none", "-nowarn", "-implicit:none", "-cp",
                            System.getProperty("java.class.path")),
                    null, sources).call();
            if (!compiled) {
                throw new IllegalStateException("the changed core does not compile: " + problems);
            }
            return manager.classes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static final class Source extends SimpleJavaFileObject {
        private final String text;

        Source(String name, String text) {
            super(URI.create("memory:///" + name), Kind.SOURCE);
            this.text = text;
        }

        @Override
        public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return text;
        }
    }

    private static final class Compiled extends SimpleJavaFileObject {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

        Compiled(String name) {
            super(URI.create("memory:///" + name.replace('.', '/') + ".class"), Kind.CLASS);
        }

        @Override
        public OutputStream openOutputStream() {
            return bytes;
        }
    }

    private static final class InMemory extends ForwardingJavaFileManager<JavaFileManager> {
        private final Map<String, Compiled> compiled = new HashMap<>();

        InMemory(JavaFileManager below) {
            super(below);
        }

        @Override
        public JavaFileObject getJavaFileForOutput(
                Location location,
                String className,
                JavaFileObject.Kind kind,
                FileObject sibling) {
            return compiled.computeIfAbsent(className, Compiled::new);
        }

        Map<String, byte[]> classes() {
            Map<String, byte[]> classes = new HashMap<>();
            compiled.forEach((name, file) -> classes.put(name, file.bytes.toByteArray()));
            return classes;
        }
    }

    /** Has its own classes of the core, of the simulation, and of the loop around them; all else is shared. */
    private static final class CoreFirst extends ClassLoader {
        private final Map<String, byte[]> core;

        CoreFirst(Map<String, byte[]> core) {
            super(PatchedCore.class.getClassLoader());
            this.core = core;
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (!name.startsWith(PACKAGE) && !name.startsWith("dev.upkeep.tree.")) {
                return super.loadClass(name, resolve);
            }
            synchronized (getClassLoadingLock(name)) {
                Class<?> known = findLoadedClass(name);
                return known == null ? define(name) : known;
            }
        }

        private Class<?> define(String name) throws ClassNotFoundException {
            byte[] bytes = core.get(name);
            if (bytes == null) {
                try (InputStream stream = getParent()
                        .getResourceAsStream(name.replace('.', '/') + ".class")) {
                    if (stream == null) {
                        throw new ClassNotFoundException(name);
                    }
                    bytes = stream.readAllBytes();
                } catch (IOException e) {
                    throw new ClassNotFoundException(name, e);
                }
            }
            return defineClass(name, bytes, 0, bytes.length);
        }
    }
}
