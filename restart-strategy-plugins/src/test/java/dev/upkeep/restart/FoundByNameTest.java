package dev.upkeep.restart;

import static org.assertj.core.api.Assertions.assertThat;

import dev.upkeep.api.restart.BackoffFactory;
import dev.upkeep.api.restart.RestartStrategyFactory;
import dev.upkeep.api.settings.Choice;
import dev.upkeep.api.settings.Defaults;
import dev.upkeep.api.settings.TypedFactory;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;

final class FoundByNameTest {
    @Test
    void theServiceLoaderFindsEveryStrategyAndTheChoicesNameThem() {
        Map<String, TypedFactory<?>> found = new HashMap<>();
        for (RestartStrategyFactory<?> factory : ServiceLoader.load(RestartStrategyFactory.class)) {
            assertThat(found.put(factory.type(), factory)).isNull();
        }

        assertThat(found).containsOnlyKeys("one-for-one", "one-for-all", "rest-for-one");
        fits(found, Strategies.oneForOne());
        fits(found, Strategies.oneForAll());
        fits(found, Strategies.restForOne());
    }

    @Test
    void theServiceLoaderFindsEveryBackoffAndTheChoicesNameThem() {
        Map<String, TypedFactory<?>> found = new HashMap<>();
        for (BackoffFactory<?> factory : ServiceLoader.load(BackoffFactory.class)) {
            assertThat(found.put(factory.type(), factory)).isNull();
        }

        assertThat(found).containsOnlyKeys("immediate", "fixed", "linear", "exponential", "fibonacci",
                "decorrelated", "crash-loop");
        fits(found, Backoffs.immediate());
        fits(found, Backoffs.fixed(Duration.ofSeconds(2)));
        fits(found, Backoffs.exponential());
        fits(found, Backoffs.exponential(Duration.ofSeconds(2), Duration.ofSeconds(9)));
        fits(found, Backoffs.linear());
        fits(found, Backoffs.linear(Duration.ofSeconds(2), Duration.ofSeconds(9)));
        fits(found, Backoffs.fibonacci());
        fits(found, Backoffs.fibonacci(Duration.ofSeconds(2), Duration.ofSeconds(9)));
        fits(found, Backoffs.decorrelated());
        fits(found, Backoffs.decorrelated(Duration.ofSeconds(2), Duration.ofSeconds(9)));
        fits(found, Backoffs.crashLoop());
    }

    private static void fits(Map<String, TypedFactory<?>> found, Choice choice) {
        TypedFactory<?> factory = Objects.requireNonNull(found.get(choice.type()), choice.type());
        Record settings = choice.settings().isPresent()
                ? choice.settings().get()
                : Defaults.of(factory.settings());
        assertThat(settings).isInstanceOf(factory.settings());
    }
}
