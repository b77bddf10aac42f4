package dev.upkeep.app;

import com.google.inject.Guice;
import com.google.inject.Injector;
import com.google.inject.Module;
import com.google.inject.Stage;
import dev.upkeep.config.ConfigurationReader;
import dev.upkeep.plugin.Catalog;
import dev.upkeep.plugin.LoadProblem;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;

/** What is installed here: the injector over everything on the class path and in {@code plugins/}. */
record Installation(Injector injector) {
    /**
     * Puts it together. A Guice module that a jar in {@code ext/} brings takes part; one that cannot is told on
     * {@code err}, and left out (X2, X3).
     */
    static Installation here(PrintStream err) {
        List<Module> modules = new ArrayList<>();
        Optional<Path> plugins = Optional.ofNullable(System.getProperty("upkeep.plugins")).map(Path::of);
        modules.add(new DaemonModule(plugins, System.getenv()));
        modules.addAll(brought(err));
        try {
            return new Installation(Guice.createInjector(Stage.PRODUCTION, modules));
        } catch (RuntimeException | LinkageError e) {
            if (modules.size() == 1) {
                throw e;
            }
            err.println("upkeep: the modules that jars in ext/ bring do not fit, and are left out: "
                    + firstLine(e));
            return new Installation(Guice.createInjector(Stage.PRODUCTION, modules.get(0)));
        }
    }

    private static List<Module> brought(PrintStream err) {
        List<Module> modules = new ArrayList<>();
        for (ServiceLoader.Provider<Module> provider : ServiceLoader.load(Module.class).stream().toList()) {
            try {
                modules.add(provider.get());
            } catch (RuntimeException | Error e) {
                if (e instanceof VirtualMachineError) {
                    throw e;
                }
                err.println(
                        "upkeep: module " + provider.type().getName() + " was not loaded: " + firstLine(e));
            }
        }
        return modules;
    }

    private static String firstLine(Throwable failure) {
        return String.valueOf(failure).lines().findFirst().orElse("");
    }

    Catalog catalog() {
        return injector.getInstance(Catalog.class);
    }

    ConfigurationReader reader() {
        return injector.getInstance(ConfigurationReader.class);
    }

    /** Tells what should have been loaded and was not. */
    void tellProblems(PrintStream err) {
        for (LoadProblem problem : catalog().problems()) {
            err.println("upkeep: " + problem.text());
        }
    }
}
