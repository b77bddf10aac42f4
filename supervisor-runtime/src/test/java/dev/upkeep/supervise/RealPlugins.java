package dev.upkeep.supervise;

import dev.upkeep.api.breaker.BreakerContext;
import dev.upkeep.api.breaker.CircuitBreaker;
import dev.upkeep.api.breaker.CircuitBreakerFactory;
import dev.upkeep.api.restart.Backoff;
import dev.upkeep.api.restart.BackoffFactory;
import dev.upkeep.api.restart.RestartStrategy;
import dev.upkeep.api.restart.RestartStrategyFactory;
import dev.upkeep.api.settings.Choice;
import dev.upkeep.api.settings.Defaults;
import dev.upkeep.api.settings.TypedFactory;
import java.util.HashMap;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.concurrent.ConcurrentHashMap;

/** The built-in strategies, back-offs and breakers, found as anyone's are. Made once: they are pure. */
final class RealPlugins implements Plugins {
    static final RealPlugins SHARED = new RealPlugins();

    private final Map<String, RestartStrategyFactory<?>> strategies = new HashMap<>();
    private final Map<String, BackoffFactory<?>> backoffs = new HashMap<>();
    private final Map<String, CircuitBreakerFactory<?>> breakers = new HashMap<>();
    private final Map<Choice, RestartStrategy> madeStrategies = new ConcurrentHashMap<>();
    private final Map<Choice, Backoff> madeBackoffs = new ConcurrentHashMap<>();

    private RealPlugins() {
        ClassLoader loader = RealPlugins.class.getClassLoader();
        ServiceLoader.load(RestartStrategyFactory.class, loader).forEach(f -> strategies.put(f.type(), f));
        ServiceLoader.load(BackoffFactory.class, loader).forEach(f -> backoffs.put(f.type(), f));
        ServiceLoader.load(CircuitBreakerFactory.class, loader).forEach(f -> breakers.put(f.type(), f));
    }

    private static <F extends TypedFactory<?>> F find(Map<String, F> among, Choice choice) {
        F found = among.get(choice.type());
        if (found == null) {
            throw new IllegalArgumentException("no '" + choice.type() + "' among " + among.keySet());
        }
        return found;
    }

    private static <S extends Record> S settings(TypedFactory<S> factory, Choice choice) {
        return choice.settings()
                .map(factory.settings()::cast)
                .orElseGet(() -> Defaults.of(factory.settings()));
    }

    @Override
    public RestartStrategy strategy(Choice choice) {
        return madeStrategies.computeIfAbsent(choice, c -> strategy(find(strategies, c), c));
    }

    private static <S extends Record> RestartStrategy strategy(
            RestartStrategyFactory<S> factory,
            Choice choice) {
        return factory.create(settings(factory, choice));
    }

    @Override
    public Backoff backoff(Choice choice) {
        return madeBackoffs.computeIfAbsent(choice, c -> backoff(find(backoffs, c), c));
    }

    private static <S extends Record> Backoff backoff(BackoffFactory<S> factory, Choice choice) {
        return factory.create(settings(factory, choice));
    }

    /** Makes a breaker: it has state, so every tree has its own. */
    CircuitBreaker breaker(Choice choice, BreakerContext context) {
        return breaker(find(breakers, choice), choice, context);
    }

    private static <S extends Record> CircuitBreaker breaker(
            CircuitBreakerFactory<S> factory,
            Choice choice,
            BreakerContext context) {
        return factory.create(settings(factory, choice), context);
    }
}
