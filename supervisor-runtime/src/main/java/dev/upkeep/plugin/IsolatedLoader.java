package dev.upkeep.plugin;

import java.net.URL;
import java.net.URLClassLoader;
import java.util.List;

/** The class loader of one plugin in {@code plugins/}: only the JDK, the API, SLF4J and JSpecify are shared (X2). */
final class IsolatedLoader extends URLClassLoader {
    private static final List<String> SHARED = List.of("dev.upkeep.api.", "org.slf4j.", "org.jspecify.");

    static {
        registerAsParallelCapable();
    }

    IsolatedLoader(String name, List<URL> urls, ClassLoader ours) {
        super(name, urls.toArray(URL[]::new), new Shared(ours));
    }

    private static final class Shared extends ClassLoader {
        static {
            registerAsParallelCapable();
        }

        private final ClassLoader ours;

        Shared(ClassLoader ours) {
            super("shared with plugins", ClassLoader.getPlatformClassLoader());
            this.ours = ours;
        }

        @Override
        protected Class<?> findClass(String name) throws ClassNotFoundException {
            if (SHARED.stream().noneMatch(name::startsWith)) {
                throw new ClassNotFoundException(name);
            }
            return ours.loadClass(name);
        }
    }
}
