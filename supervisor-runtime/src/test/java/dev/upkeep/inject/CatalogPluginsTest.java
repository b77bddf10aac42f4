package dev.upkeep.inject;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.upkeep.api.restart.Backoff;
import dev.upkeep.api.restart.BackoffFactory;
import dev.upkeep.api.settings.Choice;
import dev.upkeep.plugin.Catalogs;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class CatalogPluginsTest {
    /** Settings of the factory below. */
    public record Settings(int seconds) {}

    private static final class Counting implements BackoffFactory<Settings> {
        private final AtomicInteger made = new AtomicInteger();

        @Override
        public String type() {
            return "counting";
        }

        @Override
        public Class<Settings> settings() {
            return Settings.class;
        }

        @Override
        public Backoff create(Settings settings) {
            made.incrementAndGet();
            return attempt -> Duration.ofSeconds(settings.seconds());
        }
    }

    private final Counting factory = new Counting();
    private final CatalogPlugins plugins = new CatalogPlugins(Catalogs.of(factory));

    @Test
    void whoeverChoosesTheSameHasTheSameObject() {
        Backoff first = plugins.backoff(Choice.of("counting", new Settings(1)));

        assertThat(plugins.backoff(Choice.of("counting", new Settings(1)))).isSameAs(first);
        assertThat(plugins.backoff(Choice.of("counting", new Settings(2)))).isNotSameAs(first);
        assertThat(factory.made).hasValue(2);
    }

    @Test
    void whatIsNotThereIsRefusedEachTime() {
        for (int i = 0; i < 2; i++) {
            assertThatThrownBy(() -> plugins.strategy(Choice.of("one-for-most")))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("one-for-most");
        }
    }
}
