package dev.upkeep.health;

import static org.assertj.core.api.Assertions.assertThat;

import dev.upkeep.api.health.HealthCheckFactory;
import dev.upkeep.api.settings.Doc;
import java.lang.reflect.RecordComponent;
import java.util.List;
import java.util.ServiceLoader;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class BuiltInChecksTest {
    @Test
    void allAreFoundByName() {
        assertThat(factories()).extracting(HealthCheckFactory::type)
                .containsExactlyInAnyOrder("composite", "cpu", "error-rate", "exec", "file", "heartbeat", "http",
                        "log-line", "memory",
                        "open-files", "phi-accrual", "tcp");
    }

    @Test
    void everySettingIsDocumentedAndNamedUnlikeTheKeysOfAllChecks() {
        Set<String> reserved = Set.of("type", "name", "role", "interval", "timeout", "initialDelay",
                "failureThreshold", "successThreshold", "degradedThreshold", "jitter");
        for (HealthCheckFactory<?> factory : factories()) {
            for (RecordComponent component : factory.settings().getRecordComponents()) {
                assertThat(component.isAnnotationPresent(Doc.class)).as("%s", component).isTrue();
                assertThat(reserved).doesNotContain(component.getName());
            }
        }
    }

    @SuppressWarnings("rawtypes")
    private static List<HealthCheckFactory<?>> factories() {
        return ServiceLoader.load(HealthCheckFactory.class)
                .stream()
                .<HealthCheckFactory<?>>map(provider -> (HealthCheckFactory<?>) provider.get())
                .toList();
    }
}
