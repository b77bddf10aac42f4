package dev.upkeep.plugin;

import dev.upkeep.api.breaker.BreakerContext;
import dev.upkeep.api.breaker.CircuitBreaker;
import dev.upkeep.api.breaker.CircuitBreakerFactory;
import dev.upkeep.api.health.HealthCheckFactory;
import dev.upkeep.api.health.Role;
import dev.upkeep.api.restart.Backoff;
import dev.upkeep.api.restart.BackoffFactory;
import dev.upkeep.api.restart.RestartStrategy;
import dev.upkeep.api.restart.RestartStrategyFactory;
import dev.upkeep.api.settings.Choice;
import dev.upkeep.api.settings.Defaults;
import dev.upkeep.plugin.LoadProblem.Reason;
import dev.upkeep.plugin.Plugins.PluginThrewException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What is installed, by kind and type name. Safe for any thread.
 *
 * <p>A name claimed by two sources belongs to neither: which one came first on a class path must not decide how
 * children are supervised. Asking for it is an error that names both.
 */
public final class Catalog {
    private final Map<PluginKind, Map<String, CatalogEntry>> entries = new EnumMap<>(PluginKind.class);
    private final Map<PluginKind, Map<String, LoadProblem>> contested = new EnumMap<>(PluginKind.class);
    private final List<LoadProblem> problems;

    Catalog(Collection<CatalogEntry> found, Collection<LoadProblem> problems) {
        List<LoadProblem> all = new ArrayList<>(problems);
        for (PluginKind kind : PluginKind.values()) {
            entries.put(kind, new TreeMap<>());
            contested.put(kind, new TreeMap<>());
        }
        for (CatalogEntry entry : found) {
            CatalogEntry other = of(entry.kind()).putIfAbsent(entry.type(), entry);
            // The same class twice is one jar that is on the class path twice.
            if (other != null && other.factory().getClass() != entry.factory().getClass()) {
                LoadProblem clash = clash(other, entry);
                all.add(clash);
                contestedOf(entry.kind()).putIfAbsent(entry.type(), clash);
            }
        }
        contested.forEach((kind, claims) -> of(kind).keySet().removeAll(claims.keySet()));
        this.problems = List.copyOf(all);
    }

    private static LoadProblem clash(CatalogEntry one, CatalogEntry other) {
        return LoadProblem.of(other.source(),
                new Reason(
                        "the " + other.kind().noun() + " '" + other.type() + "' is claimed by " + one.source()
                                + " (" + one.className() + ") and by " + other.source() + " ("
                                + other.className() + ")",
                        "remove one of them"),
                Optional.of(other.kind()));
    }

    private Map<String, CatalogEntry> of(PluginKind kind) {
        return Objects.requireNonNull(entries.get(kind));
    }

    private Map<String, LoadProblem> contestedOf(PluginKind kind) {
        return Objects.requireNonNull(contested.get(kind));
    }

    /** Returns the usable types of a kind, by name. */
    public List<CatalogEntry> entries(PluginKind kind) {
        return List.copyOf(of(kind).values());
    }

    /** Returns what should have been loaded and was not, in the order of finding. */
    public List<LoadProblem> problems() {
        return problems;
    }

    public Optional<CatalogEntry> find(PluginKind kind, String type) {
        return Optional.ofNullable(of(kind).get(type));
    }

    /** Returns the type. */
    public CatalogEntry require(PluginKind kind, String type) {
        return find(kind, type).orElseThrow(() -> new UnknownTypeException(missing(kind, type)));
    }

    /**
     * Returns what to tell a person who named a type that is not there: which are, the nearest of them, and, on lines
     * of their own, the jars that failed to load and might have brought it.
     */
    public String missing(PluginKind kind, String type) {
        LoadProblem clash = contestedOf(kind).get(type);
        if (clash != null) {
            return clash.reason() + "; " + clash.advice();
        }
        String names = of(kind).isEmpty() ? "none" : String.join(", ", of(kind).keySet());
        String lost = problems.stream()
                .filter(p -> p.kind().map(kind::equals).orElse(true))
                .map(p -> "\n" + p.text())
                .collect(Collectors.joining());
        return "no " + kind.noun() + " named '" + type + "'; available: " + names + "."
                + Nearest.hint(type, of(kind).keySet()) + lost;
    }

    /**
     * Makes a strategy.
     *
     * @throws UnknownTypeException if there is no such type
     * @throws PluginFailedException if it throws
     */
    public RestartStrategy strategy(Choice choice) {
        return make(require(PluginKind.RESTART_STRATEGY, choice.type()), choice,
                (entry, settings) -> Catalog.<RestartStrategyFactory<Record>>factory(entry).create(settings));
    }

    /**
     * Makes a back-off.
     *
     * @throws UnknownTypeException if there is no such type
     * @throws PluginFailedException if it throws
     */
    public Backoff backoff(Choice choice) {
        return make(require(PluginKind.BACKOFF, choice.type()), choice,
                (entry, settings) -> Catalog.<BackoffFactory<Record>>factory(entry).create(settings));
    }

    /**
     * Makes a breaker.
     *
     * @throws UnknownTypeException if there is no such type
     * @throws PluginFailedException if it throws
     */
    public CircuitBreaker breaker(Choice choice, BreakerContext context) {
        return make(require(PluginKind.CIRCUIT_BREAKER, choice.type()), choice,
                (entry, settings) -> Catalog.<CircuitBreakerFactory<Record>>factory(entry)
                        .create(settings, context));
    }

    /**
     * Gives a breaker of a type other settings, in place; returns whether it has them now.
     *
     * @throws UnknownTypeException if there is no such type
     * @throws PluginFailedException if it throws
     */
    public boolean change(CircuitBreaker breaker, Choice choice) {
        return make(require(PluginKind.CIRCUIT_BREAKER, choice.type()), choice,
                (entry, settings) -> Catalog.<CircuitBreakerFactory<Record>>factory(entry)
                        .change(breaker, settings));
    }

    /**
     * Returns what makes checks of a type.
     *
     * @throws UnknownTypeException if there is no such type
     */
    public HealthCheckFactory<?> checkFactory(String type) {
        return Catalog.<HealthCheckFactory<?>>factory(require(PluginKind.HEALTH_CHECK, type));
    }

    /** Returns what makes checks of a type, if it is installed. */
    public Optional<HealthCheckFactory<?>> findCheckFactory(String type) {
        return find(PluginKind.HEALTH_CHECK, type).map(Catalog::<HealthCheckFactory<?>>factory);
    }

    /** Returns the role that checks of an installed type have by default; liveness if the type fails to say. */
    public Role defaultRole(String type) {
        HealthCheckFactory<?> factory = checkFactory(type);
        try {
            return Plugins.call(factory.getClass().getClassLoader(),
                    () -> Objects.requireNonNull(factory.defaultRole()));
        } catch (PluginThrewException e) {
            return Role.LIVENESS;
        }
    }

    /** Returns whether checks of an installed type wait for a deadline (H3); not if the type fails to say. */
    public boolean judgedByDeadline(String type) {
        HealthCheckFactory<?> factory = checkFactory(type);
        try {
            return Plugins.call(factory.getClass().getClassLoader(), factory::judgedByDeadline);
        } catch (PluginThrewException e) {
            return false;
        }
    }

    /** Returns how long such a check lets an instance be silent, if it judges that and the type does not fail to say. */
    public Optional<Duration> longestSilence(Choice check) {
        return find(PluginKind.HEALTH_CHECK, check.type())
                .flatMap(entry -> silence(Catalog.<HealthCheckFactory<?>>factory(entry), check));
    }

    private static <S extends Record> Optional<Duration> silence(
            HealthCheckFactory<S> factory,
            Choice choice) {
        try {
            return Plugins.call(factory.getClass().getClassLoader(), () -> {
                Class<S> type = factory.settings();
                S settings = type.cast(choice.settings().orElseGet(() -> Defaults.of(type)));
                return factory.longestSilence(settings)
                        .filter(silence -> silence.compareTo(Duration.ZERO) > 0);
            });
        } catch (PluginThrewException e) {
            return Optional.empty();
        }
    }

    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    private static <F> F factory(CatalogEntry entry) {
        // Its kind was its service type when it was loaded, and make() checks the class of the settings.
        return (F) entry.factory();
    }

    private static <T> T make(CatalogEntry entry, Choice choice, Making<T> making) {
        String name = entry.kind().noun() + " '" + entry.type() + "' (" + entry.source() + ")";
        try {
            return Plugins.call(entry.factory().getClass().getClassLoader(), () -> {
                Record settings = choice.settings().orElseGet(entry.settings()::defaults);
                if (!entry.settings().type().isInstance(settings)) {
                    throw new IllegalArgumentException(
                            "its settings are a " + entry.settings().type().getName()
                                    + ", not a " + settings.getClass().getName());
                }
                return Objects.requireNonNull(making.make(entry, settings), "create() returned null");
            });
        } catch (PluginThrewException e) {
            Throwable thrown = e.thrown();
            throw new PluginFailedException(name + " could not be made: " + thrown, thrown);
        }
    }

    @FunctionalInterface
    private interface Making<T> {
        T make(CatalogEntry entry, Record settings) throws Exception;
    }
}
