package dev.upkeep.plugin;

import dev.upkeep.api.breaker.CircuitBreakerFactory;
import dev.upkeep.api.health.HealthCheckFactory;
import dev.upkeep.api.restart.BackoffFactory;
import dev.upkeep.api.restart.RestartStrategyFactory;
import dev.upkeep.api.settings.TypedFactory;
import java.util.List;

/** What a plugin can be. Type names are unique within a kind. */
public enum PluginKind {
    HEALTH_CHECK("health check", HealthCheckFactory.class,
            List.of("type", "name", "role", "interval", "timeout", "initialDelay", "failureThreshold",
                    "successThreshold", "degradedThreshold", "jitter")), //
    RESTART_STRATEGY("restart strategy", RestartStrategyFactory.class, List.of("type")), //
    BACKOFF("back-off", BackoffFactory.class, List.of("type")), //
    CIRCUIT_BREAKER("circuit breaker", CircuitBreakerFactory.class,
            List.of("type", "name", "escalateAfter", "stableFor"));

    private final String noun;
    @SuppressWarnings("rawtypes")
    private final Class<? extends TypedFactory> service;
    private final List<String> runtimeKeys;

    @SuppressWarnings("rawtypes")
    PluginKind(String noun, Class<? extends TypedFactory> service, List<String> runtimeKeys) {
        this.noun = noun;
        this.service = service;
        this.runtimeKeys = runtimeKeys;
    }

    /** Returns the word for one of them, for messages. */
    public String noun() {
        return noun;
    }

    /** Returns the keys that stand beside a type's own settings in configuration, so that no setting may have such a name (H3). */
    public List<String> runtimeKeys() {
        return runtimeKeys;
    }

    @SuppressWarnings("rawtypes")
    Class<? extends TypedFactory> service() {
        return service;
    }

    /** Returns the name of its services files. */
    String services() {
        return "META-INF/services/" + service.getName();
    }
}
