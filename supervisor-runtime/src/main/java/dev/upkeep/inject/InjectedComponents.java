package dev.upkeep.inject;

import com.google.inject.AbstractModule;
import com.google.inject.ConfigurationException;
import com.google.inject.CreationException;
import com.google.inject.Injector;
import com.google.inject.Provider;
import dev.upkeep.api.Component;
import dev.upkeep.config.ComponentFactory;
import java.lang.reflect.Constructor;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;

/**
 * Builds the components that a configuration names: a fresh one from the injector for every start, with the settings of
 * its child. A class with one public constructor needs no annotation, so that it compiles against the api alone.
 */
public final class InjectedComponents implements ComponentFactory {
    private final Injector injector;

    public InjectedComponents(Injector injector) {
        this.injector = injector;
    }

    @Override
    public Callable<? extends Component> of(Class<? extends Component> type, Optional<Record> settings) {
        try {
            Provider<? extends Component> provider = injector
                    .createChildInjector(new OneComponent<>(type, settings))
                    .getProvider(type);
            return new Built(type, settings, provider);
        } catch (CreationException | ConfigurationException e) {
            String reason = String.valueOf(e.getMessage())
                    .lines()
                    .filter(l -> l.matches("\\d+\\).*"))
                    .findFirst()
                    .orElse("it cannot be built");
            throw new IllegalArgumentException("component " + type.getName() + " cannot be built: "
                    + reason.replaceFirst("^\\d+\\)\\s*(\\[[^]]*]:\\s*)?", ""), e);
        }
    }

    /**
     * Two of one class with equal settings are equal, so that a file that is read again restarts nothing (A5). Each has a
     * provider of its own, which says nothing about what it makes.
     */
    private record Built(Class<? extends Component> type, Optional<Record> settings,
            Provider<? extends Component> provider) implements Callable<Component> {
        @Override
        public Component call() {
            return provider.get();
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Built built && type == built.type && settings.equals(built.settings);
        }

        @Override
        public int hashCode() {
            return Objects.hash(type, settings);
        }
    }

    private static final class OneComponent<C extends Component> extends AbstractModule {
        private final Class<C> type;
        private final Optional<Record> settings;

        OneComponent(Class<C> type, Optional<Record> settings) {
            this.type = type;
            this.settings = settings;
        }

        @Override
        protected void configure() {
            settings.ifPresent(this::bindSettings);
            Constructor<?>[] constructors = type.getConstructors();
            if (constructors.length == 1) {
                @SuppressWarnings("unchecked")
                Constructor<C> only = (Constructor<C>) constructors[0];
                bind(type).toConstructor(only);
            } else {
                bind(type);
            }
        }

        @SuppressWarnings("unchecked")
        private <R extends Record> void bindSettings(Record value) {
            bind((Class<R>) value.getClass()).toInstance((R) value);
        }
    }
}
