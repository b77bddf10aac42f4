package dev.upkeep.breaker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.upkeep.api.breaker.CircuitBreakerFactory;
import dev.upkeep.api.settings.Choice;
import dev.upkeep.api.settings.Defaults;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;

final class FoundByNameTest {
    @Test
    void theServiceLoaderFindsEveryBreakerAndTheChoicesNameThem() {
        Map<String, CircuitBreakerFactory<?>> found = new HashMap<>();
        for (CircuitBreakerFactory<?> factory : ServiceLoader.load(CircuitBreakerFactory.class)) {
            assertThat(found.put(factory.type(), factory)).isNull();
        }

        assertThat(found).containsOnlyKeys("consecutive", "count", "failure-rate");
        for (Choice choice : List.of(CircuitBreakers.consecutive(), CircuitBreakers.failureRate(),
                CircuitBreakers.count(), CircuitBreakers.count(3, Duration.ofSeconds(1)),
                CircuitBreakers.consecutive(3, Duration.ofSeconds(1)))) {
            CircuitBreakerFactory<?> factory = Objects.requireNonNull(found.get(choice.type()),
                    choice.type());
            assertThat(choice.settings().orElseGet(() -> Defaults.of(factory.settings())))
                    .isInstanceOf(factory.settings());
        }
    }
}
