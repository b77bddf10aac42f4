package dev.upkeep.app;

import com.google.inject.AbstractModule;
import com.google.inject.Injector;
import com.google.inject.Provides;
import com.google.inject.Singleton;
import dev.upkeep.api.time.Ticker;
import dev.upkeep.config.ComponentFactory;
import dev.upkeep.config.ConfigurationReader;
import dev.upkeep.inject.InjectedComponents;
import dev.upkeep.inject.Output;
import dev.upkeep.inject.TreeAssembly;
import dev.upkeep.plugin.Catalog;
import dev.upkeep.plugin.PluginScan;
import dev.upkeep.process.Processes;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;

/** Every binding of the daemon. */
final class DaemonModule extends AbstractModule {
    private final Optional<Path> plugins;
    private final Map<String, String> environment;

    DaemonModule(Optional<Path> plugins, Map<String, String> environment) {
        this.plugins = plugins;
        this.environment = environment;
    }

    @Override
    protected void configure() {
        binder().requireExplicitBindings();
        bind(Ticker.class).toInstance(Ticker.system());
        bind(InstantSource.class).toInstance(InstantSource.system());
        bind(Output.class).to(TerminalView.class);
    }

    @Provides
    @Singleton
    TerminalView view() {
        return TerminalView.ofThisProcess();
    }

    @Provides
    @Singleton
    Catalog catalog() {
        return PluginScan.scan(DaemonModule.class.getClassLoader(), plugins);
    }

    @Provides
    @Singleton
    ComponentFactory components(Injector injector) {
        return new InjectedComponents(injector);
    }

    @Provides
    @Singleton
    ConfigurationReader reader(Catalog catalog, ComponentFactory components) {
        return new ConfigurationReader(catalog, environment, DaemonModule.class.getClassLoader(), components);
    }

    @Provides
    @Singleton
    TreeAssembly assembly(Catalog catalog, Ticker ticker, InstantSource clock, Output output) {
        return new TreeAssembly(catalog, Processes::forThisHost, ticker, clock, output);
    }
}
