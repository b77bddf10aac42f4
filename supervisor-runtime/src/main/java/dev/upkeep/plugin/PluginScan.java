package dev.upkeep.plugin;

import dev.upkeep.plugin.LoadProblem.Reason;
import dev.upkeep.plugin.SourceLoad.Loaded;
import java.io.File;
import java.io.IOException;
import java.net.JarURLConnection;
import java.net.MalformedURLException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Looks for plugins: on the class path, where {@code ext/} is, and in {@code plugins/}, where each jar, or directory
 * of jars, gets a class loader of its own.
 *
 * <p>Total: whatever a jar does, the others load. Each source is loaded on a thread of its own, within a deadline, and
 * its manifest is read before any of its classes.
 */
public final class PluginScan {
    private static final Duration DEADLINE = Duration.ofSeconds(10);
    private static final int MOST_SOURCES = 1_000;

    private final ClassLoader ours;
    private final Duration deadline;
    private final List<CatalogEntry> entries = new ArrayList<>();
    private final List<LoadProblem> problems = new ArrayList<>();

    PluginScan(ClassLoader ours, Duration deadline) {
        this.ours = ours;
        this.deadline = deadline;
    }

    /**
     * Finds all there is.
     *
     * @param classPath the loader of the program and of {@code ext/}
     * @param plugins the directory of isolated plugins; one that does not exist is empty
     */
    public static Catalog scan(ClassLoader classPath, Optional<Path> plugins) {
        return new PluginScan(classPath, DEADLINE).scan(plugins);
    }

    Catalog scan(Optional<Path> plugins) {
        scanClassPath();
        plugins.filter(Files::isDirectory).ifPresent(this::scanDirectory);
        return new Catalog(entries, problems);
    }

    private void scanClassPath() {
        for (Path path : classPath(ours)) {
            if (Files.exists(path)) {
                readManifest(path);
            }
        }
        Map<String, Map<String, List<URL>>> byRoot = new LinkedHashMap<>();
        for (PluginKind kind : PluginKind.values()) {
            for (URL url : servicesFiles(kind)) {
                String root = url.toString().substring(0, url.toString().length() - kind.services().length());
                byRoot.computeIfAbsent(root, r -> new LinkedHashMap<>())
                        .computeIfAbsent(kind.services(), s -> new ArrayList<>())
                        .add(url);
            }
        }
        byRoot.forEach((root, services) -> {
            URL first = services.values().iterator().next().get(0);
            Optional<Path> file = fileOf(first, root);
            String name = file.map(PluginSource::nameOf).orElse(root);
            if (file.map(this::isUsable).orElse(true)) {
                load(new PluginSource(name, ours, service -> services.getOrDefault(service, List.of())));
            }
        });
    }

    private boolean isUsable(Path file) {
        try {
            Optional<Reason> refusal = ApiVersion.refusal(PluginSource.manifest(file));
            refusal.ifPresent(reason -> refuse(file, reason));
            return refusal.isEmpty();
        } catch (IOException | RuntimeException e) {
            // Told already, when the class path was walked.
            return false;
        }
    }

    /** A corrupt jar passes in silence when a class loader asks for resources, so each is opened here. */
    private void readManifest(Path path) {
        try {
            PluginSource.manifest(path);
        } catch (IOException | RuntimeException e) {
            refuse(path, unreadable(e));
        }
    }

    private List<URL> servicesFiles(PluginKind kind) {
        try {
            return Collections.list(ours.getResources(kind.services()));
        } catch (IOException e) {
            problems.add(LoadProblem.of("the class path", unreadable(e), Optional.of(kind)));
            return List.of();
        }
    }

    private static Optional<Path> fileOf(URL url, String root) {
        try {
            if (url.openConnection() instanceof JarURLConnection jar) {
                return Optional.of(Path.of(jar.getJarFileURL().toURI()));
            }
            return Optional.of(Path.of(new URI(root)));
        } catch (IOException | URISyntaxException | RuntimeException e) {
            return Optional.empty();
        }
    }

    private static List<Path> classPath(ClassLoader loader) {
        if (loader instanceof URLClassLoader urls) {
            return Arrays.stream(urls.getURLs())
                    .map(u -> fileOf(u, u.toString()))
                    .flatMap(Optional::stream)
                    .toList();
        }
        return Arrays.stream(System.getProperty("java.class.path", "").split(File.pathSeparator))
                .filter(entry -> !entry.isEmpty())
                .map(Path::of)
                .toList();
    }

    private void scanDirectory(Path plugins) {
        List<Path> found = new ArrayList<>();
        try (DirectoryStream<Path> stream = Files.newDirectoryStream(plugins,
                p -> isJar(p) || Files.isDirectory(p))) {
            for (Path path : stream) {
                if (found.size() == MOST_SOURCES) {
                    refuse(plugins,
                            new Reason("it holds more than " + MOST_SOURCES + " plugins", "remove some"));
                    break;
                }
                found.add(path);
            }
        } catch (IOException | RuntimeException e) {
            refuse(plugins, unreadable(e));
        }
        Collections.sort(found);
        found.forEach(this::scanPlugin);
    }

    private void scanPlugin(Path plugin) {
        String name = Optional.ofNullable(plugin.toAbsolutePath().getParent())
                .map(Path::getFileName)
                .map(parent -> parent + "/" + plugin.getFileName())
                .orElse(plugin.toString());
        List<URL> urls = new ArrayList<>();
        try {
            for (Path jar : jarsOf(plugin)) {
                Optional<Reason> refusal = ApiVersion.refusal(PluginSource.manifest(jar));
                if (refusal.isPresent()) {
                    problems.add(LoadProblem.of(name, refusal.get(), Optional.empty()));
                    return;
                }
                urls.add(jar.toUri().toURL());
            }
        } catch (IOException | RuntimeException e) {
            problems.add(LoadProblem.of(name, unreadable(e), Optional.empty()));
            return;
        }
        // Never closed: what it loaded lives as long as the supervisor.
        @SuppressWarnings("resource")
        IsolatedLoader loader = new IsolatedLoader(name, urls, ours);
        load(new PluginSource(name, loader, service -> resources(loader, service)));
    }

    private static List<Path> jarsOf(Path plugin) throws IOException {
        if (!Files.isDirectory(plugin)) {
            return List.of(plugin);
        }
        List<Path> jars = new ArrayList<>();
        try (DirectoryStream<Path> stream = Files.newDirectoryStream(plugin, PluginScan::isJar)) {
            stream.forEach(jars::add);
        }
        if (jars.isEmpty()) {
            throw new IOException("there is no jar in this directory");
        }
        Collections.sort(jars);
        return jars;
    }

    private static boolean isJar(Path path) {
        return path.toString().endsWith(".jar") && !Files.isDirectory(path);
    }

    private static List<URL> resources(IsolatedLoader loader, String service) {
        try {
            return Collections.list(loader.findResources(service));
        } catch (IOException e) {
            return List.of();
        }
    }

    private void load(PluginSource source) {
        CompletableFuture<Loaded> result = new CompletableFuture<>();
        Thread.ofPlatform().daemon().name("load " + source.name()).start(() -> {
            try {
                result.complete(new SourceLoad(source).run());
            } catch (Throwable t) {
                result.completeExceptionally(t);
            }
        });
        try {
            Loaded loaded = result.get(deadline.toMillis(), TimeUnit.MILLISECONDS);
            entries.addAll(loaded.entries());
            problems.addAll(loaded.problems());
        } catch (TimeoutException e) {
            problems.add(LoadProblem.of(source.name(),
                    new Reason("it was not done within " + deadline.toSeconds() + " s",
                            "its constructors must not block"),
                    Optional.empty()));
        } catch (ExecutionException e) {
            if (e.getCause() instanceof OutOfMemoryError outOfMemory) {
                throw outOfMemory;
            }
            problems.add(LoadProblem.of(source.name(), SourceLoad.reason(causeOf(e)), Optional.empty()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            problems.add(LoadProblem.of(source.name(),
                    new Reason("loading was interrupted", "start again"), Optional.empty()));
        }
    }

    private static Throwable causeOf(ExecutionException e) {
        @Nullable
        Throwable cause = e.getCause();
        return cause == null ? e : cause;
    }

    private void refuse(Path path, Reason reason) {
        problems.add(LoadProblem.of(PluginSource.nameOf(path), reason, Optional.empty()));
    }

    private static Reason unreadable(Exception e) {
        return e instanceof MalformedURLException
                ? new Reason("its name cannot be a URL", "rename it")
                : new Reason("it cannot be read: " + e.getMessage(),
                        "replace it by a good copy, or remove it");
    }
}
