package dev.upkeep.plugin;

import dev.upkeep.api.settings.TypedFactory;
import dev.upkeep.plugin.LoadProblem.Reason;
import dev.upkeep.plugin.Plugins.PluginThrewException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.Spliterator;
import java.util.regex.Pattern;

/**
 * Loads what one source brings.
 *
 * <p>{@link ServiceLoader} finds it, once for each source and kind, through a view that shows it this source's services
 * files alone: an error then names its jar, a malformed line loses that jar's file and no other's, and a loader's
 * parents do not answer for it. Errors come out of the iteration as well as out of the constructors, some of them raw
 * {@link LinkageError}s; each is kept and the iteration goes on, up to a bound.
 */
final class SourceLoad {
    private static final int MOST_PROVIDERS = 1_000;
    private static final Pattern TYPE = Pattern.compile("[a-z][a-z0-9]*(-[a-z0-9]+)*");

    private final PluginSource source;
    private final List<CatalogEntry> entries = new ArrayList<>();
    private final List<LoadProblem> problems = new ArrayList<>();

    SourceLoad(PluginSource source) {
        this.source = source;
    }

    Loaded run() {
        for (PluginKind kind : PluginKind.values()) {
            load(kind);
        }
        return new Loaded(List.copyOf(entries), List.copyOf(problems));
    }

    @SuppressWarnings("rawtypes")
    private void load(PluginKind kind) {
        ClassLoader view = source.view();
        Spliterator<? extends ServiceLoader.Provider<? extends TypedFactory>> found = ServiceLoader
                .load(kind.service(), view)
                .stream()
                .spliterator();
        for (int i = 0; i < MOST_PROVIDERS; i++) {
            try {
                if (!Plugins.call(source.loader(),
                        () -> found.tryAdvance(provider -> take(kind, provider)))) {
                    return;
                }
            } catch (PluginThrewException e) {
                refuse(kind, reason(e.thrown()));
            }
        }
        refuse(kind, new Reason("it names more than " + MOST_PROVIDERS + " providers", "split it"));
    }

    @SuppressWarnings("rawtypes")
    private void take(PluginKind kind, ServiceLoader.Provider<? extends TypedFactory> provider) {
        String className = provider.type().getName();
        try {
            entries.add(Plugins.call(source.loader(), () -> entry(kind, provider.get())));
        } catch (PluginThrewException e) {
            Reason reason = reason(e.thrown());
            refuse(kind, new Reason(className + ": " + reason.text(), reason.advice()));
        }
    }

    private CatalogEntry entry(PluginKind kind, TypedFactory<?> factory) {
        String type = factory.type();
        if (type == null || type.length() > 100 || !TYPE.matcher(type).matches()) {
            throw new IllegalArgumentException(
                    "its type name '" + type + "' is not lower-case words joined by dashes");
        }
        Class<?> record = factory.settings();
        if (record == null) {
            throw new IllegalArgumentException("it names no settings record");
        }
        SettingsShape shape = SettingsShape.of(record, kind);
        return new CatalogEntry(kind, type, source.name(), factory, shape);
    }

    private void refuse(PluginKind kind, Reason reason) {
        problems.add(LoadProblem.of(source.name(), reason, Optional.of(kind)));
    }

    /** Returns in a person's words what a throwable means that came out of loading. */
    static Reason reason(Throwable thrown) {
        String message = thrown.getMessage() == null ? "" : ": " + thrown.getMessage();
        return switch (thrown) {
            case UnsupportedClassVersionError e -> new Reason("it was compiled for a newer Java" + message,
                    "compile it with 'release " + Runtime.version().feature() + "' or less");
            case NoClassDefFoundError e -> new Reason("a class is missing" + message,
                    "put the jar that has this class beside it, or into it");
            case LinkageError e -> new Reason("a class of it cannot be linked: " + e,
                    "build it again against this version's supervisor-api");
            case NoSuchMethodException e -> new Reason("it has no public constructor without parameters",
                    "give it one");
            case ServiceConfigurationError e -> new Reason(withoutService(String.valueOf(e.getMessage())),
                    "correct its services file, and give the provider a public constructor without parameters");
            case IOException e ->
                new Reason("it cannot be read" + message, "replace it by a good copy, or remove it");
            case IllegalArgumentException e when e.getMessage() != null -> new Reason(e.getMessage(),
                    "correct its factory or settings record");
            default -> new Reason("it threw " + thrown, "report it to its author, or remove it");
        };
    }

    /** Drops what ServiceLoader says before the point: the service's name, or the place of a file we name ourselves. */
    private static String withoutService(String message) {
        int file = message.indexOf("META-INF/services/");
        int colon = message.indexOf(": ");
        return message.substring(file >= 0 ? file : Math.max(0, colon + 2));
    }

    /** What one source brought. */
    record Loaded(List<CatalogEntry> entries, List<LoadProblem> problems) {}
}
