package dev.upkeep.inject;

import com.google.inject.AbstractModule;
import com.google.inject.ConfigurationException;
import com.google.inject.Injector;
import com.google.inject.Key;
import com.google.inject.Provides;
import com.google.inject.Scopes;
import com.google.inject.Singleton;
import com.google.inject.multibindings.Multibinder;
import com.google.inject.multibindings.OptionalBinder;
import dev.upkeep.api.Component;
import dev.upkeep.api.StateStore;
import dev.upkeep.api.Supervisor;
import dev.upkeep.api.SupervisorBuilder;
import dev.upkeep.api.SupervisorEngine;
import dev.upkeep.api.Surroundings;
import dev.upkeep.api.TreeSpec;
import dev.upkeep.api.event.TreeListener;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Function;

/**
 * A supervision tree in a Guice application:
 *
 * <pre>{@code
 * install(new SupervisorModule(injected -> Supervisor.named("shop")
 *         .child("orders", injected.component(OrderWorker.class))
 *         .children("worker", 10, i -> c -> c.component(injected.component(Worker.class)))));
 * }</pre>
 *
 * <p>It binds {@link Supervisor} as a singleton, which starts the tree when it is made: at once in
 * {@code Stage.PRODUCTION}, else when it is first injected. Nothing stops it but {@link Supervisor#close()}. The tree
 * tells the set of {@link TreeListener} that the application binds with a {@link Multibinder}, and keeps the state of
 * components in the {@link StateStore} that it binds, if any.
 *
 * <p>Components are made on their own threads while the tree starts. One that uses the tree has a
 * {@code Provider<Supervisor>} injected and asks it in {@code run}: in its constructor it would wait for itself.
 */
public final class SupervisorModule extends AbstractModule {
    static {
        // As shipped, Guice generates classes in a way that a JDK of today warns about. Read when it is first used.
        if (System.getProperty("guice_bytecode_gen_option") == null) {
            System.setProperty("guice_bytecode_gen_option", "DISABLED");
        }
    }

    private interface Tree {
        Supervisor start(Components injected, Surroundings bound);
    }

    private final Tree tree;

    /** Runs a tree whose components need nothing from the injector. */
    public SupervisorModule(TreeSpec spec) {
        this.tree = (injected, bound) -> SupervisorEngine.find().start(spec, bound);
    }

    /** @param tree builds the tree, once, with components of the injector; called when the {@link Supervisor} is made */
    public SupervisorModule(Function<Components, SupervisorBuilder> tree) {
        this.tree = (injected, bound) -> {
            SupervisorBuilder builder = tree.apply(injected);
            bound.listeners().forEach(builder::listener);
            bound.stateStore().ifPresent(builder::stateStore);
            return builder.start();
        };
    }

    /**
     * Makes factories of components that come from the injector. Safe for any thread. It is bound, too: for what is added
     * or applied while the tree runs.
     */
    public static final class Components {
        private final Injector injector;

        private Components(Injector injector) {
            this.injector = injector;
        }

        /**
         * Returns a factory that has the injector make a fresh one for every start.
         *
         * @throws IllegalArgumentException if it is bound as a singleton
         * @throws ConfigurationException if the injector cannot make one
         */
        public <C extends Component> Callable<C> component(Class<C> type) {
            return component(Key.get(type));
        }

        /** The same for a component bound under a key. */
        public <C extends Component> Callable<C> component(Key<C> key) {
            if (Scopes.isSingleton(injector.getBinding(key))) {
                throw new IllegalArgumentException("component " + key.getTypeLiteral()
                        + " is bound as a singleton; it must be unscoped, because every start needs a fresh one");
            }
            return new FromInjector<>(key, injector);
        }
    }

    /** Two of one key are equal, so that a spec that is applied again restarts nothing (A5). */
    private record FromInjector<C extends Component>(Key<C> key, Injector injector) implements Callable<C> {
        @Override
        public C call() {
            return injector.getInstance(key);
        }
    }

    @Override
    protected void configure() {
        Multibinder.newSetBinder(binder(), TreeListener.class);
        OptionalBinder.newOptionalBinder(binder(), StateStore.class);
    }

    @Provides
    @Singleton
    Components components(Injector injector) {
        return new Components(injector);
    }

    @Provides
    @Singleton
    Supervisor supervisor(Components injected, Set<TreeListener> listeners, Optional<StateStore> store) {
        return tree.start(injected,
                new Surroundings(List.copyOf(listeners), store, Optional.empty(), Map.of()));
    }
}
