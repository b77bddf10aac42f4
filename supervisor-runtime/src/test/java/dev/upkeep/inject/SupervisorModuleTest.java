package dev.upkeep.inject;

import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.google.inject.AbstractModule;
import com.google.inject.CreationException;
import com.google.inject.Guice;
import com.google.inject.Inject;
import com.google.inject.Injector;
import com.google.inject.Module;
import com.google.inject.Provider;
import com.google.inject.ProvisionException;
import com.google.inject.Singleton;
import com.google.inject.Stage;
import com.google.inject.multibindings.Multibinder;
import dev.upkeep.api.Applied;
import dev.upkeep.api.Component;
import dev.upkeep.api.ComponentContext;
import dev.upkeep.api.StateStore;
import dev.upkeep.api.StatefulComponent;
import dev.upkeep.api.Supervisor;
import dev.upkeep.api.child.ChildPath;
import dev.upkeep.api.event.EventKind;
import dev.upkeep.api.event.TreeEvent;
import dev.upkeep.api.event.TreeListener;
import dev.upkeep.api.settings.Choice;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A tree in a Guice application: with explicit bindings, as ours are. */
@Timeout(60)
final class SupervisorModuleTest {
    private static final ChildPath ORDERS = new ChildPath("shop/orders");

    /** What the application's objects share. */
    static final class Ledger {
        final List<OrderWorker> workers = new CopyOnWriteArrayList<>();
        final AtomicInteger asked = new AtomicInteger();
    }

    static final class OrderWorker implements Component {
        private final Ledger ledger;
        private final Provider<Supervisor> shop;

        @Inject
        OrderWorker(Ledger ledger, Provider<Supervisor> shop) {
            this.ledger = ledger;
            this.shop = shop;
        }

        @Override
        public void run(ComponentContext context) throws Exception {
            ledger.workers.add(this);
            if (context.generation() < 3) {
                throw new IllegalStateException("order " + context.generation());
            }
            ledger.asked.addAndGet(shop.get().list().size());
            context.awaitStop(ofSeconds(60));
        }
    }

    private static Module application(SupervisorModule shop, Ledger ledger) {
        return new AbstractModule() {
            @Override
            protected void configure() {
                binder().requireExplicitBindings();
                bind(Ledger.class).toInstance(ledger);
                bind(OrderWorker.class);
                install(shop);
            }
        };
    }

    private static SupervisorModule shop() {
        return new SupervisorModule(injected -> Supervisor.named("shop")
                .child("orders", c -> c.backoff(Choice.of("immediate"))
                        .component(injected.component(OrderWorker.class))));
    }

    @Test
    void aComponentThatCrashesIsMadeAnewByTheInjectorWithWhatItNeeds() {
        Ledger ledger = new Ledger();
        Injector injector = Guice.createInjector(Stage.PRODUCTION, application(shop(), ledger));

        try (Supervisor shop = injector.getInstance(Supervisor.class)) {
            await().atMost(ofSeconds(20)).until(() -> ledger.asked.get() == 2);
            assertThat(ledger.workers).hasSize(3).doesNotHaveDuplicates();
            assertThat(shop.status(ORDERS).orElseThrow().restarts()).isEqualTo(2);
            assertThat(injector.getInstance(Supervisor.class)).isSameAs(shop);
        }
    }

    @Test
    void itStartsAtOnceInProductionAndElseWhenItIsFirstInjected() {
        Ledger ledger = new Ledger();
        Injector lazy = Guice.createInjector(Stage.DEVELOPMENT, application(shop(), ledger));
        assertThat(ledger.workers).isEmpty();
        lazy.getInstance(Supervisor.class).close();
        assertThat(ledger.workers).isNotEmpty();

        Ledger eager = new Ledger();
        Injector injector = Guice.createInjector(Stage.PRODUCTION, application(shop(), eager));
        await().atMost(ofSeconds(20)).until(() -> !eager.workers.isEmpty());
        injector.getInstance(Supervisor.class).close();
    }

    /** Remembers one byte. */
    static final class Remembering implements StatefulComponent {
        @Override
        public void restore(byte[] state) {}

        @Override
        public byte[] save() {
            return new byte[]{42};
        }

        @Override
        public void run(ComponentContext context) throws Exception {
            context.awaitStop(ofSeconds(60));
        }
    }

    @Test
    void theListenersAndTheStateStoreThatTheApplicationBindsAreTheTrees() throws Exception {
        List<TreeEvent> heard = new CopyOnWriteArrayList<>();
        Map<ChildPath, byte[]> states = new ConcurrentHashMap<>();
        StateStore store = new StateStore() {
            @Override
            public Optional<byte[]> load(ChildPath child) {
                return Optional.ofNullable(states.get(child));
            }

            @Override
            public void save(ChildPath child, byte[] state) {
                states.put(child, state);
            }

            @Override
            public void delete(ChildPath child) {
                states.remove(child);
            }
        };
        SupervisorModule module = new SupervisorModule(
                Supervisor.named("shop").child("orders", Remembering::new).build());
        Injector injector = Guice.createInjector(module, binder -> {
            Multibinder.newSetBinder(binder, TreeListener.class).addBinding().toInstance(heard::add);
            binder.bind(StateStore.class).toInstance(store);
        });

        try (Supervisor shop = injector.getInstance(Supervisor.class)) {
            shop.stop(ORDERS).get();
        }

        assertThat(states.get(ORDERS)).containsExactly(42);
        assertThat(heard).extracting(TreeEvent::kind).contains(EventKind.STARTED, EventKind.EXITED);
    }

    @Test
    void a5_theSameComponentsAppliedAgainKeepTheirInstances() throws Exception {
        Ledger ledger = new Ledger();
        Injector injector = Guice.createInjector(application(new SupervisorModule(
                injected -> Supervisor.named("shop").child("orders", injected.component(OrderWorker.class))),
                ledger));

        try (Supervisor shop = injector.getInstance(Supervisor.class)) {
            SupervisorModule.Components injected = injector.getInstance(SupervisorModule.Components.class);
            Applied applied = shop.apply(Supervisor.named("shop")
                    .child("orders", injected.component(OrderWorker.class))
                    .child("more", Remembering::new)
                    .build()).get();

            assertThat(applied.diff().changes()).hasToString("[added more]");
        }
    }

    /** Needs what nobody binds. */
    static final class Demanding implements Component {
        @Inject
        Demanding(Runnable nobodyBindsThis) {}

        @Override
        public void run(ComponentContext context) {}
    }

    @Test
    void aComponentThatTheInjectorCannotMakeIsToldWhenTheInjectorIsMadeAndNothingHasStarted() {
        Ledger ledger = new Ledger();
        SupervisorModule module = new SupervisorModule(injected -> Supervisor.named("shop")
                .child("orders", injected.component(OrderWorker.class))
                .child("bad", injected.component(Demanding.class)));

        assertThatThrownBy(() -> Guice.createInjector(Stage.PRODUCTION, application(module, ledger)))
                .isInstanceOf(CreationException.class)
                .hasMessageContaining("Demanding");
        assertThat(ledger.workers).isEmpty();
    }

    @Singleton
    static final class OnlyOne implements Component {
        @Override
        public void run(ComponentContext context) {}
    }

    @Test
    void aSingletonIsRefusedBecauseNothingOfAFailedInstanceMayBeCarriedOver() {
        Injector injector = Guice.createInjector(new SupervisorModule(
                injected -> Supervisor.named("shop").child("one", injected.component(OnlyOne.class))));

        assertThatThrownBy(() -> injector.getInstance(Supervisor.class))
                .isInstanceOf(ProvisionException.class)
                .hasMessageContainingAll("OnlyOne", "singleton");
    }

    /** The class is loaded again, by a loader of its own, as in a program that has set nothing. */
    @Test
    void guiceIsToldNotToGenerateClassesUnlessTheProgramSaysOtherwise() throws Exception {
        String name = "guice_bytecode_gen_option";
        String before = System.clearProperty(name);
        try {
            initialise();
            assertThat(System.getProperty(name)).isEqualTo("DISABLED");

            System.setProperty(name, "ENABLED");
            initialise();
            assertThat(System.getProperty(name)).isEqualTo("ENABLED");
        } finally {
            if (before != null) {
                System.setProperty(name, before);
            }
        }
    }

    private static void initialise() throws Exception {
        URL classes = SupervisorModule.class.getProtectionDomain().getCodeSource().getLocation();
        try (URLClassLoader fresh = new URLClassLoader(new URL[]{classes},
                SupervisorModule.class.getClassLoader()) {
            @Override
            protected Class<?> loadClass(String type, boolean resolve) throws ClassNotFoundException {
                return type.startsWith(SupervisorModule.class.getName())
                        ? findClass(type)
                        : super.loadClass(type, resolve);
            }
        }) {
            Class.forName(SupervisorModule.class.getName(), true, fresh);
        }
    }
}
